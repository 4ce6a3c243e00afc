"""Progress adds up: whatever happens to letters, the sums say what the letters say."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.carrier.protocol import Accepted, NotSent, Refused, Unknown
from app.messaging import letters, outbox, settling, tallies
from app.messaging.models import Gate, Mailing, Message, Tally
from app.messaging.movement import Move, move
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import counted
from tests.together import together

DEEDS = ["write", "claim", "accept", "refuse", "not sent", "silence", "report", "withdraw", "again", "fold"]
REPORTS = [Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED, Status.FAILED]
OUTCOMES = {"accept": Accepted("SM1"), "refuse": Refused(21614), "not sent": NotSent(0), "silence": Unknown()}


@given(
    steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.sampled_from(REPORTS)), max_size=20),
)
@settings(
    max_examples=12,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_progress_equals_a_count_of_the_letters_whatever_happened(database, runtime, steps):
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session, rate_per_s=1000))
        for _ in range(3):
            make_message(session, mailing)
        held, now = {}, NOON
        for deed, which, status in steps:
            now += timedelta(seconds=1)
            found = session.scalars(select(Message).where(Message.mailing_id == mailing.id).order_by(Message.id)).all()
            one = found[which % len(found)]
            session.refresh(one)
            if deed == "write":
                make_message(session, mailing)
            elif deed == "claim":
                claimed = outbox.claim(session, settings=runtime.settings, now=now, limit=which + 1)
                held |= {each.message_id: each for each in claimed}
            elif deed in OUTCOMES:
                if one.id in held:
                    settling.settle(session, [(held.pop(one.id), OUTCOMES[deed])], now=now)
            elif deed == "report":
                move(session, {one.id: Move(status, carrier_sid="SM1")}, now=now)
            elif deed == "withdraw":
                move(session, {one.id: Move(Status.WITHDRAWN, reason="cancelled")}, now=now)
            elif deed == "again":
                if one.is_latest and one.status is Status.FAILED:
                    letters.write_again(session, one, now=now)
            else:
                tallies.fold(session, mailing.id)
            session.expire_all()
        check(session, mailing.id)
        tallies.fold(session, mailing.id)
        check(session, mailing.id)


def check(session, mailing_id):
    found = tallies.progress(session, mailing_id)
    assert found.counts == counted(session, mailing_id)
    unbilled = Message.status.in_((Status.WITHDRAWN, Status.FAILED)) & Message.carrier_sid.is_(None)
    price = session.scalar(select(func.sum(Message.price_micros)).where(Message.mailing_id == mailing_id, ~unbilled))
    assert found.price_micros == (price or 0)


def test_folding_beside_writers_loses_nothing(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        made = [make_message(session, mailing).id for _ in range(20)]

    def walk(ids):
        for status in (Status.SENDING, Status.ACCEPTED, Status.DELIVERED):
            for one in ids:
                with database.transaction() as session:
                    move(session, {one: Move(status)}, now=NOON)

    def fold():
        for _ in range(10):
            with database.transaction() as session:
                tallies.fold(session, mailing.id)

    together(lambda: walk(made[:10]), lambda: walk(made[10:]), fold, fold)
    with database.transaction() as session:
        check(session, mailing.id)
        tallies.fold(session, mailing.id)
        assert session.scalar(select(func.count()).select_from(Tally)) == 1


def test_the_price_of_a_letter_replaced_survives_a_fold_of_its_own(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        change = tallies.Change(mailing.space_id, mailing.id, Status.UNKNOWN, Status.FAILED, 0, -75_000)
        tallies.note(session, [change])
        tallies.fold(session, mailing.id)
        assert tallies.progress(session, mailing.id).price_micros == -75_000


def test_a_crowded_mailing_is_found_and_a_folded_one_is_not(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for _ in range(30):
            make_message(session, mailing)
        assert tallies.crowded(session, rows=29) == [mailing.id]
        assert tallies.fold(session, mailing.id) == 30
        assert tallies.crowded(session, rows=29) == []


def test_the_mark_changes_with_every_change_and_with_nothing_else(database):
    with database.transaction() as session:
        one = make_message(session)
        other = make_message(session)
    marks = []
    for status in (Status.SENDING, Status.SENT, Status.SENT, Status.DELIVERED):
        with database.transaction() as session:
            move(session, {one.id: Move(status), other.id: Move(Status.SENDING)}, now=NOON)
        with database.snapshot() as session:
            marks.append(tallies.change_mark(session, one.space_id))
    assert marks[1] == marks[2]
    assert len(set(marks)) == 3


def test_the_month_s_price_is_that_of_the_space_s_mailings_made_since(database):
    with database.transaction() as session:
        space = make_space(session)
        make_message(session, make_mailing(session, space, created_at=NOON - timedelta(days=40)))
        make_message(session, make_mailing(session, space, gate=Gate.CLOSED))
        make_message(session)
        assert tallies.month_price(session, space.id, since=NOON - timedelta(days=2)) == 75_000
        assert session.scalar(select(func.count()).select_from(Mailing)) == 3
