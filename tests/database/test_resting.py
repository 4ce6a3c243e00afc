"""Connections that rest: one that was cut meanwhile is made anew before anybody works with it."""

import pytest
from sqlalchemy import text

from app.database.engine import ASKED_AFTER_S, Database

PID = text("SELECT pg_backend_pid()")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # a file has no connection to cut
def test_one_that_was_cut_while_it_rested_is_made_anew_and_one_just_used_is_not_asked(database):
    now = [0.0]
    house = Database(database.url, awake=lambda: now[0])
    with house.snapshot() as session:
        first = session.scalar(PID)
    with house.snapshot() as session:
        assert session.scalar(PID) == first
    with database.transaction() as session:
        assert session.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": first})
    now[0] += ASKED_AFTER_S
    with house.snapshot() as session:
        assert session.scalar(PID) != first
    house.close()
