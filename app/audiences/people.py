"""For whom: an audience read as people, page after page, one message a phone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, false, func, or_, select, true
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.book import open_book
from app.audiences.models import Segment
from app.audiences.recipients import Recipient
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import rules
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.pairs import recognising
from app.contacts.phone import show_phone
from app.database.functions import among_ids
from app.database.ids import ContactId, SpaceId
from app.errors import RuleBroken
from app.french.language import _

BATCH = 500
_TABLES: Mapping[str, Any] = {"lists": ContactList, "segments": Segment, "contacts": Contact, "except": Contact}
"""What an audience names by id: the union of the first three, less the last."""
EVERYONE = "everyone"
"""Beside those names, where it is true: everybody whom the space has on that day, less the exceptions."""
SAME_PHONE = "same_phone"
LeftOut = Callable[[Sequence[ContactId]], Mapping[ContactId, str]]
"""Who else of these people, by contact id, does not get a text, and why."""
_NEEDED = (
    Contact.id,
    Contact.phone,
    Contact.fingerprint,
    Contact.first_name,
    Contact.last_name,
    Contact.birth_year,
    Contact.phone_is_parents,
)
"""What is read of somebody to write to them. Whole cards, a hundred thousand of them, took a fifth of a launch."""


@dataclass
class Selection:
    """Some people of an audience: who gets the text, and who does not, with the reason."""

    recipients: list[Recipient] = field(default_factory=list)
    left_out: list[tuple[Contact, str]] = field(default_factory=list)
    last_id: int = 0
    """The last contact looked at; 0 when there was none left."""


def check(session: Session, space_id: SpaceId, audience: dict[str, Any]) -> dict[str, Any]:
    """The audience with every id proven to be of this space. Raises RuleBroken.

    Everybody is meant by whoever says so this time alone: a program that names a list means that list.
    """
    if audience.get("segment") is not None:
        raise RuleBroken("segment_unknown", _("Ce segment n'existe pas."), fields={"audience.segment": _("Inconnu.")})
    found: dict[str, Any] = {name: sorted(set(audience.get(name) or [])) for name in _TABLES}
    for name, table in _TABLES.items():
        known = set(session.scalars(select(table.id).where(table.space_id == space_id, table.id.in_(found[name]))))
        unknown = [str(one) for one in found[name] if one not in known]
        if unknown:
            sentence = _("Numéro inconnu dans cet espace : %(ids)s.", ids=", ".join(unknown))
            raise RuleBroken("audience_unknown", sentence, fields={f"audience.{name}": sentence})
    return {**found, EVERYONE: True} if audience.get(EVERYONE) else found


def still_there(session: Session, space_id: SpaceId, audience: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The audience without the lists, segments and people removed or archived since; how many of them there were."""
    kept = dict(audience)
    for name, table in _TABLES.items():
        if name not in audience:
            continue  # an older row knows no segments
        asked = audience.get(name) or []
        if name in ("contacts", "except"):
            asked = recognising.with_survivors(session, space_id, asked)
        query = select(table.id).where(table.space_id == space_id, table.id.in_(asked))
        known = set(session.scalars(query.where(PRESENT) if name == "contacts" else query))
        kept[name] = [one for one in asked if one in known]
    return kept, sum(
        len(audience.get(name) or []) - len(kept.get(name) or []) for name in ("lists", "segments", "contacts")
    )


def faults(session: Session, space: Space, audience: dict[str, Any]) -> list[str]:
    """Why some of its segments keep nobody, in sentences: such an audience is not what was meant."""
    asked = audience.get("segments")
    if not asked:
        return []
    book = open_book(session, space)
    return [fault for one in asked if (fault := book.fault(one))]


def select_batch(
    session: Session,
    space: Space,
    audience: dict[str, Any],
    family: Family,
    *,
    after_id: int,
    limit: int,
    now: datetime,
    besides: LeftOut | None = None,
) -> Selection:
    """The next people of the audience after a contact, in the order of their ids."""
    query = _people(session, space, audience, now, after_id=after_id).where(Contact.id > after_id)
    people = session.execute(query.with_only_columns(*_NEEDED).order_by(Contact.id).limit(limit)).all()
    selection = Selection(last_id=people[-1].id if people else 0)
    blocked = consent.blocked(session, space.id, family, {person.fingerprint for person in people})
    others = besides([person.id for person in people]) if besides and people else {}
    reasons: dict[int, str] = {}
    for person in people:
        reason = blocked.get(person.fingerprint) or _too_young(person, now) or others.get(person.id)
        if reason:
            reasons[person.id] = reason
        else:
            selection.recipients.append(recipient(person))
    cards = _by_id(session, reasons) if reasons else {}
    selection.left_out += [(cards[one], reason) for one, reason in reasons.items() if one in cards]
    return selection


def everyone(
    session: Session,
    space: Space,
    audience: dict[str, Any],
    family: Family,
    *,
    now: datetime,
    besides: LeftOut | None = None,
) -> Iterator[Selection]:
    """The whole audience, batch by batch; people whose phone is already served are left out."""
    phones: set[str] = set()
    after_id = 0
    while True:
        batch = select_batch(session, space, audience, family, after_id=after_id, limit=BATCH, now=now, besides=besides)
        if not batch.last_id:
            return
        after_id = batch.last_id
        first = []
        by_id = None
        for one in batch.recipients:
            if one.phone in phones:
                by_id = by_id or _by_id(session, [other.contact_id or 0 for other in batch.recipients])
                batch.left_out.append((by_id[one.contact_id or 0], SAME_PHONE))
            else:
                phones.add(one.phone)
                first.append(one)
        batch.recipients = first
        yield batch


def mark(session: Session, space: Space, audience: dict[str, Any], *, now: datetime) -> list[Any]:
    """Figures that change when somebody joins, leaves or is renamed, or may be texted again: two aggregates, no names.

    Its segments are in it as the people whom they keep today. Not when somebody objects: a text for fewer people is
    still the one that was read.
    """
    figures = (
        func.count(Contact.id),
        func.sum(Contact.id),
        func.sum(cast(Contact.id, BigInteger) * (Contact.id % 1009)),  # two swapped for two others of the same sum
        func.sum(func.length(Contact.first_name)),
        func.sum(func.length(Contact.last_name)),
        func.sum(Contact.birth_year),
    )
    query = _people(session, space, audience, now).with_only_columns(func.max(Contact.updated_at), *figures)
    latest, *counted = session.execute(query).one()
    return [str(latest), *(int(one or 0) for one in counted), consent.widened(session, space.id)]


def recipient(person: Contact | Row[*tuple[Any, ...]]) -> Recipient:
    """A contact as a message needs them; a row with the columns it takes will do."""
    return Recipient(
        contact_id=person.id,
        phone=person.phone,
        fingerprint=person.fingerprint,
        values={"prénom": person.first_name, "nom": person.last_name},
    )


def name_of(one: Recipient) -> str:
    """How a page names somebody: by their name, or their phone when they have none."""
    return f"{one.values['prénom']} {one.values['nom']}".strip() or show_phone(one.phone)


def sample(
    session: Session,
    space: Space,
    audience: dict[str, Any],
    family: Family,
    *,
    limit: int,
    now: datetime,
    besides: LeftOut | None = None,
) -> Sequence[Recipient]:
    """The first few people who would get the text."""
    found = select_batch(session, space, audience, family, after_id=0, limit=limit * 4, now=now, besides=besides)
    return found.recipients[:limit]


def _people(
    session: Session, space: Space, audience: dict[str, Any], now: datetime, *, after_id: int = 0
) -> Select[Contact]:
    """``after_id`` spares the members of a list up to there, for a query that wants nobody before."""
    asked = audience
    named, excepted = (
        recognising.with_survivors(session, space.id, asked.get(x) or ()) for x in ("contacts", "except")
    )
    kept: list[ColumnElement[bool]] = []  # only what it names: one of several is looked for by reading all of each
    if asked.get("lists"):
        on_lists = select(ListMember.contact_id).where(ListMember.list_id.in_(asked["lists"]))
        kept.append(Contact.id.in_(on_lists.where(ListMember.contact_id > after_id)))
    if named:
        kept.append(Contact.id.in_(named))
    if asked.get(EVERYONE):
        kept = [true()]
    elif asked.get("segments"):
        kept.append(open_book(session, space).keeps(asked["segments"], now))
    query = select(Contact).where(Contact.space_id == space.id, PRESENT, or_(false(), *kept))
    return query.where(Contact.id.not_in(excepted)) if excepted else query


def _too_young(person: Row[*tuple[Any, ...]], now: datetime) -> str | None:
    young = rules.is_too_young(person.birth_year, phone_is_parents=person.phone_is_parents, now=now)
    return rules.UNDER_15 if young else None


def _by_id(session: Session, ids: Iterable[int]) -> dict[int, Contact]:
    return {person.id: person for person in session.scalars(select(Contact).where(among_ids(Contact.id, ids)))}


LEFT_OUT_WORDS = {
    consent.OPTED_OUT: _("ne veut plus de SMS"),
    consent.ONLY_MISSIONS: _("veut seulement les SMS de ses missions"),
    consent.NO_CONSENT: _("n'a pas donné son accord pour recevoir des offres"),
    SAME_PHONE: _("partage un téléphone qui reçoit déjà ce SMS"),
    rules.UNDER_15: _("a moins de 15 ans : il faut le numéro d'un parent"),
}
