import pytest
import requests

from tests.simulator.ears import until
from tests.simulator.sender import NUMBER, PHONE


def test_weather_is_fair_until_set(sender):
    assert set(sender.ask("/weather").values()) == {0}  # False included
    sender.set_weather(busy_rate=0.5, shuffle=True)
    assert sender.ask("/weather")["busy_rate"] == 0.5


@pytest.mark.parametrize(
    "bad", [{"busy_rate": 2}, {"busy_rate": "1"}, {"latency_ms": -1}, {"shuffle": 1}, {"rain": 1}, []]
)
def test_bad_weather_is_refused_with_a_sentence(sender, bad):
    answer = sender.room("PUT", "/weather", json=bad)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_a_busy_carrier_says_when_to_come_back(sender):
    sender.set_weather(busy_rate=1)
    answer = sender.post(To=PHONE, From=NUMBER, Body="a")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, 20429, "1")
    assert sender.ask("/ledger")["items"] == []


def test_a_broken_carrier_stores_nothing(sender):
    sender.set_weather(refuse_rate=1)
    assert sender.post(To=PHONE, From=NUMBER, Body="a").status_code == 500
    assert sender.ask("/ledger")["items"] == []


def test_a_connection_cut_after_acceptance_leaves_the_letter(sender, ears):
    sender.set_weather(cut_after_accept_rate=1)
    with pytest.raises(requests.ConnectionError):
        sender.post(To=PHONE, From=NUMBER, Body="a", StatusCallback=ears.url("s"))
    assert [entry["to"] for entry in sender.ask("/ledger")["items"]] == [PHONE]
    ears.wait_for(2)
    assert ears.statuses("s") == ["sent", "delivered"]


def test_a_silent_carrier_delivers_without_a_word(sender, ears):
    sender.set_weather(silence_rate=1)
    letter = sender.send(status_callback=ears.url("s"))
    until(lambda: sender.client.messages(letter.sid).fetch().status == "delivered")
    assert ears.heard == []


def test_receipts_late_and_doubled(sender, ears):
    sender.set_weather(receipt_delay_ms=200, duplicate_rate=1)
    letter = sender.send(status_callback=ears.url("s"))
    assert sender.client.messages(letter.sid).fetch().status == "queued"
    ears.wait_for(4)
    assert ears.statuses("s") == ["sent", "sent", "delivered", "delivered"]


def test_shuffled_receipts_all_come(sender, ears):
    sender.set_weather(shuffle=True)
    for number in range(20):
        sender.send(status_callback=ears.url(str(number)))
    ears.wait_for(40)
    orders = {tuple(ears.statuses(str(number))) for number in range(20)}
    assert orders == {("sent", "delivered"), ("delivered", "sent")}
