"""May a phone be texted, as a condition that the database answers for many; ``service.blocked`` says why not."""

from typing import Any

from sqlalchemy import ColumnElement, and_, not_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from app.consent.families import Family
from app.consent.models import Act, ConsentEntry, OptOut
from app.database.ids import SpaceId


def allowed(space_id: SpaceId, fingerprint: SQLColumnExpression[Any], family: Family) -> ColumnElement[bool]:
    """Whether a text of ``family`` may go to a phone, known by the column of its fingerprint."""
    said_no = select(1).where(OptOut.space_id == space_id, OptOut.fingerprint == fingerprint)
    if family is Family.SERVICE:
        said_no = said_no.where(OptOut.only_missions.is_(False))
    may = not_(said_no.exists())
    return may if family is not Family.COMMERCIAL else and_(may, _consents(space_id, fingerprint))


def _consents(space_id: SpaceId, fingerprint: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether the phone's last word about selling is a yes."""
    later = aliased(ConsentEntry)
    words = select(1).where(
        ConsentEntry.space_id == space_id,
        ConsentEntry.fingerprint == fingerprint,
        ConsentEntry.family == Family.COMMERCIAL.value,
        ConsentEntry.act == Act.GIVEN,
    )
    changed = select(1).where(
        later.space_id == space_id,
        later.fingerprint == ConsentEntry.fingerprint,
        later.family == Family.COMMERCIAL.value,
        later.act != Act.GIVEN,
        later.id > ConsentEntry.id,
    )
    return words.where(not_(changed.correlate(ConsentEntry).exists())).exists()
