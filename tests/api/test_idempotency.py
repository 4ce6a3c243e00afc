"""The same demand twice, one effect, one answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts import idempotency
from app.accounts.idempotency import Answer, KeyedRequest, Lease
from app.accounts.models import ApiKey, Idempotency, Role
from app.accounts.retention import forget_ended
from app.clock import utc_now
from app.contacts.models import Contact
from app.errors import Conflict, RuleBroken
from app.messaging.models import Message
from tests.api.conftest import make_program, refusal
from tests.factories import NOON, make_contact

ZOE = {"phone": "06 39 98 12 34", "first_name": "Zoé"}


def count(database, table):
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_the_same_demand_gets_the_same_answer_byte_for_byte(program, database):
    first, second = (program.ask("POST", "/contacts", ZOE, key="k-1") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert (first.data, first.content_type) == (second.data, second.content_type)
    assert count(database, Contact) == 1
    refusal(program.ask("POST", "/contacts", ZOE, key="k-2"), 409, "contact_exists")


def test_a_refusal_is_an_answer_too(program):
    program.post("/contacts", ZOE)
    first = program.ask("POST", "/contacts", ZOE, key="k")
    program.ask("DELETE", f"/contacts/{program.get('/contacts')['items'][0]['id']}")
    second = program.ask("POST", "/contacts", ZOE, key="k")
    refusal(second, 409, "contact_exists")
    assert (first.data, first.content_type) == (second.data, second.content_type)


def test_a_body_that_was_never_read_may_be_mended(program):
    refusal(program.ask("POST", "/contacts", {"phone": 1}, key="k"), 422, "invalid")
    assert program.ask("POST", "/contacts", ZOE, key="k").status_code == 201


def test_another_body_or_another_address_under_the_same_word_is_refused(program):
    program.ask("POST", "/lists", {"name": "Un"}, key="k")
    refusal(program.ask("POST", "/lists", {"name": "Deux"}, key="k"), 422, "idempotency_key_reused")
    refusal(program.ask("POST", "/contacts", ZOE, key="k"), 422, "idempotency_key_reused")


def test_words_belong_to_their_key(app, program, database):
    other = make_program(app, database, space=program.space)
    assert program.ask("POST", "/lists", {"name": "Un"}, key="k").status_code == 201
    assert other.ask("POST", "/lists", {"name": "Deux"}, key="k").status_code == 201


@pytest.mark.parametrize("word", ["x" * 121, "a b", "é"])
def test_an_unreadable_word_is_refused(program, word):
    refusal(program.ask("POST", "/lists", {"name": "Un"}, key=word), 422, "idempotency_key_unreadable")


def test_demands_at_the_same_instant_send_one_message(app, program, database):
    with database.transaction() as session:
        zoe = make_contact(session, program.space)
    body = {"contact_id": zoe.id, "body": "Bonjour"}

    def ask(_number):
        program.client = app.test_client()
        return program.ask("POST", "/messages", body, key="k")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert program.ask("POST", "/messages", body, key="k").status_code == 201
    assert count(database, Message) == 1


@pytest.fixture
def demand(program, database):
    with database.snapshot() as session:
        return KeyedRequest(session.scalars(select(ApiKey.id)).one(), "k", "d" * 64)


def test_while_the_first_is_at_work_the_second_waits(database, demand):
    with database.transaction() as session:
        turn = idempotency.begin(session, demand, now=NOON)
        assert isinstance(turn, Lease)
    with pytest.raises(Conflict) as running, database.transaction() as session:
        idempotency.begin(session, demand, now=NOON + timedelta(seconds=59))
    assert running.value.code == "idempotency_running"
    with pytest.raises(RuleBroken), database.transaction() as session:
        idempotency.begin(session, KeyedRequest(demand.api_key_id, "k", "e" * 64), now=NOON)
    with database.transaction() as session:
        idempotency.finish(session, turn, Answer(201, "application/json", b"{}"))
        assert idempotency.begin(session, demand, now=NOON) == Answer(201, "application/json", b"{}")


def test_a_demand_left_for_dead_is_taken_over_and_its_ghost_changes_nothing(database, demand):
    later = NOON + timedelta(seconds=61)
    with database.transaction() as session:
        ghost = idempotency.begin(session, demand, now=NOON)
        heir = idempotency.begin(session, demand, now=later)
    with pytest.raises(Conflict), database.transaction() as session:
        idempotency.finish(session, ghost, Answer(201, "", b"ghost"))
    with database.transaction() as session:
        idempotency.give_up(session, ghost)
        idempotency.finish(session, heir, Answer(201, "", b"heir"))
    with database.transaction() as session:
        assert idempotency.begin(session, demand, now=later).body == b"heir"


def test_a_fault_of_ours_leaves_the_word_free(database, demand):
    with database.transaction() as session:
        idempotency.give_up(session, idempotency.begin(session, demand, now=NOON))
        assert isinstance(idempotency.begin(session, demand, now=NOON), Lease)


def test_a_word_is_free_again_after_a_day(program, database):
    program.ask("POST", "/lists", {"name": "Un"}, key="k")
    with database.transaction() as session:
        session.execute(update(Idempotency).values(created_at=utc_now() - timedelta(hours=25)))
    refusal(program.ask("POST", "/lists", {"name": "Un"}, key="k"), 422, "list_name_taken")
    with database.transaction() as session:
        forget_ended(session, now=utc_now() + timedelta(hours=25))
    assert count(database, Idempotency) == 0


def test_a_reader_cannot_even_take_a_word(app, database):
    reader = make_program(app, database, role=Role.LECTRICE)
    refusal(reader.ask("POST", "/lists", {"name": "Un"}, key="k"), 403, "role_too_low")
    assert count(database, Idempotency) == 0
