"""The questions asked every moment stay quick when there are many rows: PostgreSQL answers them by its indexes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from app.campaigns import launching
from app.database.engine import Database
from app.messaging import breaker, in_doubt, messages, outbox, tallies
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from tests import databases
from tests.factories import NOON, make_mailing, make_space

MAILINGS, EACH = 120, 250
REPLY = Incoming("AC1", "SM1", "+33612345", "Emmaus80", "Stop")


@pytest.fixture(scope="module")
def many(postgresql):
    """Thirty thousand messages, nearly all final, in a hundred mailings, some still open."""
    databases.empty(postgresql)
    with postgresql.transaction() as session:
        space = make_space(session)
        for at in range(MAILINGS):
            make_mailing(session, space, state="open" if at % 4 == 0 else "closed")
        words = {"mailings": MAILINGS, "each": EACH, "letters": MAILINGS * EACH, "noon": NOON, "space": space.id}
        session.execute(text(_MESSAGES), words)
        session.execute(text(_TALLIES), words)
    with postgresql.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE messages, mailings, tallies")
    return postgresql


_MESSAGES = """
INSERT INTO messages (public_id, space_id, mailing_id, phone, fingerprint, zone, body, parts, price_micros, not_before,
    not_after, status, reason, attempt, is_latest, doubts, claimed_at, created_at)
SELECT 'l' || n, :space, 1 + n % :mailings, '+336' || n, 'f' || n, 'Europe/Paris', 'Bonjour', 1, 75000, :noon,
    CAST(:noon AS timestamptz) + interval '1 day', CASE WHEN n % 5000 = 0 THEN 'sent' ELSE 'delivered' END, '', 1, true,
    0, CAST(:noon AS timestamptz) + n * interval '1 second', :noon FROM generate_series(1, :letters) AS n
"""
_TALLIES = """
INSERT INTO tallies (space_id, mailing_id, was, reached, people, price_micros)
SELECT :space, 1 + (n - 1) / :each, 'sent', 'delivered', 1, 0 FROM generate_series(1, :letters) AS n
"""


def plans(database: Database, ask):
    """What PostgreSQL says it does for each question asked of a session."""
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    with database.snapshot() as session:
        bind = session.connection().engine
        event.listen(bind, "before_cursor_execute", note)
        try:
            ask(session)
        finally:
            event.remove(bind, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        return [
            "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
            for statement, parameters in asked
            if statement.startswith("SELECT")
        ]


QUESTIONS = {
    "is anything due": lambda session, settings: outbox.is_due(session, now=NOON),
    "which letters are in doubt": lambda session, settings: in_doubt.messages_in_doubt(
        session, settings=settings, now=NOON + timedelta(hours=12), limit=200
    ),
    "is there something to follow": lambda session, settings: launching.has_something_to_follow(session),
    "is a claim lost": lambda session, settings: in_doubt.has_lost_claims(session, settings=settings, now=NOON),
    "which mailings are crowded": lambda session, settings: tallies.crowded(session),
    "whose text came back": lambda session, settings: replies.space_of(session, REPLY, settings=settings),
    "a page of a mailing": lambda session, settings: messages.of_mailing(session, 7, statuses=(), after_id=0, limit=50),
    "are too many filtered": lambda session, settings: breaker.filtered(session, 1),
    "how one mailing goes": lambda session, settings: tallies.progress(session, 7),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_every_moment_reads_a_whole_table(many, question):
    settings = type("Settings", (), {"doubt_after_s": 60, "doubt_again_s": 60, "ask_after_s": 3 * 3600})
    settings.finish_after_s, settings.twilio_account_sid, settings.twilio_auth_token = 24 * 3600, "AC1", "t"
    found = plans(many, lambda session: QUESTIONS[question](session, settings))
    assert found
    for plan in found:
        assert "Seq Scan on messages" not in plan, plan
        assert "Seq Scan on tallies" not in plan, plan


def test_the_progress_of_many_mailings_is_one_question(many):
    found = plans(many, lambda session: tallies.progress_of(session, range(1, MAILINGS + 1)))
    assert len(found) == 1


def test_sqlite_finds_by_its_phone_whose_text_came_back(settings, database):
    if not database.is_sqlite:
        return
    asked = []
    with database.snapshot() as session:
        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        replies.space_of(session, replace(REPLY, account_sid=settings.twilio_account_sid), settings=settings)
        [(question, values)] = [one for one in asked if "FROM spaces JOIN messages" in one[0]]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", values).all()
    assert any("ix_messages_phone_id" in row[3] for row in plan), plan
