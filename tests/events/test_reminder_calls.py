"""A reminder to a list calls those of it who have not said that they come, when it leaves and when it goes again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.events import reminders, service
from app.events.models import Answer, Registration
from app.messaging import claims
from app.messaging.models import Message
from app.messaging.sharing.models import MessageSharer
from app.messaging.singles import anew
from app.messaging.status import Status
from tests.events.stage import BODY, DAY, expect, make_event
from tests.factories import SOMEBODY, make_contact, make_list, make_space
from tests.messaging.desk import claim

ZOE, ADA, BEA, TOM, LEA = (f"+3361234567{at}" for at in range(5))
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return utc_now()


def only_missions(session, space, people, *, now):
    for one in people:
        words = {"channel": Channel.LINK, "by": SOMEBODY, "now": now, "contact_id": one.id}
        consent.object_to(session, space.id, one.fingerprint, only_missions=True, **words)


def write(session, space, event, settings, *, now, list_id=None):
    """A reminder whose texts have been written."""
    reminder = reminders.make(
        session, space, event, before=DAY, body=BODY, list_id=list_id, by=SOMEBODY, now=now - 2 * DAY
    )
    reminders.write_batch(session, reminder, limit=50, settings=settings, now=now)
    return session.scalars(select(Message).order_by(Message.id)).all()


def test_whoever_wants_their_missions_alone_since_a_reminder_was_written_is_not_called_by_it(
    runtime, database, settings, now
):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event, everyone = make_event(session, space, starts_at=now + DAY), make_list(session, space)
        zoe, ada, bea = (make_contact(session, space, phone=phone, on=everyone) for phone in (ZOE, ADA, BEA))
        _tom, lea = (make_contact(session, space, phone=TOM, on=everyone, first_name=one) for one in ("Tom", "Léa"))
        expect(session, event, [ada, lea], now=now - 3 * DAY)
        texts = write(session, space, event, settings, now=now, list_id=everyone.id)
        assert [one.phone for one in texts] == [ZOE, ADA, BEA, TOM]
        assert session.scalars(select(MessageSharer.contact_id)).all() == [lea.id]
        only_missions(session, space, [zoe, ada, lea], now=now)
    leaving = claim(database, settings, now=now)
    assert {one.text.phone for one in leaving} == {ADA, BEA, TOM}, "Léa comes, and Tom's text is hers too"
    with database.transaction() as session:
        first = session.get_one(Message, texts[0].id)
        assert (first.status, first.reason) == (Status.WITHDRAWN, consent.ONLY_MISSIONS)
        only_missions(session, space, [bea], now=now)
        in_hand = {one.text.phone: one for one in leaving}
        back = claims.unwanted(session, [in_hand[BEA], in_hand[ADA]])
        assert back == {in_hand[BEA].message_id}, "said while it was on its way to the carrier"


def test_a_reminder_that_called_somebody_goes_again_unless_they_want_their_missions_alone(
    runtime, database, settings, now
):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event, everyone = make_event(session, space, starts_at=now + DAY), make_list(session, space)
        zoe = make_contact(session, space, phone=ZOE, on=everyone)
        (text,) = write(session, space, event, settings, now=now, list_id=everyone.id)
        text.status = Status.UNDELIVERED
        session.flush()
        words = {"by": SOMEBODY, "settings": settings, "now": now + HOUR}
        again = anew.send_anew(session, space, text, phone=ADA, **words)
        again.status = Status.UNDELIVERED
        assert anew.why_not(session, space, again, now=now + HOUR) == "", "what was written again is a reminder still"
        only_missions(session, space, [zoe], now=now)
        assert "Un autre numéro n'y change rien" in anew.why_not(session, space, again, now=now + HOUR)
        expect(session, event, [zoe], now=now)
        assert anew.why_not(session, space, again, now=now + HOUR) == "", "it speaks of a mission of theirs"


def test_a_reminder_to_those_who_come_does_not_go_again_to_whoever_is_off_the_list(runtime, database, settings, now):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=now + DAY)
        zoe = make_contact(session, space, phone=ZOE)
        expect(session, event, [zoe], now=now - 3 * DAY)
        (text,) = write(session, space, event, settings, now=now)
        text.status = Status.UNDELIVERED
        session.flush()
        assert anew.why_not(session, space, text, now=now) == ""
        session.delete(session.scalars(select(Registration)).one())
        session.flush()
        assert "n'est plus de celles" in anew.why_not(session, space, text, now=now)
        service.invite(session, event, [zoe], by=SOMEBODY, now=now)
        assert "n'est plus de celles" in anew.why_not(session, space, text, now=now), "nor to who has not answered"
        service.answer(session, event.id, zoe.id, Answer.COMING, by=SOMEBODY, now=now)
        assert anew.why_not(session, space, text, now=now) == ""
