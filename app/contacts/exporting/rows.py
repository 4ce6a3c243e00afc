"""The people of a file to take away: a page of them at a time, each as the cells of a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import acts, lists, service, tags
from app.contacts.fields import FIELDS, Kind
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.contacts.profile import values
from app.contacts.profile.models import ContactField
from app.contacts.selections import selections_of
from app.database.ids import ListId, SegmentId, SpaceId
from app.french.language import _

BATCH = 500
"""People read at once: what a file holds in memory, whatever its length."""
Beside = Mapping[str, Callable[[Session, Space, Sequence[Contact]], Mapping[int, str]]]
"""{name of a column: what a feature above says of these contacts}, its French words by contact id."""
_NAMES = [one for one in FIELDS if one.kind is Kind.NAME]
_REST = [one for one in FIELDS if one.kind is not Kind.NAME]


@dataclass(frozen=True)
class Wanted:
    """Whom and what a file holds. ``chosen`` is one more condition on ``Contact``: that of ``segment_id``, compiled."""

    which: service.Filter = field(default_factory=service.Filter)
    chosen: ColumnElement[bool] = field(default_factory=true)
    segment_id: SegmentId | None = None
    beside: Beside = field(default_factory=dict)


def want(
    session: Session,
    space: Space,
    *,
    list_id: ListId | None,
    tag: str,
    segment_id: SegmentId | None,
    beside: Beside,
    now: datetime,
) -> Wanted:
    """Everybody, or those on a list, of a tag, kept by a saved rule.

    Raises NotFound for a list or a rule of another space, RuleBroken for one to be mended.
    """
    which: service.Filter = {"list_id": list_id, "tag": tag[: tags.NAME_CHARACTERS]}
    if list_id is not None:
        lists.get(session, space.id, list_id)
    if segment_id is None:
        return Wanted(which=which, beside=beside)
    chosen = selections_of(session).keeps(session, space, segment_id, now)
    return Wanted(which=which, chosen=chosen, segment_id=segment_id, beside=beside)


def own_fields(session: Session, space_id: SpaceId) -> Sequence[ContactField]:
    """The space's own fields in use, in their order: each is a column."""
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.archived_at.is_(None))
    return session.scalars(query.order_by(ContactField.position, ContactField.id)).all()


def header(fields: Sequence[ContactField], wanted: Wanted) -> list[str]:
    """The names of the columns, by which an import knows them again."""
    names, rest, own = ([one.label for one in some] for some in (_NAMES, _REST, fields))
    return [*names, _("Téléphone mobile"), *rest, _("Étiquettes"), _("Listes"), *own, *wanted.beside]


def count(session: Session, space_id: SpaceId, wanted: Wanted) -> int:
    """How many people the file holds."""
    query = service.matching(select(func.count(Contact.id)), space_id, wanted.which)
    return session.scalar(query.where(wanted.chosen)) or 0


def begin(session: Session, space: Space, wanted: Wanted, *, file_format: str, by: Principal, now: datetime) -> int:
    """Write in the journal who takes how many people away, before the first of them leaves; how many."""
    people = count(session, space.id, wanted)
    segment: dict[str, Any] = {} if wanted.segment_id is None else {"segment": wanted.segment_id}
    activity.record(
        session, space.id, acts.PEOPLE_EXPORTED,
        by=by, now=now, people=people, format=file_format, list=wanted.which.get("list_id"), **segment,
    )  # fmt: skip
    return people


def batch(
    session: Session, space_id: SpaceId, wanted: Wanted, *, after_id: int, limit: int = BATCH
) -> Sequence[Contact]:
    """The next people, in the order in which they came."""
    query = service.matching(select(Contact), space_id, wanted.which)
    query = query.where(wanted.chosen, Contact.id > after_id).order_by(Contact.id).limit(limit)
    return session.scalars(query).all()


def cells(
    session: Session, space: Space, people: Sequence[Contact], fields: Sequence[ContactField], wanted: Wanted
) -> list[list[str]]:
    """A row for each of these people, under ``header``."""
    ids = [one.id for one in people]
    worn, on = tags.of_contacts(session, ids), lists.of_contacts(session, ids)
    own = values.of_contacts(session, space.id, ids)
    words = {(contact_id, one.field.id): one.text for contact_id, said in own.items() for one in said}
    beside = [said(session, space, people) for said in wanted.beside.values()]
    return [
        [
            *(each.shown(getattr(one, each.name)) for each in _NAMES),
            _typed_phone(one.phone),
            *(each.shown(getattr(one, each.name)) for each in _REST),
            ", ".join(worn[one.id]),
            ", ".join(each.name for each in on[one.id]),
            *(words.get((one.id, each.id), "") for each in fields),
            *(said.get(one.id, "") for said in beside),
        ]
        for one in people
    ]


def _typed_phone(e164: str) -> str:
    """As people type it, spaces and all, so that no spreadsheet takes it for a number or a sum."""
    shown = show_phone(e164)
    return f"00{shown[1:]}" if shown.startswith("+") else shown
