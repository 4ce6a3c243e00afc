import socket

import pytest
from twilio.request_validator import RequestValidator

from tests.simulator.ears import Ears, until


@pytest.mark.parametrize(
    ("last_digits", "statuses", "code"),
    [
        ("10", ["sent", "delivered"], None),
        ("00", ["sent", "undelivered"], "30003"),
        ("01", ["sent", "undelivered"], "30005"),
        ("04", ["sent", "undelivered"], "30007"),
        ("05", ["sent"], None),
        ("07", ["delivered", "delivered", "sent", "sent"], None),
    ],
)
def test_the_last_digits_decide(sender, ears, last_digits, statuses, code):
    message = sender.send(f"+336399800{last_digits}", status_callback=ears.url("s"))
    ears.wait_for(len(statuses))
    assert ears.statuses("s") == statuses
    form = ears.heard[-1][1]
    assert form.get("ErrorCode") == code
    assert (form["MessageSid"], form["AccountSid"], form["To"]) == (message.sid, sender.sid, message.to)
    final = "delivered" if last_digits == "07" else statuses[-1]
    until(lambda: sender.client.messages(message.sid).fetch().status == final)


def test_a_slow_receipt_comes_late(sender, ears):
    message = sender.send("+33639980006", status_callback=ears.url("s"))
    ears.wait_for(1)
    assert sender.client.messages(message.sid).fetch().status == "sent"
    ears.wait_for(2)
    assert ears.statuses("s") == ["sent", "delivered"]


def test_the_signature_covers_the_exact_address_and_the_form(sender, ears):
    url = ears.url("s/l12?a=%C3%A9+b&c=d%2Fe")
    sender.send(status_callback=url)
    ears.wait_for(2)
    for path, form, signature in ears.heard:
        assert url.endswith(path)
        assert RequestValidator(sender.token).validate(url, form, signature)
        assert not RequestValidator("other").validate(url, form, signature)


@pytest.mark.parametrize("status", [500, 503, 403])
def test_a_callback_that_is_answered_with_an_error_is_lost(sender, ears, status):
    ears.answers = [status]
    sender.send("+33639980005", status_callback=ears.url("s"))
    ears.wait_for(1)
    sender.send("+33639980005", status_callback=ears.url("later"))
    ears.wait_for(2)
    assert [path for path, _, _ in ears.heard] == ["/s", "/later"]


def test_a_callback_that_finds_nobody_is_tried_once_more_then_lost(sender, ears, nobody, caplog):
    sender.send("+33639980005", status_callback=f"http://127.0.0.1:{nobody}/s")
    until(lambda: lost(caplog) == [2])
    with Ears(nobody) as late:
        sender.send("+33639980005", status_callback=late.url("next"))
        late.wait_for(1)
        assert [path for path, _, _ in late.heard] == ["/next"]


def test_in_a_weather_that_repeats_a_callback_comes_back_after_a_failure(sender, ears):
    sender.set_faults(repeat_callbacks=True)
    ears.answers = [503, 500, 204]
    sender.send("+33639980005", status_callback=ears.url("s"))
    ears.wait_for(3)
    assert ears.statuses("s") == ["sent"] * 3


def test_in_a_weather_that_repeats_a_callback_waits_for_a_web_that_is_restarting(sender, nobody):
    sender.set_faults(repeat_callbacks=True)
    sender.send("+33639980005", status_callback=f"http://127.0.0.1:{nobody}/s")
    with Ears(nobody) as ears:
        ears.wait_for(1)
        assert ears.statuses("s") == ["sent"]


@pytest.fixture
def nobody():
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def lost(caplog):
    """How many times each lost callback was tried."""
    return [record.attempts for record in caplog.records if record.getMessage() == "callback_lost"]
