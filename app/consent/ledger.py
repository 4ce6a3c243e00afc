"""The ledger: its lines, what they last say, and words said at another number."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.database.functions import among
from app.database.ids import ContactId, SpaceId
from app.french.language import _

_ELSEWHERE = _("Dit depuis l'autre numéro de cette personne")


def write(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    act: Act,
    contact_id: ContactId | None,
    channel: Channel,
    wording: str,
    by: Principal,
    now: datetime,
    family: Family | None = None,
    evidence: str = "",
) -> None:
    """One more line."""
    session.add(
        ConsentEntry(
            space_id=space_id,
            contact_id=contact_id,
            fingerprint=fingerprint,
            family=family.value if family else None,
            act=act,
            wording=wording,
            channel=channel,
            evidence=evidence,
            recorded_by=by.name[:80],
            at=now,
        )
    )


def elsewhere(words: str) -> str:
    """The words of a line on another number of the same person, as the line on this one says them."""
    if is_from_elsewhere(words):
        return words
    return _("%(where)s : « %(words)s »", where=_ELSEWHERE, words=words) if words else _ELSEWHERE


def is_from_elsewhere(words: str) -> bool:
    """Whether the words of a line are those of another number."""
    return words.startswith(_ELSEWHERE)


def latest_objection(session: Session, space_id: SpaceId, fingerprint: str) -> ConsentEntry | None:
    """How a phone last said no."""
    return session.scalar(
        select(ConsentEntry)
        .where(
            ConsentEntry.space_id == space_id,
            ConsentEntry.fingerprint == fingerprint,
            ConsentEntry.act == Act.OBJECTED,
        )
        .order_by(ConsentEntry.id.desc())
        .limit(1)
    )


def said_since(session: Session, space_id: SpaceId, fingerprint: str, act: Act, *, since: datetime) -> bool:
    """Whether the ledger holds such an act of this phone after an instant."""
    entry = select(ConsentEntry.id).where(
        ConsentEntry.space_id == space_id,
        ConsentEntry.fingerprint == fingerprint,
        ConsentEntry.act == act,
        ConsentEntry.at > since,
    )
    return session.scalar(entry.limit(1)) is not None


def acts_of_sales(session: Session, space_id: SpaceId, fingerprints: Collection[str]) -> dict[str, Act]:
    """What these phones last said of being told of sales, those that ever said anything."""
    entries = (
        select(ConsentEntry.fingerprint, ConsentEntry.act)
        .where(
            ConsentEntry.space_id == space_id,
            among(ConsentEntry.fingerprint, fingerprints),
            ConsentEntry.family == Family.COMMERCIAL.value,
        )
        .order_by(ConsentEntry.id)
    )
    return {row.fingerprint: row.act for row in session.execute(entries)}


def last_of_sales(session: Session, space_id: SpaceId, fingerprint: str) -> ConsentEntry | None:
    """What a phone last said of sales, a yes or a no."""
    return session.scalar(
        select(ConsentEntry)
        .where(
            ConsentEntry.space_id == space_id,
            ConsentEntry.fingerprint == fingerprint,
            ConsentEntry.family == Family.COMMERCIAL.value,
        )
        .order_by(ConsentEntry.id.desc())
        .limit(1)
    )
