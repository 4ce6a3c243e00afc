"""The migration finds the campaigns that a tick had kept from leaving, and lets go or shows each of them.

Migrating there and back takes longer than all the rows: they go through it together.
"""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Mode
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.database import migrations
from app.links import service as links
from app.links.models import Link
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from app.workshops.models import Kind, PracticeSpace, Scenario, Workshop
from tests.events.stage import make_event
from tests.factories import make_campaign, make_contact, make_mailing, make_message, make_space

DAY = timedelta(days=1)


def migrated_again(database):
    migrations.downgrade(database, "0004")
    migrations.upgrade(database)


def hit(session, stage, *, space=None, not_after=DAY, messages=0, status=Status.QUEUED, state=MailingState.CLOSED):
    now = utc_now()
    space = space or make_space(session)
    mailing = make_mailing(session, space, state=state)
    for _ in range(messages):
        make_message(session, mailing, status=status, not_after=now + not_after)
    times = {"send_at": now + not_after - DAY, "not_after": now + not_after}
    return make_campaign(session, space, stage=stage, mailing_id=mailing.id, **times).id


def state(database, campaign_id):
    with database.snapshot() as session:
        campaign = session.get_one(Campaign, campaign_id)
        mailing = session.get_one(Mailing, campaign.mailing_id)
        return campaign.stage, mailing.state, mailing.pause_reason


def space_of_a_workshop_that_is_over(session):
    programme, copy = make_space(session), make_space(session, mode=Mode.PRACTICE)
    scenario = Scenario(title="Une collecte", kind=Kind.MASS_SMS, created_at=utc_now(), updated_at=utc_now())
    session.add(scenario)
    session.flush()
    workshop = Workshop(
        space_id=programme.id, event_id=make_event(session, programme).id, kind=Kind.MASS_SMS,
        association="Emmaüs", scenario_id=scenario.id, created_at=utc_now(),
    )  # fmt: skip
    session.add(workshop)
    session.flush()
    session.add(PracticeSpace(space_id=copy.id, workshop_id=workshop.id, archived_at=utc_now()))
    return copy


def test_each_campaign_is_let_go_or_shown_as_what_it_is(database):
    with database.transaction() as session:
        may_leave = [
            hit(session, stage, messages=messages)
            for stage, messages in [(Stage.SCHEDULED, 0), (Stage.LAUNCHING, 1), (Stage.SENDING, 3)]
        ]
        too_late = hit(session, Stage.SENDING, messages=3, not_after=-DAY)
        finished = hit(session, Stage.FINISHED, messages=2, status=Status.DELIVERED)
        last_receipts = hit(session, Stage.SENDING, messages=2, status=Status.DELIVERED)
        paused = hit(session, Stage.PAUSED, messages=2, state=MailingState.PAUSED)
        of_workshop = hit(session, Stage.SENDING, space=space_of_a_workshop_that_is_over(session), messages=3)
    migrated_again(database)
    assert [state(database, one) for one in may_leave] == [
        (Stage.SCHEDULED, "open", ""),
        (Stage.LAUNCHING, "open", ""),
        (Stage.SENDING, "open", ""),
    ]
    stage, mailing_state, reason = state(database, too_late)
    assert (stage, mailing_state) == (Stage.PAUSED, "paused")
    assert "n'est pas parti à son heure" in reason
    assert [state(database, one)[:2] for one in (finished, last_receipts, paused)] == [
        (Stage.FINISHED, "closed"),
        (Stage.SENDING, "closed"),
        (Stage.PAUSED, "paused"),
    ]
    assert state(database, of_workshop)[:2] == (Stage.CANCELLED, "cancelled")


def test_links_in_pockets_last_a_year_and_what_waits_is_known_to_be_for_somebody(database):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session)
        person = make_contact(session, space)
        row = links.row(
            "abcdef", now=now, space_id=space.id, purpose="opt_out", subject_id=None, contact_id=person.id,
            fingerprint=person.fingerprint,
        )  # fmt: skip
        links.store(session, [{**row, "expires_at": now + timedelta(days=180)}])
        mailing = make_mailing(session, space)
        theirs, code = (make_message(session, mailing, contact_id=one).id for one in (person.id, None))
    migrated_again(database)
    with database.snapshot() as session:
        assert abs(session.scalars(select(Link.expires_at)).one() - now - links.LASTS) < timedelta(seconds=1)
        assert [session.get_one(Message, one).is_personal for one in (theirs, code)] == [True, False]
