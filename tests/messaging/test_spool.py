"""What comes while the database is busy is answered once it is on the disk, and kept when it no longer is."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.clock import utc_now
from app.consent.models import Act, ConsentEntry
from app.messaging.inbox import arrivals, inbound
from app.messaging.models import Message, Receipt, Reply, StrayReceipt
from app.messaging.status import Status
from jobs.unspooling import take_spooled_receipts, take_spooled_texts
from tests.conftest import settings_over
from tests.factories import make_contact, make_message, make_space
from tests.messaging.desk import post_status
from tests.messaging.test_replies import PHONE, is_out, say
from tests.together import together

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL has as many writers as texts


@pytest.fixture
def settings(database, tmp_path):
    return replace(settings_over(database, tmp_path), inbound_wait_s=0.05)


@pytest.fixture
def space(database):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, sender="+33199001234", two_way=True)
        make_contact(session, space, phone=PHONE)
        return space


@contextmanager
def busy(database):
    """Another writer is at work, who has the database's only turn."""
    with database.transaction() as session:
        session.connection()
        yield


def files(settings, spool=inbound.SPOOL):
    return sorted(spool.folder_in(settings.data_dir).glob("*"))


def replies(database):
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(Reply))


def test_a_stop_that_meets_a_busy_database_is_answered_kept_and_obeyed(client, database, runtime, settings, space):
    with busy(database):
        before = utc_now()
        say(client, runtime, space, "STOP")
        assert replies(database) == 0
        (path,) = files(settings)
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
    after = utc_now()
    take_spooled_texts(runtime)
    assert is_out(database, space)
    assert files(settings) == []
    with database.snapshot() as session:
        reply = session.scalars(select(Reply)).one()
        assert (reply.body, reply.phone) == ("STOP", PHONE)
        assert before <= reply.at <= after, "it was said when it came"


def test_what_was_said_since_is_not_undone(client, database, runtime, settings, space):
    with busy(database):
        say(client, runtime, space, "STOP", sid="SM1")
        say(client, runtime, space, "START", sid="SM2")
    take_spooled_texts(runtime)
    assert not is_out(database, space)
    with busy(database):
        say(client, runtime, space, "START", sid="SM3")
    say(client, runtime, space, "STOP", sid="SM4")
    take_spooled_texts(runtime)
    assert is_out(database, space)
    with database.snapshot() as session:
        acts = session.scalars(select(ConsentEntry.act).order_by(ConsentEntry.id)).all()
    assert acts == [Act.OBJECTED, Act.RESTORED, Act.OBJECTED]


def test_the_same_text_given_again_is_kept_once(client, database, runtime, settings, space):
    with busy(database):
        say(client, runtime, space, "Merci")
        say(client, runtime, space, "Merci")
    say(client, runtime, space, "Merci")
    take_spooled_texts(runtime)
    assert (replies(database), files(settings)) == (1, [])


def test_a_text_that_nobody_can_read_holds_up_no_other(client, database, runtime, settings, space):
    with busy(database):
        say(client, runtime, space, "STOP")
    broken = inbound.SPOOL.folder_in(settings.data_dir) / "0.json"
    broken.write_text("{", encoding="utf-8")
    take_spooled_texts(runtime)
    assert is_out(database, space)
    assert [path.name for path in files(settings)] == ["0.unreadable"]


def test_whoever_has_the_connection_next_waits_as_long_as_ever(client, database, runtime, space):
    with busy(database):
        say(client, runtime, space, "STOP")
    for _ in range(2):
        with database.transaction() as session:
            assert session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30_000


@pytest.fixture
def sent(database):
    """Two messages that the carrier has taken."""
    with database.transaction() as session:
        return [make_message(session, status=Status.SENDING) for _ in range(2)]


def receipts(database):
    with database.snapshot() as session:
        return session.scalars(select(Receipt).order_by(Receipt.id)).all()


def test_a_receipt_that_meets_a_busy_database_is_answered_kept_and_recorded(app, database, runtime, settings, sent):
    words = ["sent", "delivered", "sent"]
    with busy(database):
        before = utc_now()
        calls = [
            lambda word=word: post_status(app.test_client(), settings, sent[0], MessageStatus=word).status_code
            for word in words
        ]
        assert together(*calls) == [204] * 3
        assert receipts(database) == []
        waiting = files(settings, arrivals.SPOOL)
        assert len(waiting) == 3
        assert {path.stat().st_mode & 0o077 for path in (*waiting, waiting[0].parent)} == {0}
    after = utc_now()
    assert (
        post_status(app.test_client(), settings, sent[1], MessageStatus="failed", ErrorCode="30005").status_code == 204
    )
    take_spooled_receipts(runtime)
    assert files(settings, arrivals.SPOOL) == []
    kept = receipts(database)
    assert sorted(one.word for one in kept) == ["delivered", "failed", "sent", "sent"]
    assert all(before <= one.at <= after for one in kept if one.word != "failed"), "it says when it came"
    with database.snapshot() as session:
        reached = {one.id: one.status for one in session.scalars(select(Message))}
    assert reached == {sent[0].id: Status.DELIVERED, sent[1].id: Status.FAILED}


def test_a_receipt_of_nobody_and_one_whose_message_has_gone_are_strays(client, database, runtime, settings, sent):
    with busy(database):
        for one in sent:
            assert post_status(client, settings, one, MessageStatus="delivered").status_code == 204
        sent[0].public_id = "l" + "x" * 22
        assert post_status(client, settings, sent[0], MessageStatus="sent").status_code == 204
    with database.transaction() as session:
        session.delete(session.get_one(Message, sent[0].id))
    take_spooled_receipts(runtime)
    assert [one.message_id for one in receipts(database)] == [sent[1].id]
    with database.snapshot() as session:
        strays = session.scalars(select(StrayReceipt.word).order_by(StrayReceipt.id)).all()
    assert strays == ["delivered", "sent"]


def test_a_receipt_that_nobody_can_read_holds_up_no_other(client, database, runtime, settings, sent):
    with busy(database):
        assert post_status(client, settings, sent[0], MessageStatus="delivered").status_code == 204
    path = arrivals.SPOOL.folder_in(settings.data_dir) / "0.json"
    path.write_text('{"at": "2026-03-03T12:00:00+00:00"}', encoding="utf-8")
    take_spooled_receipts(runtime)
    assert [one.message_id for one in receipts(database)] == [sent[0].id]
    assert [path.name for path in files(settings, arrivals.SPOOL)] == ["0.unreadable"]


def test_a_receipt_kept_in_a_file_by_another_account_than_the_message_s_moves_nothing(
    client, database, runtime, settings, sent
):
    with database.transaction() as session:
        other = make_space(session, mode=Mode.PRACTICE)
    with busy(database):
        assert post_status(client, settings, sent[0], other, MessageStatus="failed").status_code == 204
        assert post_status(client, settings, sent[1], MessageStatus="delivered").status_code == 204
    take_spooled_receipts(runtime)
    assert [one.message_id for one in receipts(database)] == [sent[1].id]
    assert files(settings, arrivals.SPOOL) == []
