"""What the ledger last says of being told of sales, of one phone or of many at once."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consent.families import Family
from app.consent.models import Act, ConsentEntry
from app.database.functions import among
from app.database.ids import SpaceId


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
