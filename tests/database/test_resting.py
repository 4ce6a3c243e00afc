"""Connections that rest: one that was cut meanwhile is made anew before anybody works with it, and few of them work."""

from contextlib import ExitStack

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Space
from app.database.engine import ASKED_AFTER_S, Database
from tests.factories import make_space

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


def test_who_works_alone_uses_one_connection_however_many_rest(database):
    house = Database(database.url)
    with ExitStack() as together:
        for _connection in range(3):
            together.enter_context(house.engine.connect())
    used = set()
    for _turn in range(4):
        with house.engine.connect() as connection:
            used.add(id(connection.connection.dbapi_connection))
    assert len(used) == 1, "each keeps the pages that it has read"
    house.close()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_host_that_vanished_without_a_word_is_given_up_soon_or_when_the_address_says(database):
    """Nothing tells that it is gone: a page, and every tick, would wait for it as long as Linux does."""
    told = []
    for query in ({}, {"connect_timeout": "3"}):
        house = Database(database.url.update_query_dict(query))
        with house.engine.connect() as connection:
            told.append(connection.connection.driver_connection.info.get_parameters())
        house.close()
    assert [one["connect_timeout"] for one in told] == ["10", "3"]
    assert {one["tcp_user_timeout"] for one in told} == {"60000"}


REST = text("SHOW idle_in_transaction_session_timeout")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_server_waits_for_a_transaction_that_rests_no_longer_than_we_or_the_operator_say(database):
    told = []
    for query in ({}, {"options": "-c idle_in_transaction_session_timeout=7s"}):
        house = Database(database.url.update_query_dict(query))
        for door in (house.transaction, house.snapshot):
            with door() as session:
                told.append(session.scalar(REST))
        house.close()
    assert told == ["5min", "5min", "7s", "7s"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_rows_held_by_a_machine_lost_in_the_middle_are_free_again_and_its_pool_goes_on(database):
    """Nobody tells the server that it is gone: its locks stood until the keepalive of the system, two hours."""
    with database.transaction() as session:
        space_id = make_space(session).id
    held = select(Space.id).where(Space.id == space_id).with_for_update()
    lost = Database(database.url.update_query_dict({"options": "-c idle_in_transaction_session_timeout=200ms"}))
    with pytest.raises(DBAPIError), lost.transaction() as session:
        assert session.scalar(held) == space_id
        with database.transaction() as other:
            assert other.scalar(held.with_for_update(skip_locked=True)) is None
            assert other.scalar(held) == space_id, "had once the server gave the lost one up"
        session.scalar(held)
    with lost.transaction() as session:
        assert session.scalar(held) == space_id
    lost.close()
