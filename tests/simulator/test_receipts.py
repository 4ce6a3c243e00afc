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


def test_a_callback_comes_back_after_a_failure(sender, ears):
    ears.answers = [503, 204]
    sender.send("+33639980005", status_callback=ears.url("s"))
    ears.wait_for(2)
    assert ears.statuses("s") == ["sent", "sent"]


def test_a_callback_refused_for_good_does_not(sender, ears):
    ears.answers = [403]
    sender.send("+33639980005", status_callback=ears.url("s"))
    ears.wait_for(1)
    sender.send("+33639980005", status_callback=ears.url("later"))
    ears.wait_for(2)
    assert [path for path, _, _ in ears.heard] == ["/s", "/later"]


def test_a_callback_waits_for_a_web_that_is_restarting(sender):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    sender.send("+33639980005", status_callback=f"http://127.0.0.1:{port}/s")
    with Ears(port) as ears:
        ears.wait_for(1)
        assert ears.statuses("s") == ["sent"]
