"""How a delivery is signed, as standardwebhooks.com has it: its libraries check ours as they stand. Pure."""

import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret(random: bytes) -> str:
    """``random`` as a secret that a person can copy."""
    return PREFIX + b64encode(random).decode()


def headers(key: str, public_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """What a receiver checks: the event's id, when this attempt left (seconds since 1970), and the signature of both.

    The signature covers « id.seconds.body », so that neither an old delivery nor another's body can be passed off.
    """
    seconds = str(int(at.timestamp()))
    signed = hmac.digest(b64decode(key.removeprefix(PREFIX)), f"{public_id}.{seconds}.".encode() + body, sha256)
    return {
        "webhook-id": public_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }
