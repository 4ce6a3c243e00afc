"""Twilio's real client against servers that misbehave: what is a yes, a no, a « not yet », and silence."""

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.carrier.protocol import Accepted, CarrierSilent, NotSent, Outgoing, Refused, Unknown
from app.carrier.twilio import TwilioCarrier
from app.clock import utc_now

TEXT = Outgoing("Emmaus80", "+33612345678", "Bonjour", "http://tambour.test/x", 99_999_999)
HANG_UP, STALL = "hangs up", "stalls"
FOREIGN = Unknown(is_foreign=True)


@contextmanager
def carrier(status=201, body=b"{}", *, headers=None, how=None) -> Iterator[TwilioCarrier]:
    """Our client, aimed at a server that always answers the same."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if how == STALL:
                stalled.wait(5)
            if how:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response_only(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, *_words: object) -> None:
            pass

    stalled = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = TwilioCarrier(
        base_url=f"http://127.0.0.1:{server.server_port}", account_sid="AC" + "1" * 32, auth_token="t", timeout_s=0.5
    )
    made.asked = asked  # type: ignore[attr-defined]
    try:
        yield made
    finally:
        stalled.set()
        server.shutdown()
        server.server_close()


def use(made, ask):
    async def call():
        try:
            return await ask(made)
        finally:
            await made.close()

    return asyncio.run(call())


def send(**words):
    with carrier(**words) as made:
        outcome = use(made, lambda one: one.send(TEXT))
        assert len(made.asked) == 1, "asked once, whatever the answer"
        return outcome


def error(code, status):
    return {"status": status, "body": json.dumps({"code": code, "message": "no", "status": status}).encode()}


def test_a_yes_is_an_answer_with_the_carrier_s_id():
    assert send(body=b'{"sid": "SM1"}') == Accepted("SM1")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (error(21614, 400), Refused(21614)),
        (error(20003, 401), Refused(20003)),
        (error(20500, 500), Unknown()),
        (error(20503, 503), Unknown()),
        (error(20408, 408), Unknown()),
        ({"status": 502, "body": b"<html>Bad gateway</html>"}, FOREIGN),
        ({"status": 403, "body": b"<html>Acces interdit par le proxy</html>"}, FOREIGN),
        ({"status": 403, "body": b'{"message": "Forbidden"}'}, FOREIGN),
        ({"status": 407, "body": b""}, FOREIGN),
        ({"status": 404, "body": b"[]"}, FOREIGN),
        ({"status": 429, "headers": {"Retry-After": "7"}}, NotSent(7.0)),
        ({"status": 429, "headers": {"Retry-After": "Tue, 03 Mar 2026 12:00:00 GMT"}}, NotSent(1.0)),
        ({"status": 429, "headers": {"Retry-After": "100000"}}, NotSent(900.0)),
        ({"status": 429, "headers": {"Retry-After": "Fri, 01 Jan 2100 12:00:00 GMT"}}, NotSent(900.0)),
        ({"status": 429, "headers": {"Retry-After": "-5"}}, NotSent(1.0)),
        ({"status": 429, "headers": {"Retry-After": "0"}}, NotSent(1.0)),
        ({"status": 429, "headers": {"Retry-After": "Fri, 99 Jan 2100"}}, NotSent(1.0)),
        ({"status": 429, "headers": {"Retry-After": "²"}}, NotSent(1.0)),
        ({"status": 429}, NotSent(1.0)),
        ({**error(20429, 429), "headers": {"Retry-After": "7"}}, NotSent(7.0)),
        (error(99999, 429), NotSent(1.0)),
        ({"status": 429, "body": b"[]"}, NotSent(1.0)),
        (error(63038, 429), Refused(63038)),
        (error(21611, 429), Refused(21611)),
        ({"status": 307, "headers": {"Location": "http://example.org/"}}, FOREIGN),
        ({"status": 201, "body": b"<html>Connectez-vous au wifi</html>"}, FOREIGN),
        ({"status": 201, "body": b"[]"}, FOREIGN),
        ({"status": 201, "body": b"{}"}, FOREIGN),
        ({"how": HANG_UP}, Unknown()),
        ({"how": STALL}, Unknown()),
    ],
    ids=str,
)
def test_only_what_surely_did_not_leave_may_go_again(answer, outcome):
    assert send(**answer) == outcome


def test_an_hour_to_come_back_at_is_honoured():
    until = format_datetime(utc_now() + timedelta(seconds=300), usegmt=True)
    outcome = send(status=429, headers={"Retry-After": until})
    assert isinstance(outcome, NotSent)
    assert 200 < outcome.retry_after_s <= 300


def test_a_connection_that_never_opened_may_be_tried_again():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = TwilioCarrier(
            base_url=f"http://127.0.0.1:{free.getsockname()[1]}", account_sid="AC1", auth_token="t", timeout_s=0.5
        )
    assert isinstance(use(made, lambda one: one.send(TEXT)), NotSent)


def test_what_is_asked_says_how_long_the_text_is_worth_something():
    with carrier(body=b'{"sid": "SM1"}') as made:
        use(made, lambda one: one.send(TEXT))
        asked = dict(parse_qsl(made.asked[0].decode("ascii")))
        assert asked["ValidityPeriod"] == "36000"
        assert asked["StatusCallback"] == "http://tambour.test/x"


@settings(max_examples=50, deadline=None)
@given(body=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
@example(body='50 % & plus = été ; 2+2 # "œuf" ?\n\t€ 🙂')
def test_a_text_reaches_the_carrier_sign_for_sign(body):
    with carrier(body=b'{"sid": "SM1"}') as made:
        use(made, lambda one: one.send(replace(TEXT, body=body)))
        asked = parse_qsl(made.asked[0].decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert dict(asked)["Body"] == body
        assert (dict(asked)["To"], len(asked)) == (TEXT.phone, 5)


def test_not_even_a_curious_log_names_whom_the_carrier_was_asked_about(caplog):
    with caplog.at_level(logging.DEBUG), carrier(200, b'{"messages": []}') as made:
        use(made, lambda one: asyncio.gather(one.send(TEXT), one.seen_since(TEXT.phone, utc_now())))
    assert len(made.asked) == 2
    assert TEXT.phone[1:] not in caplog.text
    assert TEXT.body not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        error(20500, 500),
        error(20003, 401),
        {"how": HANG_UP},
        {"how": STALL},
        {"body": b"[]"},
        {"status": 404, "body": b"<html>Page introuvable</html>"},
        {"status": 403, "body": b"<html>Acces interdit par le proxy</html>"},
    ],
)
def test_a_carrier_that_cannot_be_asked_is_silent_not_ignorant(answer):
    for ask in (
        lambda one: one.look_up("SM1"),
        lambda one: one.seen_since("+33612345678", utc_now()),
        lambda one: one.received_since("+33199001234", utc_now()),
        lambda one: one.sent_since(utc_now()),
        lambda one: one.inbound_route("+33199001234"),
    ):
        with carrier(**{"status": 200, **answer}) as made, pytest.raises(CarrierSilent):
            use(made, ask)


def test_a_text_the_carrier_never_had_is_none():
    with carrier(**error(20404, 404)) as made:
        assert use(made, lambda one: one.look_up("SM1")) is None


def test_a_text_still_in_the_carrier_s_queue_is_seen_and_an_old_one_is_not():
    def row(sid, made):
        day = made.strftime("%a, %d %b %Y %H:%M:%S +0000")
        return {"sid": sid, "to": "+336", "body": "b", "status": "queued", "date_created": day, "date_sent": None}

    now = utc_now()
    rows = [row("SM1", now), row("SM2", now - timedelta(hours=23)), row("SM3", now - timedelta(hours=25))]
    body = json.dumps({"messages": rows, "next_page_uri": None}).encode()
    with carrier(status=200, body=body) as made:
        found = use(made, lambda one: one.seen_since("+336", now))
    assert [one.carrier_sid for one in found.sightings] == ["SM1", "SM2"]


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(minutes=5), -timedelta(hours=1)])
def test_a_search_tells_how_far_the_carrier_s_clock_is_from_ours(ahead):
    headers = {"Date": format_datetime(utc_now() + ahead, usegmt=True)}
    with carrier(status=200, body=b'{"messages": [], "next_page_uri": null}', headers=headers) as made:
        found = use(made, lambda one: one.seen_since("+336", utc_now()))
    assert abs(found.skew_s - ahead.total_seconds()) < 30


def test_a_date_that_cannot_be_read_says_nothing_of_a_clock():
    with carrier(status=200, body=b'{"messages": [], "next_page_uri": null}', headers={"Date": "hier"}) as made:
        assert use(made, lambda one: one.seen_since("+336", utc_now())).skew_s is None
