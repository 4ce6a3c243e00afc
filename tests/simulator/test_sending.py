from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulator.ears import until
from tests.simulator.sender import PHONE, Sender

WHOLE = {"To": PHONE, "From": "TAMBOUR", "Body": "a"}


def test_an_accepted_message_is_queued_then_delivered(sender):
    message = sender.send(body="Rendez-vous à 18h30")
    assert (message.status, message.num_segments, message.to, message.error_code) == ("queued", "1", PHONE, None)
    assert message.sid.startswith("SM")
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    until(lambda: sender.client.messages(message.sid).fetch().status == "delivered")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": "TAMBOUR", "Body": "a"}, 21604),
        ({"To": "0639980010", "From": "TAMBOUR", "Body": "a"}, 21211),
        ({"To": "+330639980010", "From": "TAMBOUR", "Body": "a"}, 21211),
        ({"To": PHONE, "Body": "a"}, 21603),
        ({"To": PHONE, "From": "AB", "Body": "a"}, 21212),
        ({"To": PHONE, "From": "Émmaüs", "Body": "a"}, 21212),
        ({"To": PHONE, "From": "TAMBOUR"}, 21602),
        ({"To": PHONE, "From": "TAMBOUR", "Body": "a" * 1601}, 21617),
        ({"To": PHONE, "From": "TAMBOUR", "Body": "a", "StatusCallback": "nowhere"}, 21609),
        *[({**WHOLE, "ValidityPeriod": text}, 90007) for text in ("0", "36001", "-1", "1.5", "dix")],
        ({**WHOLE, "ScheduleType": "fixed", "SendAt": "2030-01-01T10:00:00Z"}, 35118),
        ({**WHOLE, "SendAt": "2030-01-01T10:00:00Z"}, 35118),
        ({**WHOLE, "MessagingServiceSid": "MG" + "a" * 32}, 21701),
        ({"To": PHONE, "Body": "a", "MessagingServiceSid": "MG" + "a" * 32}, 21701),
        ({**WHOLE, "MessagingServiceSid": "service"}, 21705),
        ({"To": "+33639980002", "From": "TAMBOUR", "Body": "a"}, 21614),
        ({"To": "+33639980003", "From": "TAMBOUR", "Body": "a"}, 21610),
    ],
)
def test_what_cannot_be_sent_is_refused_in_twilios_words(sender, form, code):
    answer = sender.post(**form)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["more_info"].endswith(str(code))
    assert sender.ask("/ledger")["items"] == []


def test_a_wrong_token_is_refused(sender, address):
    sender.send()
    with Sender(address, sid=sender.sid, token="wrong") as thief, pytest.raises(TwilioRestException) as refusal:
        thief.send()
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_no_account_sees_anothers_messages(sender, address):
    message = sender.send()
    with Sender(address) as other, pytest.raises(TwilioRestException) as refusal:
        other.client.messages(message.sid).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_listing_reads_every_page_newest_first(sender):
    sids = [sender.send(body=str(number)).sid for number in range(7)]
    sender.send("+33639980011")
    assert [message.sid for message in sender.client.messages.list(to=PHONE, page_size=3)] == sids[::-1]
    assert len(sender.client.messages.list(page_size=3, limit=5)) == 5


def test_listing_by_date(sender):
    message, now = sender.send(), datetime.now(UTC)
    hour = timedelta(hours=1)
    listed = sender.client.messages.list
    assert [found.sid for found in listed(date_sent_after=now - hour, date_sent_before=now + hour)] == [message.sid]
    assert listed(date_sent_after=now + hour) == listed(date_sent_before=now - hour) == []
    assert [found.sid for found in listed(date_sent=now.date())] == [message.sid]


def test_redacting_and_deleting_hide_the_text_from_the_api_alone(sender):
    message = sender.send(body="Secret")
    until(lambda: sender.client.messages(message.sid).fetch().status == "delivered")
    assert sender.client.messages(message.sid).update(body="").body == ""
    assert sender.client.messages(message.sid).delete()
    with pytest.raises(TwilioRestException):
        sender.client.messages(message.sid).fetch()
    assert sender.client.messages.list() == []
    assert sender.ask(f"/handsets/{PHONE}")["items"][0]["body"] == "Secret"


def test_anybody_may_ask_for_its_health(address):
    assert requests.get(f"{address}/healthz", timeout=5).status_code == 200


def test_a_listing_goes_back_as_it_went(sender):
    for at in range(5):
        sender.send(body=f"text {at}")
    first = sender.client.messages.page(page_size=2)
    pages = [first, first.next_page(), first.next_page().next_page()]
    assert first.previous_page_url is None
    assert pages[2].next_page_url is None

    went = [[message["body"] for message in page._payload["messages"]] for page in pages]
    assert went == [["text 4", "text 3"], ["text 2", "text 1"], ["text 0"]]
    back = pages[2].previous_page()
    assert [message["body"] for message in back._payload["messages"]] == went[1]
    assert [message["body"] for message in back.previous_page()._payload["messages"]] == went[0]
    assert back.previous_page().previous_page_url is None
