import json
import sqlite3
from collections import Counter

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from app.simulator.faults import Faults
from app.simulator.store.accounts import Accounts
from app.simulator.store.database import Database
from tests.simulator.ears import until
from tests.simulator.sender import NUMBER, PHONE, Sender
from tests.together import together


def test_weather_is_fair_until_set(sender):
    assert set(sender.ask("/weather").values()) == {0, None}  # False included
    sender.set_faults(busy_rate=0.5, shuffle=True)
    assert sender.ask("/weather")["busy_rate"] == 0.5


@pytest.mark.parametrize(
    "bad",
    [{"busy_rate": 2}, {"busy_rate": "1"}, {"latency_ms": -1}, {"shuffle": 1}, {"rain": 1}, []]
    + [{"day_limit": bad} for bad in (-1, 1.5, True, "5", 1_000_001)],
)
def test_bad_weather_is_refused_with_a_sentence(sender, bad):
    answer = sender.room("PUT", "/weather", json=bad)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_a_busy_carrier_says_when_to_come_back(sender):
    sender.set_faults(busy_rate=1)
    answer = sender.post(To=PHONE, From=NUMBER, Body="a")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, 20429, "1")
    assert sender.ask("/ledger")["items"] == []


def test_a_broken_carrier_stores_nothing(sender):
    sender.set_faults(refuse_rate=1)
    assert sender.post(To=PHONE, From=NUMBER, Body="a").status_code == 500
    assert sender.ask("/ledger")["items"] == []


def test_a_connection_cut_after_acceptance_leaves_the_message(sender, ears):
    sender.set_faults(cut_after_accept_rate=1)
    with pytest.raises(requests.ConnectionError):
        sender.post(To=PHONE, From=NUMBER, Body="a", StatusCallback=ears.url("s"))
    assert [entry["to"] for entry in sender.ask("/ledger")["items"]] == [PHONE]
    ears.wait_for(2)
    assert ears.statuses("s") == ["sent", "delivered"]


def test_a_silent_carrier_delivers_without_a_word(sender, ears):
    sender.set_faults(silence_rate=1)
    message = sender.send(status_callback=ears.url("s"))
    until(lambda: sender.client.messages(message.sid).fetch().status == "delivered")
    assert ears.heard == []


def test_receipts_late_and_doubled(sender, ears):
    sender.set_faults(receipt_delay_ms=200, duplicate_rate=1)
    message = sender.send(status_callback=ears.url("s"))
    assert sender.client.messages(message.sid).fetch().status == "queued"
    ears.wait_for(4)
    assert ears.statuses("s") == ["sent", "sent", "delivered", "delivered"]


def test_shuffled_receipts_all_come(sender, ears):
    sender.set_faults(shuffle=True)
    for number in range(20):
        sender.send(status_callback=ears.url(str(number)))
    ears.wait_for(40)
    orders = {tuple(ears.statuses(str(number))) for number in range(20)}
    assert orders == {("sent", "delivered"), ("delivered", "sent")}


@pytest.mark.parametrize("limit", [0, 3])
def test_past_the_day_s_limit_every_message_is_refused_in_twilio_s_words(sender, limit):
    sender.set_faults(day_limit=limit)
    for _ in range(limit):
        sender.send()
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refusal:
            sender.send()
        assert (refusal.value.status, refusal.value.code) == (429, 63038)
        assert refusal.value.msg.endswith(f"Account {sender.sid} exceeded the {limit} daily messages limit")
    assert "Retry-After" not in sender.post(To=PHONE, From=NUMBER, Body="a").headers
    assert len(sender.ask("/ledger")["items"]) == limit
    assert sender.ask("/weather")["day_limit"] == limit


def test_messages_sent_at_once_never_pass_the_day_s_limit(sender):
    sender.set_faults(day_limit=7)

    def send():
        return [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(4)]

    answers = Counter(status for statuses in together(*[send] * 8) for status in statuses)
    assert answers == {201: 7, 429: 25}
    assert len(sender.client.messages.list()) == 7


def test_what_is_refused_otherwise_takes_nothing_from_the_day(sender):
    sender.reply("STOP", phone=PHONE, to=NUMBER)
    sender.set_faults(day_limit=1)
    for to in ("+33639980002", PHONE, "nobody"):
        assert sender.post(To=to, From=NUMBER, Body="a").status_code == 400
    assert sender.send("+33639980011").status == "queued"


@pytest.mark.parametrize("words", [{}, {"day_limit": None}])
def test_another_weather_lifts_the_day_s_limit(sender, words):
    sender.set_faults(day_limit=0)
    assert sender.post(To=PHONE, From=NUMBER, Body="a").status_code == 429
    sender.set_faults(**words)
    assert sender.send().status == "queued"


def test_the_same_limit_set_again_is_a_new_day(sender):
    for _ in range(2):
        sender.set_faults(day_limit=1)
        assert [sender.post(To=PHONE, From=NUMBER, Body="a").status_code for _ in range(2)] == [201, 429]


def test_one_account_s_limit_is_nobody_else_s(sender, address):
    sender.set_faults(day_limit=0)
    with Sender(address) as other:
        assert other.send().status == "queued"


def test_a_weather_kept_before_there_was_a_limit_has_none(tmp_path):
    """As an older simulator wrote it: no name of it in the JSON, no table to count in."""
    kept = {"busy_rate": 0.5, "shuffle": True}
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("CREATE TABLE accounts (sid TEXT PRIMARY KEY, token TEXT NOT NULL, weather TEXT NOT NULL)")
        old.execute("INSERT INTO accounts VALUES (?, ?, ?)", ("AC" + "a" * 32, "secret", json.dumps(kept)))
    old.close()
    database = Database(tmp_path / "old.db")
    account = Accounts(database).admit("AC" + "a" * 32, "secret")
    database.close()
    assert account is not None
    assert account.faults == Faults(busy_rate=0.5, shuffle=True, day_limit=None)
