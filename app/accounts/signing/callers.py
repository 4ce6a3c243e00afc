"""Who tries to get in, as far as a counter needs to know: a browser that has signed in before, or somewhere's stranger.

A stranger who knows an e-mail can slow the other strangers of their own corner of the network, never its owner.
"""

from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address, ip_network

from app.accounts import secrets

PEOPLE = 5
"""Who last signed in on one browser, an association's shared computer for one."""


@dataclass(frozen=True)
class Device:
    """A browser in which somebody signed in: a random name, and the digests of their e-mails, the latest first."""

    name: str
    people: tuple[str, ...] = field(default=())

    def knows(self, email: str) -> bool:
        return email_digest(email) in self.people

    def after(self, email: str) -> "Device":
        """The same browser once ``email`` has signed in."""
        mark = email_digest(email)
        return Device(self.name, (mark, *(one for one in self.people if one != mark))[:PEOPLE])


@dataclass(frozen=True)
class Caller:
    """``device`` names a browser that knows the person asked for; empty for any other."""

    address: str
    device: str = ""

    def key(self, what: str, email: str) -> str:
        """The counter of this caller's tries at ``email``."""
        who = f"device {self.device}" if self.device else block(self.address)
        return f"{what}:{secrets.digest(f'{email_digest(email)} {who}')[:32]}"


def everybody_key(what: str, email: str) -> str:
    """The counter of all strangers' tries at ``email``."""
    return f"{what}:{email_digest(email)}"


def email_digest(email: str) -> str:
    return secrets.digest(email.strip().lower())[:32]


def block(address: str) -> str:
    """The part of the network that one subscriber holds: 256 addresses of IPv4, a /48 of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def write_device(device: Device, *, key: str) -> str:
    """The device as a cookie that nobody else can write."""
    text = ".".join((device.name, *device.people))
    return f"{text}.{_signature(text, key)}"


def read_device(cookie: str, *, key: str) -> Device | None:
    """The device of a cookie of ours; None for any other."""
    text, _dot, signature = cookie.rpartition(".")
    if not text or not compare_digest(signature.encode(), _signature(text, key).encode()):
        return None
    name, *people = text.split(".")
    return Device(name, tuple(people))


def _signature(text: str, key: str) -> str:
    return secrets.fingerprint(f"device {text}", key=key)
