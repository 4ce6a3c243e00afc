"""Every door out: practice reaches this machine and invented numbers alone, live never reaches an invented one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.carrier.carriers import FICTION_PREFIX, CarrierAccount, Carriers, GuardedCarrier, is_fiction, is_loopback
from app.carrier.protocol import Accepted, CarrierSilent, LookUp, Outgoing, Refused
from tests.factories import NOON

PHONES = st.one_of(
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    st.from_regex(r"\+3363998[0-9]{3,6}", fullmatch=True),
    st.text(max_size=16),
)
HOSTS = ["api.twilio.com", "example.org", "10.0.0.1", "127.0.0.1.example.org", "localhost.example.org", "0.0.0.0", ""]
HERE = ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://127.9.9.9:9"]


class Wire:
    """Stands where Twilio's client would: what reaches it would have left."""

    def __init__(self):
        self.sent = []

    async def send(self, text):
        self.sent.append(text.phone)
        return Accepted("SM1")

    async def seen_since(self, phone, since):
        self.sent.append(phone)
        return LookUp([])

    async def received_since(self, number, since):
        self.sent.append(number)
        return []

    async def sent_since(self, since):
        self.sent.append(str(since))
        return []

    async def inbound_route(self, number):
        self.sent.append(number)

    async def look_up(self, carrier_sid):
        self.sent.append(carrier_sid)

    async def close(self):
        pass


def text(phone):
    return Outgoing("Emmaus80", phone, "Bonjour", "http://tambour.test/x", 60)


def opened(*, practice, url):
    """What the gate opens, over a wire that only listens."""
    state = Carriers(carrier_url=url, simulator_url=url, timeout_s=1, in_flight=1)
    guarded = state.open(CarrierAccount("AC1", "token", practice=practice))
    assert isinstance(guarded, GuardedCarrier)
    guarded._inner = wire = Wire()
    return guarded, wire


def try_everything(guarded, phone):
    async def use():
        outcome = await guarded.send(text(phone))
        listings = (guarded.seen_since(phone, NOON), guarded.received_since(phone, NOON), guarded.sent_since(NOON))
        for ask in (*listings, guarded.inbound_route(phone), guarded.look_up("SM1")):
            try:
                await ask
            except CarrierSilent:
                assert outcome == Refused(None)
        return outcome

    return asyncio.run(use())


@given(PHONES, st.sampled_from(HOSTS))
@settings(max_examples=100)
def test_nothing_of_practice_leaves_this_machine(phone, host):
    guarded, wire = opened(practice=True, url=f"https://{host}")
    assert try_everything(guarded, phone) == Refused(None)
    assert wire.sent == []


@given(PHONES, st.sampled_from(HERE))
@settings(max_examples=100)
def test_practice_texts_invented_numbers_alone(phone, url):
    guarded, wire = opened(practice=True, url=url)
    outcome = asyncio.run(guarded.send(text(phone)))
    allowed = phone.startswith(FICTION_PREFIX) and len(phone) == 12
    assert outcome == (Accepted("SM1") if allowed else Refused(None))
    assert wire.sent == ([phone] if allowed else [])


@given(PHONES, st.sampled_from(["https://api.twilio.com", *HERE]))
@settings(max_examples=100)
def test_live_never_texts_an_invented_number(phone, url):
    guarded, wire = opened(practice=False, url=url)
    outcome = asyncio.run(guarded.send(text(phone)))
    assert (outcome == Refused(None)) is is_fiction(phone)
    assert wire.sent == ([] if is_fiction(phone) else [phone])


@pytest.mark.parametrize("url", HERE)
def test_this_machine_is_known(url):
    assert is_loopback(url)


@pytest.mark.parametrize("host", HOSTS)
def test_another_is_not(host):
    assert not is_loopback(f"http://{host}")


def test_a_text_is_never_changed_on_its_way():
    guarded, wire = opened(practice=True, url=HERE[0])
    one = replace(text("+33639980042"), valid_for_s=int(timedelta(hours=1).total_seconds()))
    assert asyncio.run(guarded.send(one)) == Accepted("SM1")
    assert wire.sent == ["+33639980042"]
