"""Which addresses a delivery may go to: https, on the open Internet. Pure: nothing is looked up here."""

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

from app.errors import RuleBroken
from app.french.language import _

MAX_CHARACTERS = 500
"""As typed, and as it leaves: an accent takes six there."""
_NAME = re.compile(r"(?=.{1,253}\Z)[\w-]{1,63}(\.[\w-]{1,63})+", re.ASCII)
"""What a name server can be asked for; others fail before anybody is."""
_OURS_ALONE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
"""Last names that no public zone gives out."""
_V4_BEYOND = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
_V6_OPEN = IPv6Network("2000::/3")
"""All that is given out of the Internet's own addresses; what is not inside is local, mapped or reserved."""
_V6_BEYOND = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Teredo and 6to4 carry an IPv4 address of anybody's choice; documentation is nobody's."""
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Bounds:
    """``ports`` and ``schemes`` of an address; tests alone widen them, and say which machine may be reached."""

    schemes: Collection[str] = ("https",)
    ports: Collection[int] | None = (443, 8443)
    loopback: bool = False

    def allows(self, host: str) -> bool:
        """Whether a connection may go to this numeric address, as the system is about to make it."""
        return is_public(host) or (self.loopback and ip_address(host).is_loopback)


STRICT = Bounds()


def is_public(host: str) -> bool:
    """Whether a numeric address is of the open Internet: not private, shared, local, mapped, multicast or reserved."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if address in _NAT64:
            return _is_public_v4(IPv4Address(address.packed[-4:]))
        return address in _V6_OPEN and address.is_global and not any(address in one for one in _V6_BEYOND)
    return _is_public_v4(address)


def _is_public_v4(address: IPv4Address) -> bool:
    beyond = address.is_multicast or address.is_reserved or any(address in one for one in _V4_BEYOND)
    return address.is_global and not beyond


def read(raw: str, *, bounds: Bounds = STRICT) -> URL:
    """The address that somebody typed. Raises RuleBroken with what to mend.

    What its name leads to is checked at each connection: it may change after today.
    """
    text = raw.strip()
    try:
        url = URL(text)
        host, port = url.host or "", url.port
    except ValueError:
        url, host, port = URL(), "", None
    if not host or not text.isprintable() or len(text) > MAX_CHARACTERS or "\\" in text or " " in text:
        raise _refused(_("Écrivez une adresse complète : https://exemple.org/tambour."))
    if url.scheme not in bounds.schemes:
        raise _refused(_("L'adresse commence par https:// : rien ne part en clair."))
    if url.user is not None or url.password is not None or url.raw_fragment:
        raise _refused(
            _("L'adresse ne porte ni nom ni mot de passe, ni « # » : la signature suffit à nous reconnaître.")
        )
    if bounds.ports is not None and port not in bounds.ports:
        raise _refused(_("Le port est 443 ou 8443 : retirez-le de l'adresse, ou changez-le."))
    if not bounds.loopback and _is_here(host):
        raise _refused(_("Cette adresse est celle d'un réseau privé ou d'une machine sans nom : donnez un nom public."))
    if len(str(url)) > MAX_CHARACTERS:
        raise _refused(_("Cette adresse est trop longue : 500 caractères, et un accent compte pour six."))
    if not bounds.loopback and not _NAME.fullmatch((url.raw_host or "").removesuffix(".")):
        raise _refused(_("Écrivez une adresse complète : https://exemple.org/tambour."))
    return url


def _is_here(host: str) -> bool:
    """Whether a host is a number in any of the forms that a system reads, or a name of one's own network."""
    name = host.rstrip(".").lower()
    return "." not in name or name.rpartition(".")[2] in _OURS_ALONE or _is_numeric(name)


def _is_numeric(name: str) -> bool:
    """« 10.0.0.1 », « 2130706433 », « 0x7f.1 », « 0177.0.0.1 », « ::1 »."""
    try:
        ip_address(name)
    except ValueError:
        try:
            socket.inet_aton(name)
        except OSError:
            return False
    return True


def _refused(sentence: str) -> RuleBroken:
    return RuleBroken("url_refused", sentence, fields={"url": sentence})
