"""What is known of one person, in the words that stand beside a line: « 41 ans », « contactée il y a 12 jours »."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audiences.book import Book
from app.audiences.fields import Ask, Context, SegmentField
from app.audiences.operators import FieldType
from app.audiences.phrases import show_date
from app.audiences.rules import Near, Rule, walk
from app.audiences.sources.comparing import TextIn
from app.audiences.sources.comparing_people import AgeIn, DepartmentIn, MaskIn, PlaceIn, age_fact
from app.audiences.sources.departments import DEPARTMENTS, department_of
from app.audiences.sources.held import Held, Own
from app.audiences.sources.places import distance_km, squeezed
from app.contacts.models import Contact
from app.contacts.profile.reading import show_number
from app.french.language import _, ngettext

MAX_FACTS = 4
"""Beside one line."""
FACT, NO_FACT = "fact", "no_fact"
"""The phrases of a field for what is known of somebody, with its value, and for nothing known."""
_FAR_DAYS = 60
"""Further away, a day is told by its date."""


def facts_of(session: Session, book: Book, rules: Iterable[Rule], contact: Contact, *, now: datetime) -> list[str]:
    """What the conditions of a line speak of, as it is for one person; each once."""
    context = book.context(now)
    asks = ((one.field, Ask(one.operator, one.value, context)) for rule in rules for one in walk(rule))
    told = (_told(session, contact, book.fields[name], ask) for name, ask in asks if name in book.fields)
    return list(dict.fromkeys(filter(None, told)))[:MAX_FACTS]


def _told(session: Session, contact: Contact, field: SegmentField, ask: Ask) -> str:
    found = list(_known(session, contact, field, ask))
    if found == [_UNTOLD]:
        return ""
    if not found:
        return field.phrases.get(NO_FACT, _("%(label)s : rien de noté")).replace("%(label)s", field.label)
    words = field.phrases.get(FACT, _("%(label)s : %(value)s")).replace("%(label)s", field.label)
    return words.replace("%(value)s", ", ".join(found))


_UNTOLD = ""
"""Of what the line itself is the fact: whether one may write, whether another selection keeps them."""


def _known(session: Session, contact: Contact, field: SegmentField, ask: Ask) -> Iterator[str]:
    comparing = field.comparing
    if isinstance(comparing, AgeIn):
        yield from _age(contact, ask.context)
    elif isinstance(comparing, PlaceIn):
        yield from _distance(contact, comparing, ask)
    elif isinstance(comparing, DepartmentIn):
        if number := department_of(contact.postcode):
            yield f"{DEPARTMENTS[number]} ({number})"
    elif isinstance(comparing, MaskIn):
        mask = getattr(contact, getattr(comparing.column, "key", ""))
        yield from (one.label for one in field.choices if mask & comparing.bits[str(one.value)])
    elif (held := getattr(comparing, "held", None)) is not None:
        raw = comparing.raw if isinstance(comparing, TextIn) else held.column
        values = [one for one in _values(session, contact, held, raw) if one not in (None, "")]
        yield from (_shown(field, one, ask.context) for one in values if one or field.type is not FieldType.NUMBER)
    else:
        yield _UNTOLD


def _values(session: Session, contact: Contact, held: Held, raw: Any) -> Sequence[Any]:
    if isinstance(held, Own):
        return session.scalars(select(raw).where(Contact.space_id == contact.space_id, Contact.id == contact.id)).all()
    return session.scalars(select(raw).where(held.contact_id == contact.id, *held.scope())).all()


def _age(contact: Contact, context: Context) -> Iterator[str]:
    known = age_fact(contact.birth_year, contact.age_band, context)
    if known is not None:
        low, high = known
        yield (
            f"{low:g}" if low == high else _("plus de %(n)s", n=f"{low - 1:g}") if high > 200 else f"{low:g} à {high:g}"
        )


def _distance(contact: Contact, comparing: PlaceIn, ask: Ask) -> Iterator[str]:
    points, code = comparing.places.points, squeezed(contact.postcode)
    if code in points:
        near = ask.value
        if isinstance(near, Near) and near.of in points:
            yield _("à %(km)s km", km=max(1, ceil(distance_km(points[near.of], points[code]))))
        else:
            yield _("à %(town)s", town=points[code].town)


def _shown(field: SegmentField, value: Any, context: Context) -> str:
    if isinstance(value, date):
        return _day(value, context)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        choice = field.limits.choices.get(value)
        return choice.label if choice else str(value)
    return show_number(value) if isinstance(value, int | float) else str(value)


def _day(value: date, context: Context) -> str:
    day = value.astimezone(context.zone).date() if isinstance(value, datetime) else value
    ago = (context.today - day).days
    if not 0 <= ago <= _FAR_DAYS:
        return _("le %(day)s", day=show_date(day))
    if ago < 2:
        return _("hier") if ago else _("aujourd'hui")
    return ngettext("il y a %(n)s jour", "il y a %(n)s jours", ago)
