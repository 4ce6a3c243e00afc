import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from app.simulator.listener import Listener
from app.simulator.server import Simulator
from tests.simulator.ears import until
from tests.simulator.sender import NUMBER, PHONE, Sender


def test_a_phone_shows_what_landed_on_it(sender):
    sender.send(body="Un")
    until(lambda: len(sender.ask(f"/handsets/{PHONE}")["items"]) == 1)
    sender.send(body="Deux")
    sender.send("+33639980000", body="Jamais vu")
    until(lambda: len(sender.ask("/handsets/33639980010")["items"]) == 2)
    latest = sender.ask(f"/handsets/{PHONE}")["items"][0]
    assert (latest["body"], latest["status"], latest["direction"]) == ("Deux", "delivered", "received")
    (phone,) = sender.ask("/handsets")["items"]
    assert (phone["number"], phone["received"], phone["replies"]) == (PHONE, 2, 0)
    assert phone["last"]["body"] == "Deux"


def test_a_reply_is_posted_and_signed(sender, ears):
    assert sender.reply("Oui, j'arrive à 10h").status_code == 201
    ears.wait_for(1)
    path, form, signature = ears.heard[0]
    assert path == "/in"
    assert (form["From"], form["To"], form["Body"]) == (PHONE, NUMBER, "Oui, j'arrive à 10h")
    assert (form["NumMedia"], form["NumSegments"], form["MessageSid"]) == ("0", "1", form["SmsSid"])
    assert RequestValidator(sender.token).validate(ears.url("in"), form, signature)
    assert [text["direction"] for text in sender.ask(f"/handsets/{PHONE}")["items"]] == ["reply"]


@pytest.mark.parametrize("word", ["STOP", "stop.", "Arrêt", "unsubscribe"])
def test_stop_holds_until_start(sender, ears, word):
    sender.reply(word)
    with pytest.raises(TwilioRestException) as refusal:
        sender.send()
    assert refusal.value.code == 21610
    assert sender.send(from_="+33937000002").status == "queued"
    sender.reply("START")
    assert sender.send().status == "queued"
    ears.wait_for(2)
    assert "OptOutType" not in ears.heard[0][1]


def test_stop_inside_a_sentence_is_not_stop(sender):
    sender.reply("Je m'arrête au stop")
    assert sender.send().status == "queued"


def test_advanced_opt_out_names_the_word(tmp_path, ears):
    words = {"data_path": tmp_path / "advanced.db", "inbound_url": ears.url("in"), "advanced_opt_out": True}
    with Simulator(**words) as simulator:
        listener = Listener(simulator.wsgi)
        with Sender(f"http://127.0.0.1:{listener.start()}") as sender:
            sender.reply("STOP")
            ears.wait_for(1)
        listener.stop()
    assert ears.heard[0][1]["OptOutType"] == "STOP"


@pytest.mark.parametrize(
    ("phone", "words"), [(PHONE, {"to": "TAMBOUR"}), (PHONE, {"to": NUMBER, "body": " "}), ("12", {})]
)
def test_an_impossible_reply_says_why(sender, phone, words):
    answer = sender.room("POST", f"/handsets/{phone}/reply", json={"body": "Oui", "to": NUMBER, **words})
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")


def test_the_ledger_counts_each_callback_url(sender, ears):
    for _ in range(3):
        sender.send(body="Oui", status_callback=ears.url("a"))
    sender.send(status_callback=ears.url("b"))
    first, second = sender.ask("/ledger")["items"]
    assert (first["callback_url"], first["count"], first["to"]) == (ears.url("a"), 3, PHONE)
    assert first["body_digest"] == hashlib.sha256(b"Oui").hexdigest()
    assert second["count"] == 1
    page = sender.ask("/ledger?limit=1")
    assert page["items"] == [first]
    assert sender.ask(f"/ledger?limit=1&after={page['next']}")["items"] == [second]


def test_the_counter_grows_with_every_change(sender):
    counters = [sender.ask("/changes")["counter"]]
    sender.send("+33639980005")
    until(lambda: sender.ask("/changes")["counter"] >= counters[0] + 2)
    counters.append(sender.ask("/changes")["counter"])
    sender.reply("Oui")
    counters.append(sender.ask("/changes")["counter"])
    sender.room("DELETE", "")
    counters.append(sender.ask("/changes")["counter"])
    assert counters == sorted(set(counters))


def test_forgetting_leaves_nothing_not_even_the_token(sender, address):
    sender.send()
    sender.reply("STOP")
    assert sender.room("DELETE", "").status_code == 204
    with Sender(address, sid=sender.sid, token="new") as again:
        assert again.ask("/handsets") == {"items": []}
        assert again.ask("/ledger")["items"] == []
        assert again.send().status == "queued"


def test_many_at_once_lose_nothing(sender, address, ears):
    def send(number):
        with Sender(address, sid=sender.sid) as one:
            one.send(f"+3363998{number:02d}10", status_callback=ears.url(str(number)))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(60)))
    assert [entry["count"] for entry in sender.ask("/ledger")["items"]] == [1] * 60
    ears.wait_for(120)
    assert all(ears.statuses(str(number)) == ["sent", "delivered"] for number in range(60))
