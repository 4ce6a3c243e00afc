"""Reports that are answered ahead of Flask: as it would have, or left to it."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Space
from app.assembly import open_front
from app.messaging.inbox import arrivals
from app.messaging.models import Message, Receipt
from app.messaging.status import Status
from app.messaging.web import webhooks
from app.messaging.web.callbacks import MAX_BYTES, Callbacks
from tests.conftest import settings_over
from tests.factories import make_mailing, make_message, make_space
from tests.messaging.desk import SID, message, progress, sign

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass
class Scope:
    """What the web server tells of a request."""

    path: str
    headers: dict[str, str]
    method: str = "POST"
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:4000"
    scheme: str = "http"
    authority: str | None = None


@dataclass
class Call:
    """One request to a front, and what was answered."""

    scope: Scope
    body: bytes
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)

    async def __aiter__(self):
        yield self.body

    def response_bytes(self, status, headers, body):
        self.status, self.headers = status, headers

    @property
    def is_ahead(self) -> bool:
        """Whether Flask was spared: it gives each of its answers a number."""
        return not any(name.lower() == "x-request-id" for name, _value in self.headers)


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session, mode=Mode.PRACTICE)


@pytest.fixture
def made(database, space):
    with database.transaction() as session:
        mailing = make_mailing(session, space)
        return [make_message(session, mailing, status=Status.SENDING) for _ in range(5)]


def report(runtime, space, one, *, token=None, kind=FORM, **words):
    """A signed callback on one message."""
    path = f"/webhooks/twilio/status/{one.public_id}"
    form = {"AccountSid": space.carrier_account_sid, "MessageSid": SID, "MessageStatus": "delivered", **words}
    body = urlencode(form).encode()
    signed = sign(runtime.settings, path, token or space.carrier_auth_token, form)
    return Call(Scope(path, {"content-type": kind, "content-length": str(len(body)), **_lower(signed)}), body)


def _lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def carry(app, runtime, *rounds):
    """Each round all at once, one after the other, on one front."""
    front = open_front(app, runtime.settings, ahead=Callbacks(app))

    async def all_of_them():
        for calls in rounds:
            await asyncio.gather(*(front.__rsgi__(call.scope, call) for call in calls))

    asyncio.run(all_of_them())
    front.pool.shutdown()
    return [call for calls in rounds for call in calls]


def words(database, one):
    with database.snapshot() as session:
        return list(session.scalars(select(Receipt.word).where(Receipt.message_id == one.id).order_by(Receipt.id)))


def test_a_report_is_on_the_disk_once_it_is_answered_and_flask_is_asked_only_whose_account_it_is(
    app, database, runtime, space, made
):
    first, *others = made
    calls = carry(
        app,
        runtime,
        [report(runtime, space, first, MessageStatus="sent")],
        [report(runtime, space, one) for one in made],
        [report(runtime, space, first), report(runtime, space, first, MessageStatus="odd")],
    )
    assert [call.status for call in calls] == [204] * 8
    assert [call.is_ahead for call in calls] == [False] + [True] * 7, "an account read once is known"
    assert {message(database, one.id).status for one in made} == {Status.DELIVERED}
    assert progress(database, first.mailing_id).counts == {Status.DELIVERED: 5}
    assert words(database, first) == ["sent", "delivered", "delivered", "odd"]
    assert [words(database, one) for one in others] == [["delivered"]] * 4


def test_what_is_not_so_plain_is_left_to_flask_and_moves_nothing_that_it_would_not(app, database, runtime, space, made):
    with database.transaction() as session:
        other = make_space(session, mode=Mode.PRACTICE)
    one = made[0]
    bad = [
        report(runtime, space, one, token="d" * 32),
        report(runtime, other, one),
        report(runtime, space, one, AccountSid="AC" + "9" * 32),
        report(runtime, space, one, AccountSid="AC\x00"),
        report(runtime, space, one, kind="application/json"),
        report(runtime, space, one, token="d" * 32, Odd="x" * MAX_BYTES),
    ]
    garbage = report(runtime, space, one)
    garbage.body = b"\xff\x00=\x00&%00".ljust(len(garbage.body))
    lying = report(runtime, space, one)
    lying.scope.headers["x-twilio-signature"] = "é"
    asked = report(runtime, space, one)
    asked.scope.query_string = "a=b"
    warm = [report(runtime, space, made[1]), report(runtime, other, made[1])]
    calls = carry(app, runtime, warm, [*bad, garbage, lying, asked])[2:]
    assert [(call.status, call.is_ahead) for call in calls] == [(403, False)] * 9
    got = report(runtime, space, one)
    got.scope.method = "GET"
    elsewhere = report(runtime, space, replace_id(one, "a/b"))
    assert [call.status for call in carry(app, runtime, [got, elsewhere])] == [405, 404]
    assert message(database, one.id).status is Status.SENDING and words(database, one) == []


def replace_id(one, public_id):
    return type("Letter", (), {"public_id": public_id, "id": one.id})


def test_a_token_that_has_changed_is_read_anew_and_holds_from_then_on(app, database, runtime, space, made):
    carry(app, runtime, [report(runtime, space, made[0])])
    with database.transaction() as session:
        session.get_one(Space, space.id).carrier_auth_token = "n" * 32
    calls = carry(
        app,
        runtime,
        [report(runtime, space, made[1], token="n" * 32)],
        [report(runtime, space, made[2], token="n" * 32), report(runtime, space, made[3])],
    )
    assert [(call.status, call.is_ahead) for call in calls] == [(204, False), (204, True), (403, False)]


@pytest.mark.parametrize("seed", range(2))
def test_any_reports_at_once_end_as_they_do_by_flask(app, client, database, runtime, space, made, seed):
    dice = random.Random(seed)
    told = [
        {"MessageStatus": word, **code}
        for word, code in (("sent", {}), ("delivered", {}), ("undelivered", {"ErrorCode": "30003"}), ("queued", {}))
    ]
    with database.transaction() as session:
        mailing = make_mailing(session, space)
        twins = [make_message(session, mailing, status=Status.SENDING) for _ in made]
    said = [(at, dice.choice(told)) for at in dice.choices(range(5), k=14)]
    carry(app, runtime, *([report(runtime, space, made[at], **form)] for at, form in said))
    for at, form in said:
        call = report(runtime, space, twins[at], **form)
        answer = client.post(
            call.scope.path, data=call.body, content_type=FORM, headers={"X-Twilio-Signature": signature(call)}
        )
        assert answer.status_code == 204
    with database.snapshot() as session:
        ends = [
            [
                (one.status, one.error_code, one.attempt, one.carrier_sid)
                for one in session.scalars(select(Message).where(Message.mailing_id == mailing_id).order_by(Message.id))
            ]
            for mailing_id in (made[0].mailing_id, mailing.id)
        ]
    assert ends[0] == ends[1]
    assert [words(database, one) for one in made] == [words(database, one) for one in twins]


def signature(call):
    return call.scope.headers["x-twilio-signature"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL has as many writers as reports
def test_reports_that_meet_a_busy_database_are_answered_from_files(app, database, tmp_path, space, made):
    runtime = webhooks.seams.of(app).runtime
    runtime = replace(runtime, settings=replace(settings_over(database, tmp_path), inbound_wait_s=0.05))
    webhooks.seams.hand(app, runtime)
    carry(app, runtime, [report(runtime, space, made[0])])
    with database.transaction() as session:
        session.connection()
        calls = carry(app, runtime, [report(runtime, space, one) for one in made[1:]])
    assert [call.status for call in calls] == [204] * 4
    assert len(list(arrivals.SPOOL.waiting(runtime.settings.data_dir))) == 4
