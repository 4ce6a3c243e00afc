"""Contacts who share a phone, an e-mail, or a whole name and a postcode: the database is asked once for a batch."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.contacts.models import Contact
from app.contacts.pairs.models import PairReason
from app.database.functions import among
from app.database.ids import SpaceId

MAX_SHARING = 5
"""An address or a name that more than these share tells nobody apart: « contact@asso.fr »."""

_Key = tuple[InstrumentedAttribute[Any], ...]
KEYS: Mapping[PairReason, _Key] = {
    PairReason.PHONE: (Contact.phone,),
    PairReason.EMAIL: (Contact.email_key,),
    PairReason.NAME: (Contact.sort_key, Contact.postcode),
}


class Who(NamedTuple):
    """What is looked at of a contact."""

    id: int
    first_name: str
    last_name: str
    phone: str
    email_key: str | None
    sort_key: str
    postcode: str
    created_at: datetime


def read(session: Session, space_id: SpaceId, which: ColumnElement[bool]) -> list[Who]:
    """Those of the contacts that are there, oldest first."""
    columns = (getattr(Contact, name) for name in Who._fields)
    query = select(*columns).where(Contact.space_id == space_id, Contact.archived_at.is_(None), which)
    return [Who(*row) for row in session.execute(query.order_by(Contact.id))]


def sharing(session: Session, space_id: SpaceId, batch: Sequence[Who], reason: PairReason) -> Iterator[tuple[Who, Who]]:
    """Each of these contacts with each other that shares the key, but of a key that too many share.

    Keys are counted before anybody is read: most are one person's.
    """
    key = KEYS[reason]
    wanted = {values for one in batch if (values := _values(one, reason))}
    if not wanted:
        return
    present = (Contact.space_id == space_id, Contact.archived_at.is_(None))
    held = among(key[0], {values[0] for values in wanted})
    shared = select(*key).where(*present, held).group_by(*key).having(func.count().between(2, MAX_SHARING))
    keys = {tuple(row) for row in session.execute(shared)} & wanted
    if not keys:
        return
    others: dict[tuple[str, ...], list[Who]] = {}
    for one in read(session, space_id, among(key[0], {values[0] for values in keys})):
        if (values := _values(one, reason)) in keys:
            others.setdefault(values, []).append(one)
    for one in batch:
        for other in others.get(_values(one, reason), ()):
            if other.id != one.id:
                yield one, other


def _values(one: Who, reason: PairReason) -> tuple[str, ...]:
    """What the contact's key is made of; () for one who has none."""
    if reason is PairReason.NAME and not (one.first_name and one.last_name and one.postcode):
        return ()
    values = tuple(getattr(one, column.key) or "" for column in KEYS[reason])
    return values if values[0] else ()
