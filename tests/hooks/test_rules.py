"""Addresses, signatures and waits: pure."""

import hmac
from base64 import b64decode, b64encode
from datetime import timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleBroken
from app.hooks import addresses, events, signing, waits
from app.hooks.events import Kind
from tests.factories import NOON

INSIDE = [
    "http://hooks.example/x",  # in the clear
    "ftp://hooks.example/x",
    "https://hooks.example:22/x",
    "https://user:secret@hooks.example/x",
    "https://hooks.example/x#part",
    "https://localhost/x",
    "https://printer/x",
    "https://nas.local/x",
    "https://db.internal./x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://10.0.0.1./x",
    "https://８.８.８.８/x",  # full-width digits
    "https://①②⑦.0.0.1/x",
    "https://8.8.8.8/x",  # a number is nobody's name
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://[2606:4700::1111]/x",
    "https://hooks.example\\@127.0.0.1/x",
    "https://hooks.example /x",
    "https://hooks.example:99999/x",
    "https:///x",
    "hooks.example",
    "",
    "https://hooks.example/" + "x" * 500,
    "https://hooks.example/" + "é" * 100,  # 600 characters once on its way, where it would be refused each time
    "https://hooks..example/x",
    "https://" + "h" * 64 + ".example/x",  # no name server can be asked
    "https://hooks%2eexample.org/x",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_that_may_lead_inside_is_refused_with_what_to_mend(url):
    with pytest.raises(RuleBroken) as refused:
        addresses.read(url)
    assert refused.value.code == "url_refused"
    assert refused.value.fields == {"url": refused.value.sentence}


@pytest.mark.parametrize("url", ["https://hooks.example/x?y=1", "https://été.example/x", " https://a.example:8443 "])
def test_a_public_name_over_https_is_taken(url):
    assert addresses.read(url).scheme == "https"


PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "printer", "",
]  # fmt: skip


def test_no_private_shared_local_or_reserved_address_is_public():
    assert [each for each in PRIVATE if addresses.is_public(each)] == []
    public = ["8.8.8.8", "192.0.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]
    assert [each for each in public if not addresses.is_public(each)] == []


@given(st.ip_addresses())
def test_what_is_public_is_global_in_the_registries_too(address):
    if addresses.is_public(str(address)) and address not in addresses._NAT64:
        assert address.is_global
        assert not (address.is_private or address.is_loopback or address.is_link_local or address.is_multicast)
    if address.version == 4:
        assert not addresses.is_public(f"::ffff:{address}"), "an IPv4 address in disguise"
        assert addresses.is_public(str(ip_address("64:ff9b::") + int(address))) == addresses.is_public(str(address))


def test_a_signature_covers_the_id_the_instant_and_the_body():
    """As standardwebhooks.com writes it: HMAC-SHA-256 of « id.seconds.body » with the bytes behind « whsec_ »."""
    key = "whsec_" + b64encode(b"k" * 32).decode()
    headers = signing.headers(key, "evt_1", b'{"a":1}', at=NOON)
    assert headers["webhook-id"] == "evt_1"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    signed = f"evt_1.{headers['webhook-timestamp']}.".encode() + b'{"a":1}'
    version, _comma, mark = headers["webhook-signature"].partition(",")
    assert (version, b64decode(mark)) == ("v1", hmac.digest(b"k" * 32, signed, "sha256"))


def test_a_body_is_the_same_bytes_each_time():
    words = {"public_id": "evt_1", "kind": Kind.MESSAGE_FINAL, "space": "emmaus-80", "at": NOON}
    one, other = {"a": 1, "b": "é"}, {"b": "é", "a": 1}
    assert events.body(**words, data=one) == events.body(**words, data=other)


def test_attempts_are_spread_over_a_weekend_then_end_before_the_receiver_is_given_up():
    at, attempts = NOON, 1
    while (again := waits.next_attempt(attempts, now=at)) is not None:
        assert again > at
        at, attempts = again, attempts + 1
    assert attempts == waits.ATTEMPTS
    assert timedelta(hours=63) < at - NOON < waits.GIVEN_UP_AFTER
    assert waits.rest(1, now=NOON) < waits.rest(4, now=NOON) <= NOON + timedelta(hours=1) == waits.rest(99, now=NOON)
    assert not waits.is_lost(99, NOON, now=NOON + timedelta(days=2))
    assert not waits.is_lost(2, NOON, now=NOON + timedelta(days=9)), "two bad minutes nine days apart"
    assert waits.is_lost(6, NOON, now=NOON + timedelta(days=3))
