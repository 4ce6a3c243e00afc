"""Secrets: how they are made, kept and compared. None is stored as it is."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import TooMany
from app.french.language import _

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""31 characters without look-alikes (0 o, 1 l i); 14 of them hold 69 random bits."""
LINK_CHARACTERS = 14
_LETTERS = (ALPHABET * 8).encode().ljust(256)
"""The letter of each byte, as often for one as for another; the last bytes, which would upset that, are not used."""
_LEFT_OVER = bytes(range(8 * len(ALPHABET), 256))

_hasher = PasswordHasher()  # argon2id with the library's RFC 9106 low-memory profile
PASSWORDS_AT_ONCE = 2
"""Passwords made or checked at once by a process: each takes 64 MB."""
PASSWORDS_WAITING = 8
"""With those under way; one more is asked to come back, so that the other threads serve the others."""
_under_way = BoundedSemaphore(PASSWORDS_AT_ONCE)
_admitted = BoundedSemaphore(PASSWORDS_WAITING)


@contextmanager
def _turn() -> Iterator[None]:
    """A password's turn. Raises TooMany when many wait for theirs."""
    if not _admitted.acquire(blocking=False):
        sentence = _("Beaucoup de monde se connecte à la fois. Recommencez dans un instant.")
        raise TooMany("passwords_waiting", sentence, retry_after_s=2)
    try:
        with _under_way:
            yield
    finally:
        _admitted.release()


def new_token() -> str:
    """A secret of 256 bits for a cookie, a key or a one-time link."""
    return secrets.token_urlsafe(32)


def new_word(characters: int = LINK_CHARACTERS) -> str:
    """A random word that a person can read aloud and type."""
    return new_words(1, characters)[0]


def new_words(count: int, characters: int = LINK_CHARACTERS) -> list[str]:
    """So many of them: the system is asked for their bits together."""
    drawn, wanted = "", count * characters
    while len(drawn) < wanted:
        drawn += secrets.token_bytes(wanted - len(drawn) + 8).translate(_LETTERS, _LEFT_OVER).decode()
    return [drawn[at : at + characters] for at in range(0, wanted, characters)]


def new_code() -> str:
    """Eight digits for a text message."""
    return f"{secrets.randbelow(100_000_000):08d}"


def digest(secret: str) -> str:
    """What is stored of a random secret: SHA-256 is enough where there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fingerprint(phone: str, *, key: str) -> str:
    """A phone's keyed fingerprint: known again after erasure, unreadable without the key (HMAC-SHA-256)."""
    return hmac.digest(key.encode(), phone.encode(), "sha256").hex()


@cache
def _absent() -> str:
    """What somebody without a password is checked against; made when first needed, since making it takes long."""
    return _hasher.hash("nobody's password")


def hash_password(password: str) -> str:
    with _turn():
        return _hasher.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether it is the password; takes as long for somebody who has none."""
    try:
        with _turn():
            return _hasher.verify(stored or _absent(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
