"""Personal links: made with each text, known by digest, and worth nothing once expired."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.database.bulk import write_rows
from app.links.models import Link

LASTS = timedelta(days=365)
"""An opt-out must stay possible long after the text; a choice of the house. Later, the phone number is asked too."""
PATH = "/r/"
_BLANK: Mapping[str, Any] = {"subject_id": None, "contact_id": None}
_COLUMNS = ("digest", "created_at", "expires_at", "space_id", "purpose", "subject_id", "contact_id", "fingerprint")


def address(base_url: str, token: str) -> str:
    """The link as it stands in a text."""
    return f"{base_url.rstrip('/')}{PATH}{token}"


def new_token() -> str:
    """69 random bits in an alphabet without look-alikes."""
    return secrets.new_word()


def new_tokens(count: int) -> list[str]:
    """So many of them."""
    return secrets.new_words(count)


def row(token: str, *, now: datetime, **words: Any) -> Mapping[str, Any]:
    """One link to store: ``space_id``, ``purpose``, ``subject_id``, ``contact_id``, ``fingerprint``."""
    return {"digest": secrets.digest(token), "created_at": now, "expires_at": now + LASTS, **words}


def store(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep many links at once."""
    write_rows(session, Link, [{**_BLANK, **row} for row in rows], names=_COLUMNS)


def clean(token: str) -> str:
    """A token without what a text stuck to it: « {lien}. », « ({lien}) » and « {lien}Merci » open the link too."""
    return token.strip().lower()[: secrets.LINK_CHARACTERS]


def find(session: Session, token: str) -> Link | None:
    """The link behind a token, expired or not."""
    return session.scalar(select(Link).where(Link.digest == secrets.digest(clean(token))))
