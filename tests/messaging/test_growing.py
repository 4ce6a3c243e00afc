"""What a page asks is found by what narrows it: SQLite, told the space as well, would go through all of its rows."""

import re

import pytest
from sqlalchemy import event

from app.campaigns import listing, users
from app.events.asking import MissionAsking
from app.messaging.following import sent
from app.messaging.inbox import writers
from app.messaging.models import Reply
from app.programme.progress import news
from app.workshops.real import first_sms
from tests.factories import make_space

BY_SPACE_ALONE = re.compile(r"(messages|contacts|campaigns|mailings|tallies|registrations)\b.* \(space_id=\?\)$")
QUESTIONS = {
    "the sendings of a page": lambda session, space: sent.page(
        session, space, {"campaign": listing.is_campaign(), "first": first_sms.is_first()}, limit=50
    ),
    "who wrote these replies": lambda session, space: writers.writers(
        session, space.id, [Reply(id=1, contact_id=1, phone="+33612345678")]
    ),
    "the campaigns of these mailings": lambda session, space: listing.of_mailings(session, space.id, range(1, 51)),
    "the campaigns to come that hold a list": lambda session, space: list(users.using(session, space.id, "lists", 1)),
    "who answers the question of a campaign": lambda session, space: MissionAsking().answers(
        session, space, 1, mailing_id=1
    ),
    "when a space last sent": lambda session, space: news.last_sent(session, [space.id]),
}
NEWEST = re.compile(r"mailings USING (COVERING )?INDEX ix_mailings_space_id\w* \(space_id=\?\)$")
"""Read in its order, as far as a page or the first that left."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_page_goes_through_all_the_rows_of_its_space(database, question):
    if not database.is_sqlite:
        return
    with database.transaction() as session:
        space = make_space(session)
    asked = []
    with database.snapshot() as session:
        event.listen(session.connection().engine, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
        QUESTIONS[question](session, space)
        plans = [
            session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            for statement, values in list(asked)
        ]
    steps = [row[3] for plan in plans for row in plan]
    assert steps
    assert [step for step in steps if BY_SPACE_ALONE.search(step) and not NEWEST.search(step)] == []
