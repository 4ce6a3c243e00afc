"""A few people whose every field is at an edge somewhere, and random rules about them."""

import random
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.evaluating import Person
from app.audiences.fields import Context, Fields, SegmentField
from app.audiences.operators import Takes
from app.audiences.rules import Condition, Group, GroupKind, Near, Rule, Value
from app.audiences.sources.comparing_people import age_fact
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry, OptOut
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact, ContactTag, ListMember, Tag
from app.contacts.naming import fold
from app.contacts.profile.models import ContactField, ContactValue
from app.contacts.profile.models import FieldType as Kind
from app.events.models import Answer, Event, Registration
from tests.factories import make_contact, make_list

NUMBERS = {"age": (17, 18, 18.5, 34, 35, 36), "birth_year": (1990, 1991, 2008, 2007.5)}
NAMES = ("", "Zoé", "zoe", "ZOÉ-Anne", "Jean_Paul", "Jean Paul", "50%", "Élodie", "O'Brien", "İpek")
EMAILS = ("", "Zoe@Exemple.FR", "zoe_1@exemple.fr", "zoeX1@exemple.fr", "é@exemple.fr")
POSTCODES = ("", "80000", "80 100", "75001", "20000", "20200", "97400", "98800", "99999", "8000", "97133")
TOWNS = ("", "Amiens", "AMIENS", "Saint-Étienne", "saint etienne du bois", "St-Étienne", "Amiens (50%)", "…")
COLOURS = ("Rouge", "Bleu clair", "Été")
BITS = {"weekdays": 1, "evenings": 2, "weekends": 4}
YEARS = (None, 1990, 1991, 2007, 2008, 2009, 2026)
INSTANTS = tuple(
    datetime(2026, month, day, hour, minute, tzinfo=UTC)
    for month, day in ((3, 28), (3, 29), (10, 24), (10, 25), (12, 31))
    for hour, minute in ((0, 30), (22, 30), (23, 30))
)
DAYS = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2027, 1, 1))

NOWS = tuple(
    datetime(year, month, day, hour, 30, tzinfo=UTC)
    for year, month, day in ((2026, 3, 28), (2026, 3, 29), (2026, 10, 24), (2026, 10, 25), (2026, 12, 31), (2027, 1, 1))
    for hour in (0, 21, 22, 23)
)
"""0:30 and 23:30 in Paris around both nights when its clocks change, and around the first of January."""


def draw_people(session: Session, space: Space, *, count: int = 40) -> None:
    """People of the space on its lists, with tags, opt-outs and consents; two of them on one phone."""
    chance = random.Random(10)
    lists = [make_list(session, space, name=name) for name in ("Samedi", "Conducteurs")]
    tags = [Tag(space_id=space.id, name=name) for name in ("permis B", "permis D", "cuisine")]
    session.add_all(tags)
    own = _own_fields(session, space)
    words: dict[str, Any] = {"space_id": space.id, "ends_at": NOWS[-1], "created_at": NOWS[0], "updated_at": NOWS[0]}
    events = [Event(title=title, starts_at=at, **words) for title, at in (("Tri", NOWS[1]), ("Gala", NOWS[9]))]
    session.add_all(events)
    session.flush()
    for _person in range(count):
        contact = make_contact(
            session,
            space,
            on=chance.choice((*lists, None)),
            first_name=chance.choice(NAMES),
            last_name=chance.choice(NAMES),
            email=chance.choice(EMAILS),
            postcode=chance.choice(POSTCODES),
            town=chance.choice(TOWNS),
            birth_year=chance.choice(YEARS),
            created_at=chance.choice(INSTANTS),
            age_band=chance.choice(("", "u18", "18-24", "35-49", "65+")),
            availability=chance.randint(0, 7),
            rhythm=chance.choice(("", "one_off", "regular")),
            is_member=chance.choice((None, True, False)),
            language=chance.choice(("", "fr", "lsf")),
        )
        _note(session, contact, own, chance)
        worn = chance.sample(tags, chance.randint(0, 2))
        session.add_all(ContactTag(tag_id=tag.id, contact_id=contact.id) for tag in worn)
        _say(session, contact, chance)
        _remember(session, contact, events, chance)
    session.flush()


def _own_fields(session: Session, space: Space) -> list[ContactField]:
    """One of each type, and the space's skills."""
    kinds = {kind.value: kind for kind in Kind} | {"skills": Kind.CHOICES}
    made = [
        ContactField(
            space_id=space.id,
            name=name,
            label=name,
            type=kind,
            created_at=INSTANTS[0],
        )
        for name, kind in kinds.items()
    ]
    for field in made:
        if field.type in (Kind.CHOICE, Kind.CHOICES):
            field.choices = list(COLOURS)
    session.add_all(made)
    return made


def _note(session: Session, contact: Contact, own: list[ContactField], chance: random.Random) -> None:
    for field in own:
        if field.type is Kind.NUMBER:
            rows: list[dict[str, Any]] = [{"number": chance.choice((18.0, 18.5, 36.0))}]
        elif field.type is Kind.DATE:
            rows = [{"day": chance.choice(DAYS)}]
        elif field.type is Kind.TEXT:
            words = chance.choice(NAMES[1:])
            rows = [{"text": words, "text_key": fold(words)}]
        else:
            several = chance.randint(1, 2) if field.type is Kind.CHOICES else 1
            rows = [{"text": one, "text_key": fold(one)} for one in chance.sample(COLOURS, several)]
        if chance.random() < 0.7:
            session.add_all(ContactValue(contact_id=contact.id, field_id=field.id, **row) for row in rows)


def _noted(session: Session, contact: Contact) -> Person:
    """What the space's own fields say of somebody, as the oracle takes it."""
    found: dict[str, Any] = {}
    for field in session.scalars(select(ContactField).where(ContactField.space_id == contact.space_id)):
        query = select(ContactValue).where(ContactValue.contact_id == contact.id, ContactValue.field_id == field.id)
        rows = session.scalars(query).all()
        name = "skills" if field.name == "skills" else f"custom.#{field.id}"
        if field.type is Kind.CHOICES:
            found[name] = frozenset(row.text_key for row in rows)
        else:
            first = rows[0] if rows else ContactValue(text="", text_key="")
            held = {Kind.TEXT: first.text, Kind.CHOICE: first.text_key, Kind.NUMBER: first.number, Kind.DATE: first.day}
            found[name] = held[field.type]
    return found


def _say(session: Session, contact: Contact, chance: random.Random) -> None:
    whose = {"space_id": contact.space_id, "fingerprint": contact.fingerprint}
    for act in chance.sample((Act.GIVEN, Act.WITHDRAWN, Act.GIVEN), chance.randint(0, 3)):
        words: dict[str, Any] = {"channel": Channel.PAPER, "recorded_by": "Nadia", "at": INSTANTS[0]}
        session.add(ConsentEntry(**whose, family=Family.COMMERCIAL.value, act=act, **words))
    if chance.random() < 0.4:
        only_missions = chance.random() < 0.5
        session.add(OptOut(**whose, only_missions=only_missions, at=INSTANTS[0], channel=Channel.SMS))


def _remember(session: Session, contact: Contact, events: list[Event], chance: random.Random) -> None:
    whose: dict[str, Any] = {"contact_id": contact.id, "space_id": contact.space_id}
    if chance.random() < 0.7:
        kept = ContactActivity(**whose, times_came=chance.choice((0, 0, 1, 2)), undelivered_count=chance.randint(0, 2))
        kept.last_contacted_at, kept.last_answered_at = (
            chance.choice((*INSTANTS, None)),
            chance.choice((*INSTANTS, None)),
        )
        kept.last_came_on = chance.choice((*DAYS, None))
        session.add(kept)
    for event in chance.sample(events, chance.randint(0, 2)):
        session.add(Registration(event_id=event.id, answer=chance.choice(list(Answer)), created_at=NOWS[0], **whose))


def facts(session: Session, contact: Contact) -> Person:
    """What the oracle knows of somebody, read row by row; ``aged`` adds the age."""
    kept = session.get(ContactActivity, contact.id)
    registrations = session.scalars(select(Registration).where(Registration.contact_id == contact.id)).all()
    blocked = {family: consent.blocked(session, contact.space_id, family, {contact.fingerprint}) for family in Family}
    return {
        **{name: getattr(contact, name) for name in ("first_name", "last_name", "email", "postcode", "town")},
        "birth_year": contact.birth_year,
        "created": contact.created_at,
        "department": contact.postcode,
        "place": contact.postcode,
        "tags": frozenset(_ids(session, ContactTag.tag_id, ContactTag.contact_id, contact)),
        "lists": frozenset(_ids(session, ListMember.list_id, ListMember.contact_id, contact)),
        **{name: getattr(contact, name) for name in ("age_band", "rhythm", "language")},
        "member": contact.is_member,
        "availability": frozenset(code for code, bit in BITS.items() if contact.availability & bit),
        **_noted(session, contact),
        "last_contacted": kept.last_contacted_at if kept else None,
        "last_answered": kept.last_answered_at if kept else None,
        "last_came": kept.last_came_on if kept else None,
        "times_came": kept.times_came if kept else 0,
        "undelivered_count": kept.undelivered_count if kept else 0,
        "answered_yes": frozenset(one.event_id for one in registrations if one.answer is Answer.COMING),
        "answered_no": frozenset(one.event_id for one in registrations if one.answer is Answer.NOT_COMING),
        "unanswered": frozenset(one.event_id for one in registrations if one.answer is Answer.INVITED),
        "may_receive": frozenset(family.value for family in Family if not blocked[family]),
    }


def aged(person: Person, context: Context) -> Person:
    """The same person on the context's day."""
    return {**person, "age": age_fact(person["birth_year"], person["age_band"], context)}


def _ids(session: Session, wanted: Any, whose: Any, contact: Contact) -> list[int]:
    return list(session.scalars(select(wanted).where(whose == contact.id)))


def rules(fields: Fields) -> st.SearchStrategy[Rule]:
    """Random rules about the people drawn: values that some of them have, and others beside."""
    leaves = st.sampled_from(list(fields.values())).flatmap(_conditions)
    groups = st.sampled_from(GroupKind)
    return st.recursive(
        leaves,
        lambda inside: st.builds(Group, groups, st.lists(inside, min_size=1, max_size=3).map(tuple)),
        max_leaves=6,
    )


def _conditions(field: SegmentField) -> st.SearchStrategy[Condition]:
    return st.sampled_from(field.operators).flatmap(
        lambda operator: st.builds(
            Condition, st.just(field.name), st.just(operator.name), _values(field, operator.takes)
        )
    )


def _values(field: SegmentField, takes: Takes) -> st.SearchStrategy[Value]:
    choices = st.sampled_from([one.value for one in field.choices] or [""])
    numbers = st.sampled_from(NUMBERS.get(field.name, (0, 1, 1.5, 2, 3)))
    texts = {"email": EMAILS, "postcode": POSTCODES, "town": TOWNS}.get(field.name, NAMES)
    whole = st.sampled_from([one for one in texts if one])
    return {
        Takes.NOTHING: st.none(),
        Takes.TEXT: whole | whole.map(lambda text: text[1:-1] or "%") | st.sampled_from(("_", "%", "-", "e_", "0%")),
        Takes.NUMBER: numbers,
        Takes.RANGE: st.tuples(numbers, numbers).map(lambda pair: tuple(sorted(pair))),
        Takes.DAY: st.sampled_from(DAYS),
        Takes.DAYS: st.integers(1, 3) | st.just(280),
        Takes.CHOICE: choices,
        Takes.CHOICES: st.sets(choices, min_size=1, max_size=2).map(tuple),
        Takes.NEAR: st.builds(Near, st.sampled_from(("80000", "97400")), st.sampled_from((1, 50, 130))),
    }[takes]
