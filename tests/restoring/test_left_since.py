"""What left since the copy was taken, told by the carrier's list or by a report: counted, and sent no more."""

from datetime import timedelta

from sqlalchemy import select

from app.carrier.protocol import Sighting
from app.messaging import in_doubt
from app.messaging.models import Mailing, Message
from app.messaging.receipts import Report, record
from app.messaging.restore import service as restore
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message
from tests.messaging.desk import message, progress

HOUR = timedelta(hours=1)


def bind(database, settings, seen):
    with database.transaction() as session:
        [whose] = restore.accounts(session, settings=settings)
        return restore.bind(session, whose, [seen], settings=settings, now=NOON + 2 * HOUR)


def test_a_later_try_made_since_the_copy_is_known_again_and_there_is_no_other(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session)
        first = make_message(session, mailing, status=Status.ACCEPTED, carrier_sid="SM1", claimed_at=NOON)
    before = Sighting("SM0", first.phone, first.body, "delivered", None, NOON - HOUR)
    assert bind(database, settings, before) == (0, 0), "nobody's later try"
    seen = Sighting("SM2", first.phone, first.body, "delivered", None, NOON + HOUR)
    assert bind(database, settings, seen) == (1, 0)
    assert bind(database, settings, seen) == (0, 0)
    with database.transaction() as session:
        record(session, first.id, Report("undelivered", "SM1", 30003), now=NOON + 3 * HOUR)
        tries = session.scalars(select(Message).order_by(Message.attempt)).all()
        assert session.get_one(Mailing, mailing.id).spent_micros == 75_000
    assert [(one.attempt, one.status, one.carrier_sid, one.is_latest) for one in tries] == [
        (1, Status.UNDELIVERED, "SM1", False),
        (2, Status.DELIVERED, "SM2", True),
    ]
    found = progress(database, mailing.id)
    assert (found.counts, found.price_micros) == ({Status.DELIVERED: 1}, 150_000)


def test_a_text_whose_report_comes_while_the_copy_takes_it_for_waiting_is_paid_for_and_asked_about(database, settings):
    with database.transaction() as session:
        made = make_message(session)
        record(session, made.id, Report("sent", "SM1", None), now=NOON)
    assert (message(database, made.id).status, message(database, made.id).claimed_at) == (Status.SENT, NOON)
    with database.snapshot() as session:
        assert session.get_one(Mailing, made.mailing_id).spent_micros == made.price_micros
        later = in_doubt.messages_in_doubt(session, settings=settings, now=NOON + 4 * HOUR, limit=9)
    assert [one.carrier_sid for one in later] == ["SM1"]
