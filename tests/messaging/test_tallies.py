"""Progress adds up: whatever happens to messages, the sums say what the messages say."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.carrier.protocol import Accepted, NotSent, Refused, Unknown
from app.messaging import messages, outbox, settling, tallies
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, MailingState, Message, Tally
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import counted
from tests.together import together

ACTIONS = ["write", "claim", "accept", "refuse", "not sent", "silence", "report", "withdraw", "again", "fold"]
REPORTS = [Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED, Status.FAILED]
OUTCOMES = {"accept": Accepted("SM1"), "refuse": Refused(21614), "not sent": NotSent(0), "silence": Unknown()}


@given(
    steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), st.sampled_from(REPORTS)), max_size=20),
)
@settings(
    max_examples=12,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_progress_equals_a_count_of_the_messages_whatever_happened(database, runtime, steps):
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session, rate_per_s=1000))
        for _ in range(3):
            make_message(session, mailing)
        held, now = {}, NOON
        for action, which, status in steps:
            now += timedelta(seconds=1)
            found = session.scalars(select(Message).where(Message.mailing_id == mailing.id).order_by(Message.id)).all()
            one = found[which % len(found)]
            session.refresh(one)
            if action == "write":
                make_message(session, mailing)
            elif action == "claim":
                claimed = outbox.claim(session, settings=runtime.settings, now=now, limit=which + 1)
                held |= {each.message_id: each for each in claimed}
            elif action in OUTCOMES:
                if one.id in held:
                    settling.settle(session, [(held.pop(one.id), OUTCOMES[action])], now=now)
            elif action == "report":
                apply_changes(session, {one.id: StatusChange(status, carrier_sid="SM1")}, now=now)
            elif action == "withdraw":
                apply_changes(session, {one.id: StatusChange(Status.WITHDRAWN, reason="cancelled")}, now=now)
            elif action == "again":
                if one.is_latest and one.status is Status.FAILED:
                    messages.write_again(session, one, now=now)
            else:
                tallies.compact(session, mailing.id)
            session.expire_all()
        check(session, mailing.id)
        tallies.compact(session, mailing.id)
        check(session, mailing.id)


def check(session, mailing_id):
    found = tallies.progress(session, mailing_id)
    assert found.counts == counted(session, mailing_id)
    unbilled = Message.status.in_((Status.WITHDRAWN, Status.FAILED)) & Message.carrier_sid.is_(None)
    price = session.scalar(select(func.sum(Message.price_micros)).where(Message.mailing_id == mailing_id, ~unbilled))
    assert found.price_micros == (price or 0)


def test_compacting_beside_writers_loses_nothing(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        made = [make_message(session, mailing).id for _ in range(20)]

    def walk(ids):
        for status in (Status.SENDING, Status.ACCEPTED, Status.DELIVERED):
            for one in ids:
                with database.transaction() as session:
                    apply_changes(session, {one: StatusChange(status)}, now=NOON)

    def fold():
        for _ in range(10):
            with database.transaction() as session:
                tallies.compact(session, mailing.id)

    together(lambda: walk(made[:10]), lambda: walk(made[10:]), fold, fold)
    with database.transaction() as session:
        check(session, mailing.id)
        tallies.compact(session, mailing.id)
        assert session.scalar(select(func.count()).select_from(Tally)) == 1


def test_the_price_of_a_message_replaced_survives_a_compaction_of_its_own(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        change = tallies.Change(mailing.space_id, mailing.id, Status.UNKNOWN, Status.FAILED, 0, -75_000)
        tallies.note(session, [change])
        tallies.compact(session, mailing.id)
        assert tallies.progress(session, mailing.id).price_micros == -75_000


def test_a_crowded_mailing_is_found_and_a_compacted_one_is_not(database):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for _ in range(30):
            make_message(session, mailing)
        assert tallies.crowded(session, rows=29) == [mailing.id]
        assert tallies.compact(session, mailing.id) == 30
        assert tallies.crowded(session, rows=29) == []


def test_the_mark_changes_with_every_change_and_with_nothing_else(database):
    with database.transaction() as session:
        one = make_message(session)
        other = make_message(session)
    marks = []
    for status in (Status.SENDING, Status.SENT, Status.SENT, Status.DELIVERED):
        with database.transaction() as session:
            apply_changes(session, {one.id: StatusChange(status), other.id: StatusChange(Status.SENDING)}, now=NOON)
        with database.snapshot() as session:
            marks.append(tallies.mailing_mark(session, one.mailing_id))
    assert marks[1] == marks[2]
    assert len(set(marks)) == 3


def test_the_month_s_price_is_that_of_the_space_s_mailings_made_since(database):
    with database.transaction() as session:
        space = make_space(session)
        make_message(session, make_mailing(session, space, created_at=NOON - timedelta(days=40)))
        make_message(session, make_mailing(session, space, state=MailingState.CLOSED))
        make_message(session)
        assert tallies.month_price(session, space.id, since=NOON - timedelta(days=2)) == 75_000
        assert session.scalar(select(func.count()).select_from(Mailing)) == 3
