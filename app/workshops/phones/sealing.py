"""A number's place in an address: histories and logs keep addresses, and must not hold whose phone it is. Pure."""

import hmac
from base64 import b32decode, b32encode
from hashlib import sha256

from app.database.ids import SpaceId

_MARK_BYTES = 8
_NUMBER_BYTES = 7
"""Fifteen digits, the longest number there is, with room to spare."""


def seal(number: str, *, key: str, space_id: SpaceId) -> str:
    """« +33639980010 » as a word of messages and digits, the same each time in one space, and read with ``key`` alone.

    A keyed mark of the number, then the number under a mask drawn from that mark: whoever changes a sign breaks it.
    """
    digits = int(number.removeprefix("+")).to_bytes(_NUMBER_BYTES, "big")
    mark = _drawn(key, space_id, b"mark", digits)[:_MARK_BYTES]
    return b32encode(mark + _masked(digits, mark, key, space_id)).decode().rstrip("=").lower()


def unseal(word: str, *, key: str, space_id: SpaceId) -> str | None:
    """The number that ``seal`` was given; None for a word that it did not make."""
    try:
        sealed = b32decode(word.upper() + "=" * (-len(word) % 8))
    except ValueError:
        return None
    mark, masked = sealed[:_MARK_BYTES], sealed[_MARK_BYTES:]
    if len(masked) != _NUMBER_BYTES:
        return None
    digits = _masked(masked, mark, key, space_id)
    if not hmac.compare_digest(mark, _drawn(key, space_id, b"mark", digits)[:_MARK_BYTES]):
        return None
    return f"+{int.from_bytes(digits, 'big')}"


def _masked(digits: bytes, mark: bytes, key: str, space_id: SpaceId) -> bytes:
    mask = _drawn(key, space_id, b"mask", mark)
    return bytes(one ^ other for one, other in zip(digits, mask, strict=False))


def _drawn(key: str, space_id: SpaceId, use: bytes, words: bytes) -> bytes:
    return hmac.new(key.encode(), b"handset/%d/%s/" % (space_id, use) + words, sha256).digest()
