"""The numbers that an application on somebody's phone shows, a new one each half minute (RFC 6238). Pure."""

import hmac
from base64 import b32encode, b64decode, b64encode
from datetime import datetime

import pyotp

from app.database.ids import UserId

ISSUER = "Tambour"
STEP_S = 30
DRIFT = 1
"""Steps that a phone's clock may be early or late."""
_NONCE_BYTES, _MARK_BYTES = 16, 16
SECRET_BYTES = 20
"""What RFC 4226 asks for, and every application takes."""


def step_of(secret: str, typed: str, *, after: int, now: datetime) -> int | None:
    """The half minute whose number was typed, none up to ``after``; None when it is not one of now.

    A number that was used once, or one before it, is never taken again.
    """
    digits = "".join(typed.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    at = int(now.timestamp()) // STEP_S
    numbers = pyotp.TOTP(secret, interval=STEP_S)
    good = [
        step for step in range(at - DRIFT, at + DRIFT + 1) if hmac.compare_digest(numbers.generate_otp(step), digits)
    ]
    return next((step for step in good if step > after), None)


def address(secret: str, email: str) -> str:
    """What the QR code says to the application."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def seal(secret: bytes, nonce: bytes, *, key: str, user_id: UserId) -> str:
    """The secret as it is stored: under a mask that only ``key``, which no database holds, can draw again."""
    masked = _masked(secret, nonce, key, user_id)
    return b64encode(nonce + masked + _mark(nonce + masked, key, user_id)).decode()


def unseal(sealed: str, *, key: str, user_id: UserId) -> str | None:
    """The secret in base 32, as an application takes it; None when another key, or another user, sealed it."""
    raw = b64decode(sealed)
    nonce, masked, mark = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:-_MARK_BYTES], raw[-_MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(nonce + masked, key, user_id)):
        return None
    return in_base_32(_masked(masked, nonce, key, user_id))


def in_base_32(secret: bytes) -> str:
    """As a person types it into the application."""
    return b32encode(secret).decode()


def _masked(secret: bytes, nonce: bytes, key: str, user_id: UserId) -> bytes:
    """Both ways: the mask is as long as the secret at most, and drawn from a nonce that serves once."""
    mask = hmac.digest(key.encode(), b"second-factor/mask/%d/" % user_id + nonce, "sha256")
    return bytes(one ^ other for one, other in zip(secret, mask, strict=False))


def _mark(sealed: bytes, key: str, user_id: UserId) -> bytes:
    return hmac.digest(key.encode(), b"second-factor/mark/%d/" % user_id + sealed, "sha256")[:_MARK_BYTES]
