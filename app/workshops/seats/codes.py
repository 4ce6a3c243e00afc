"""Codes by which people join a workshop: read aloud, written on a board, typed on a phone."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.workshops.models import Workshop

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""No I, L or O. Six of them are 148 million codes."""
LENGTH = 6


def free(session: Session) -> str:
    """A code that opens no other workshop today."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
        if session.scalar(select(Workshop.id).where(Workshop.code == code)) is None:
            return code
