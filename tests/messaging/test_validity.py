"""How long a message keeps trying: counted in openings, given anew when somebody or the carrier made it wait."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.campaigns import launching, service
from app.campaigns.rules import Stage
from app.carrier.codes import explain
from app.carrier.protocol import Accepted, Refused
from app.consent.families import Family
from app.events import inviting
from app.events import service as events
from app.messaging import messages
from app.messaging.following import standing
from app.messaging.messages import Window
from app.messaging.models import Mailing
from app.messaging.status import Status
from tests.events.stage import change, make_event
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
)
from tests.messaging.desk import claim, message, progress, settle

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = datetime(2026, 3, 7, 15, tzinfo=PARIS)
DAY_LIMIT_REACHED = 63038


def written(database, settings, *, at, people=36, family=Family.CHARITABLE, phone="+336123456{:02d}", **window):
    """So many messages, written and due at ``at``: their mailing's id."""
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space, family=family, created_at=at, served_at=at)
        everyone = [Recipient(None, phone.format(one), f"somebody {one}") for one in range(people)]
        messages.write(
            session,
            mailing,
            everyone,
            space=space,
            body="Bonjour",
            window=Window(at, **window),
            settings=settings,
            now=at,
        )
        return mailing.id


def work(database, settings, at, *, room, tries=15):
    """The dispatcher's seconds from ``at`` on, before a carrier with ``room`` left today; what then is."""
    for now in (at + timedelta(seconds=5 * n) for n in range(tries)):
        for one in claim(database, settings, now=now, limit=5):
            settle(database, one, Accepted(f"SM{one.message_id}") if room > 0 else Refused(DAY_LIMIT_REACHED), now=now)
            room -= 1
    return max(room, 0)


def test_what_the_day_limit_holds_on_a_saturday_leaves_on_monday_and_goes_on_until_all_has_left(database, settings):
    mailing_id = written(database, settings, at=SATURDAY)
    left = []
    for day, hours in ((7, (15, 21)), (8, (3, 9, 15, 21)), (9, (3, 9, 15, 21)), (10, (9, 15, 21)), (11, (9, 15))):
        room = 10
        for hour in hours:
            room = work(database, settings, datetime(2026, 3, day, hour, 5, tzinfo=PARIS), room=room)
        counts = progress(database, mailing_id).counts
        assert Status.WITHDRAWN not in counts
        left.append(counts[Status.ACCEPTED])
    assert left == [10, 10, 20, 30, 36], "Sunday is closed"


@pytest.mark.parametrize(
    ("family", "hours_hold", "day"),
    [
        (Family.CHARITABLE, True, "lundi 9 mars 2026"),
        (Family.SERVICE, True, "demain"),
        (Family.CHARITABLE, False, "demain"),
    ],
)
def test_the_day_that_the_rest_leaves_is_one_when_it_may(database, settings, family, hours_hold, day):
    mailing_id = written(database, settings, at=SATURDAY, people=1, family=family)
    with database.transaction() as session:
        mailing = session.get_one(Mailing, mailing_id)
        space = session.get_one(Space, mailing.space_id)
        space.hours_hold = hours_hold
        said = standing.held_by(space, mailing, explain(DAY_LIMIT_REACHED), now=SATURDAY)
    assert said == f"Limite du jour atteinte. La suite part {day}."


@pytest.mark.parametrize(
    ("family", "due", "until"),
    [
        (Family.CHARITABLE, datetime(2026, 3, 7, 15), datetime(2026, 3, 9, 20)),  # Saturday: to Monday's closing
        (Family.CHARITABLE, datetime(2026, 3, 7, 21), datetime(2026, 3, 10, 20)),  # closed: Monday, then Tuesday
        (Family.CHARITABLE, datetime(2026, 5, 7, 15), datetime(2026, 5, 9, 20)),  # 8 May is a holiday
        (Family.CHARITABLE, datetime(2026, 3, 3, 12), datetime(2026, 3, 4, 20)),
        (Family.SERVICE, datetime(2026, 3, 7, 15), datetime(2026, 3, 8, 21)),
    ],
)
def test_a_message_keeps_trying_to_the_end_of_the_opening_after_its_first(database, settings, family, due, until):
    due, until = due.replace(tzinfo=PARIS), until.replace(tzinfo=PARIS)
    last = written(database, settings, at=due, people=1, family=family)
    assert claim(database, settings, now=until - timedelta(minutes=2)) != []
    written(database, settings, at=due, people=1, family=family)
    assert claim(database, settings, now=until + timedelta(days=7)) == []
    assert progress(database, last).counts == {Status.SENDING: 1}


@pytest.mark.parametrize("before", [Stage.SCHEDULED, Stage.LAUNCHING, Stage.SENDING])
def test_a_campaign_paused_on_friday_and_resumed_on_monday_goes_on(database, settings, before):
    friday, monday = datetime(2026, 3, 6, 17, tzinfo=PARIS), datetime(2026, 3, 9, 8, 30, tzinfo=PARIS)
    with database.transaction() as session:
        space = make_space(session)
        everyone = make_list(session, space)
        for one in range(5):
            make_contact(session, space, on=everyone, phone=f"+336123456{one:02d}")
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience)
        service.schedule_at_once(session, space, campaign, at=friday, by=SOMEBODY, settings=settings, now=friday)
        writes = {"limit": 3 if before is Stage.LAUNCHING else 500, "settings": settings, "now": friday}
        if before is not Stage.SCHEDULED:
            launching.write_batch(session, campaign, **writes)
        service.pause(session, campaign, by=SOMEBODY, now=friday)
    with database.transaction() as session:
        campaign = service.get(session, campaign.space_id, campaign.id, lock=True)
        service.resume(session, campaign, by=SOMEBODY, now=monday)
        assert campaign.not_after == datetime(2026, 3, 10, 20, tzinfo=PARIS)
        if before is not Stage.SENDING:
            launching.write_batch(session, campaign, limit=500, settings=settings, now=monday)
    seconds = [datetime(2026, 3, 10, 19, 0, one, tzinfo=PARIS) for one in range(10)]
    sent = [one for now in seconds for one in claim(database, settings, now=now)]
    assert len(sent) == 5
    assert {message(database, one.message_id).not_after for one in sent} == {campaign.not_after}


def test_an_invitation_of_a_date_brought_nearer_does_not_leave_once_it_has_begun(database, settings):
    saturday, sooner = SATURDAY, SATURDAY - timedelta(hours=4)
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=saturday)
        events.invite(session, event, [make_contact(session, space, phone="+33612345600")], by=SOMEBODY, now=NOON)
        text = {"body": "Vous venez {jour} ? {lien}", "by": SOMEBODY, "settings": settings}
        inviting.send(session, space, event, now=saturday - timedelta(hours=7), **text)
    change(database, event.id, starts_at=sooner, now=saturday - timedelta(hours=6))
    assert claim(database, settings, now=sooner) == []


@pytest.mark.parametrize(
    ("now", "phone", "left"),
    [
        (datetime(2026, 3, 7, 19, 58), "+336123456{:02d}", timedelta(minutes=2)),
        (datetime(2026, 3, 7, 9), "+336123456{:02d}", timedelta(hours=11)),
        (datetime(2026, 3, 7, 16, 30), "+262692123{:03d}", timedelta(minutes=30)),  # 19:30 in La Réunion
        (datetime(2026, 3, 7, 19, 59, 30), "+336123456{:02d}", None),
    ],
)
def test_the_carrier_delivers_before_the_recipients_evening_or_not_at_all(database, settings, now, phone, left):
    now = now.replace(tzinfo=PARIS)
    written(database, settings, at=now - timedelta(minutes=1), people=1, phone=phone)
    claimed = [timedelta(seconds=one.text.valid_for_s) for one in claim(database, settings, now=now)]
    assert claimed == ([left] if left else [])


@pytest.mark.parametrize(
    ("family", "window", "leaves"),
    [
        (Family.SERVICE, "any_hour", [3, 15, 21, 22]),
        (Family.SERVICE, "urgent", [15, 21]),
        (Family.CHARITABLE, "any_hour", [15, 21]),
        (Family.CHARITABLE, "urgent", [15, 21]),
        (Family.COMMERCIAL, "any_hour", []),
        (Family.SERVICE, None, [3, 15, 21, 22]),  # confirmed in an older program, which wrote no more than a yes
        (Family.CHARITABLE, None, []),
    ],
)
def test_an_exception_lets_out_what_its_family_may_and_no_more(database, settings, family, window, leaves):
    sunday = SATURDAY + timedelta(days=1)
    words = {"exception_by": "Zoé", "exception_until": sunday + timedelta(days=1)} if window else {}
    left = []
    for now in (sunday.replace(hour=3), sunday, sunday.replace(hour=21, minute=15), sunday.replace(hour=22)):
        with database.transaction() as session:
            space = make_space(session)
            words = {**words, "exception_window": window, "ignores_hours": window is None}
            mailing = make_mailing(session, space, family=family, created_at=now, served_at=now, **words)
            make_message(session, mailing, not_before=now, not_after=now + timedelta(days=3))
        left += [now.hour for _ in claim(database, settings, now=now)]
    assert left == leaves


def test_nothing_outlives_what_it_speaks_of(database, settings):
    start = SATURDAY + timedelta(hours=3)
    for _ in range(2):
        written(database, settings, at=SATURDAY, people=1, family=Family.SERVICE, expires_at=start)
    assert len(claim(database, settings, now=start - timedelta(minutes=1))) == 1
    assert claim(database, settings, now=start - timedelta(seconds=59)) == []
