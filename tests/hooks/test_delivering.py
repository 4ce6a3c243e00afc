"""Deliveries over real HTTP: signed, tried again, never inside, never lost by a stop, given up with a sentence."""

import json
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.abc import AbstractResolver
from sqlalchemy import select

from app.accounts.models import Activity, Mode
from app.hooks import acts, delivering, retention, service, signing, waits
from app.hooks.addresses import Bounds
from app.hooks.models import Delivery, DeliveryState, Hook
from app.hooks.wire import AT_ONCE, Answer, Post, Problem, Wire
from app.messaging.restore import halt
from jobs.ending import Ending
from jobs.hooking import deliver_hooks
from tests.factories import NOON, SOMEBODY, make_delivery, make_hook, make_space
from tests.hooks.receiver import WIRE, listening


@pytest.fixture
def receiver():
    with listening() as receiver:
        yield receiver


class Clock:
    """The runtime's clock, moved by hand."""

    def __init__(self):
        self.now = NOON

    def __call__(self, _session):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def at_noon(runtime, clock):
    return replace(runtime, clock=clock)


def subscribed(database, url, **words):
    """A subscription with one event that waits; their ids."""
    with database.transaction() as session:
        hook = make_hook(session, make_space(session, **words), url=url)
        return hook.id, make_delivery(session, hook).id


def row(database, table, id):
    with database.snapshot() as session:
        return session.get_one(table, id)


def test_an_event_reaches_its_receiver_once_signed(database, at_noon, receiver):
    hook_id, delivery_id = subscribed(database, receiver.url)
    assert deliver_hooks(at_noon, wire=WIRE) == 1
    assert deliver_hooks(at_noon, wire=WIRE) == 0
    [(headers, body)] = receiver.heard
    hook, sent = row(database, Hook, hook_id), row(database, Delivery, delivery_id)
    assert headers.items() >= signing.headers(hook.secret, sent.public_id, body, at=NOON).items()
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "id": sent.public_id,
        "type": "contact.opted_out",
        "at": NOON.isoformat(),
        "space": hook.space.slug,
        "data": sent.data,
    }
    assert (sent.state, sent.attempts, sent.status_code, sent.problem) == (DeliveryState.DELIVERED, 1, 204, "")


def test_a_refusal_is_tried_again_over_a_weekend_then_left_to_a_person(database, at_noon, clock, receiver):
    receiver.status = 500
    hook_id, delivery_id = subscribed(database, receiver.url)
    for attempt in range(1, waits.ATTEMPTS + 1):
        assert deliver_hooks(at_noon, wire=WIRE) == 1
        assert deliver_hooks(at_noon, wire=WIRE) == 0, "its time has not come"
        found = row(database, Delivery, delivery_id)
        assert (found.attempts, found.status_code) == (attempt, 500)
        clock.now = max(found.next_at, row(database, Hook, hook_id).next_at)
    assert found.state is DeliveryState.GIVEN_UP
    assert timedelta(hours=63) < clock.now - NOON < waits.GIVEN_UP_AFTER
    assert len({body for _headers, body in receiver.heard}) == 1, "the same event, the same bytes"
    receiver.status = 200
    with database.transaction() as session:
        hook = service.get(session, row(database, Hook, hook_id).space_id, hook_id, lock=True)
        assert service.replay(session, hook, by=SOMEBODY, now=clock.now) == 1
    assert deliver_hooks(at_noon, wire=WIRE) == 1
    assert row(database, Delivery, delivery_id).state is DeliveryState.DELIVERED
    assert len({headers["webhook-id"] for headers, _body in receiver.heard}) == 1, "a replay is known as such"


def test_a_receiver_that_is_away_for_a_weekend_hears_all_of_it_when_it_is_back(database, at_noon, clock, receiver):
    """From Friday evening to Monday morning, with the few events of a small association, each tried again and again."""
    receiver.status = 503
    hook_id, _delivery_id = subscribed(database, receiver.url)
    with database.transaction() as session:
        for _event in range(2):
            make_delivery(session, session.get_one(Hook, hook_id))
    monday = NOON + timedelta(hours=63)
    while clock.now < monday:
        deliver_hooks(at_noon, wire=WIRE)
        clock.now = max(clock.now + timedelta(minutes=20), row(database, Hook, hook_id).next_at)
    receiver.status = 204
    clock.now += timedelta(days=1)
    deliver_hooks(at_noon, wire=WIRE)
    with database.snapshot() as session:
        assert session.scalars(select(Delivery.state)).all() == [DeliveryState.DELIVERED] * 3


def test_a_receiver_silent_for_days_is_no_longer_called_and_the_page_says_why(database, at_noon, clock):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        hook_id, delivery_id = subscribed(database, f"http://127.0.0.1:{closed.getsockname()[1]}/")
        for _day in range(4):
            for _try in range(3):
                deliver_hooks(at_noon, wire=WIRE)
                with database.transaction() as session:
                    hook = session.get_one(Hook, hook_id)
                    if hook.is_on:
                        make_delivery(session, hook, next_at=clock.now)
                clock.now += timedelta(hours=8)
    hook = row(database, Hook, hook_id)
    assert (hook.is_on, hook.why_off) == (False, "Personne n'y répond depuis trois jours.")
    assert row(database, Delivery, delivery_id).problem == Problem.NO_CONNECTION
    with database.snapshot() as session:
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.GIVEN_UP}
        assert acts.DISABLED.verb in set(session.scalars(select(Activity.verb)))
    assert deliver_hooks(at_noon, wire=WIRE) == 0


def test_a_receiver_that_says_gone_is_believed(database, at_noon, receiver):
    receiver.status = 410
    hook_id, _delivery_id = subscribed(database, receiver.url)
    deliver_hooks(at_noon, wire=WIRE)
    assert not row(database, Hook, hook_id).is_on


def test_one_that_fails_is_asked_once_at_a_time_and_keeps_nobody_waiting(database, at_noon, receiver):
    receiver.status = 503
    with database.transaction() as session:
        bad, good = (make_hook(session, make_space(session), url=receiver.url) for _number in range(2))
        bad.failures, good.url = 3, receiver.url
        for _event in range(5):
            make_delivery(session, bad)
            make_delivery(session, good)
    with database.transaction() as session:
        claimed = delivering.claim(session, now=NOON)
    assert sorted(one.hook_id for one in claimed) == [bad.id] + [good.id] * 5


def test_a_stop_in_the_middle_loses_nothing(database, at_noon, clock, receiver):
    """Whoever claimed it is gone: it leaves again when the lease ends; a late answer of the first is not taken."""
    _hook_id, delivery_id = subscribed(database, receiver.url)
    with database.transaction() as session:
        [first] = delivering.claim(session, now=NOON)
    assert deliver_hooks(at_noon, wire=WIRE) == 0, "somebody has it in hand"
    clock.now += delivering.LEASE
    receiver.meanwhile = lambda: settle_late(database, first, clock.now)
    assert deliver_hooks(at_noon, wire=WIRE) == 1
    assert (row(database, Delivery, delivery_id).state, len(receiver.heard)) == (DeliveryState.DELIVERED, 1)


def settle_late(database, first, now):
    with database.transaction() as session:
        delivering.settle(session, [(first, Answer(500))], now=now)
    assert row(database, Delivery, first.delivery_id).attempts == 2


def test_no_more_is_claimed_than_leaves_at_once_and_who_was_left_comes_first(database):
    """In turns, slow receivers would keep a process that is asked to stop, and all that is behind them, for minutes."""
    with database.transaction() as session:
        space = make_space(session)
        hooks = [make_hook(session, space) for _hook in range(AT_ONCE // delivering.EACH + 1)]
        for hook in hooks:
            for _delivery in range(delivering.EACH):
                make_delivery(session, hook)
        first = delivering.claim(session, now=NOON)
        then = delivering.claim(session, now=NOON)
    assert (len(first), len(then)) == (AT_ONCE, delivering.EACH)
    assert {one.hook_id for one in first} | {one.hook_id for one in then} == {hook.id for hook in hooks}


def test_two_processes_never_send_the_same_attempt(database, at_noon, receiver):
    """The second one looks while the first one's request is on its way."""
    subscribed(database, receiver.url)
    seconds = []
    receiver.meanwhile = lambda: seconds.append(deliver_hooks(at_noon, wire=WIRE))
    assert deliver_hooks(at_noon, wire=WIRE) == 1
    assert (seconds, len(receiver.heard)) == ([0], 1)


def test_nothing_leaves_while_a_restore_is_under_way_nor_once_asked_to_end(database, at_noon, receiver):
    subscribed(database, receiver.url)
    with database.transaction() as session:
        halt.halt(session, halt.RESTORING, now=NOON)
    assert deliver_hooks(at_noon, wire=WIRE) == 0
    with database.transaction() as session:
        halt.release(session, now=NOON)
    ending = Ending()
    ending.ask()
    assert deliver_hooks(at_noon, ending=ending, wire=WIRE) == 0
    assert deliver_hooks(at_noon, wire=WIRE) == 1


def test_nothing_of_a_practice_space_ever_leaves(database, at_noon, receiver):
    """Even a row that no page could have written."""
    subscribed(database, receiver.url, mode=Mode.PRACTICE)
    assert deliver_hooks(at_noon, wire=WIRE) == 0
    assert receiver.heard == []


def test_a_removed_subscription_is_silent_at_once_and_forgotten_in_a_month(database, at_noon, receiver):
    hook_id, delivery_id = subscribed(database, receiver.url)
    with database.transaction() as session:
        hook = session.get_one(Hook, hook_id)
        service.remove(session, hook, by=SOMEBODY, now=NOON)
    assert deliver_hooks(at_noon, wire=WIRE) == 0
    assert row(database, Hook, hook_id).secret == ""
    later = NOON + retention.KEPT + timedelta(seconds=1)
    with database.transaction() as session:
        assert retention.forget_deliveries(session, now=NOON + timedelta(days=29), limit=10) == 0
        assert retention.forget_deliveries(session, now=later, limit=10) == 1
        retention.forget_removed(session, now=later)
        assert (session.get(Hook, hook_id), session.get(Delivery, delivery_id)) == (None, None)


# Below: the wire alone, without a database.


class Names(AbstractResolver):
    """A name server of the attacker: another answer each time it is asked."""

    answers: list[list[str]] = []  # noqa: RUF012 - the wire makes its own resolver of the class it is given
    asked = 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = self.answers[min(type(self).asked, len(self.answers) - 1)]
        type(self).asked += 1
        return [
            {"hostname": host, "host": one, "port": port, "family": socket.AF_INET6 if ":" in one else socket.AF_INET,
             "proto": 0, "flags": socket.AI_NUMERICHOST}
            for one in found
        ]  # fmt: skip

    async def close(self):
        """Nothing is open."""


def names(*answers):
    return type("OneCase", (Names,), {"answers": list(answers), "asked": 0})


def post_to(url):
    return [Post(url, b"{}", {})]


OPEN = Bounds(schemes=("http", "https"), ports=None)


@pytest.mark.parametrize("inside", [["127.0.0.1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["0.0.0.0"]])
def test_a_public_name_that_leads_inside_is_not_followed(receiver, inside):
    url = receiver.url.replace("127.0.0.1", "hooks.example")
    [answer] = Wire(bounds=OPEN, resolver=names(inside)).send(post_to(url))
    assert (answer.problem, receiver.heard) == (Problem.REFUSED, [])


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(receiver):
    """DNS rebinding: what is checked is the connection itself, at the address that it goes to."""
    rebinding = names(["127.0.0.1"], ["127.0.0.2"])
    url = receiver.url.replace("127.0.0.1", "hooks.example")
    [answer] = replace(WIRE, resolver=rebinding).send(post_to(url))
    assert (answer.status, rebinding.asked, receiver.heard[0][0]["host"]) == (204, 1, url.split("/")[2])
    [again] = Wire(bounds=OPEN, resolver=rebinding).send(post_to(url))
    assert (again.problem, rebinding.asked, len(receiver.heard)) == (Problem.REFUSED, 2, 1)


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.status, receiver.location = 307, receiver.url + "/elsewhere"
    [answer] = WIRE.send(post_to(receiver.url))
    assert (answer.status, answer.is_yes, len(receiver.heard)) == (307, False, 1)


def test_an_address_written_before_the_rules_were_is_refused_at_the_door(receiver):
    assert [one.problem for one in Wire().send(post_to(receiver.url))] == [Problem.REFUSED]
    assert receiver.heard == []


def test_an_attempt_s_time_begins_with_its_turn(receiver):
    """Whoever waited behind silent receivers was not slow, and must not be taken for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        posts = [*post_to(slow), *post_to(slow), *post_to(receiver.url)]
        answers = replace(WIRE, timeout_s=0.3, at_once=1).send(posts)
    assert [one.problem for one in answers[:2]] == [Problem.TOO_SLOW] * 2
    assert answers[2].status == 204


def test_names_that_nobody_answers_for_keep_no_other_name_waiting(receiver, monkeypatch):
    """The system looks a name up in a thread, which nothing ends: one subscription's sixteen are not all there are."""
    let_go = threading.Event()

    def look_up(host, *words, **others):
        if host == "silent.example":
            let_go.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        return real(receiver_host, *words, **others)

    real, receiver_host = socket.getaddrinfo, "127.0.0.1"
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = receiver.url.replace("127.0.0.1", "hooks.example")
    answers, heard = [], threading.Event()
    receiver.meanwhile = heard.set
    posts = [*delivering.EACH * post_to("http://silent.example/"), *post_to(url)]
    sending = threading.Thread(target=lambda: answers.extend(replace(WIRE, timeout_s=1).send(posts)))
    sending.start()
    was_heard = heard.wait(10)
    let_go.set()
    sending.join()
    assert (was_heard, answers[-1].status) == (True, 204)


def test_silence_and_nonsense_are_told_apart(receiver):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        [answer, fine] = replace(WIRE, timeout_s=0.3).send([*post_to(slow), *post_to(receiver.url)])
    assert (answer.problem, fine.status) == (Problem.TOO_SLOW, 204), "one that is silent keeps no other waiting"
    https = receiver.url.replace("http:", "https:")
    assert [one.problem for one in WIRE.send(post_to(https))] == [Problem.CERTIFICATE]
