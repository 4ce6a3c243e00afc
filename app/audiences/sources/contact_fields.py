"""What rules may ask of a contact: one entry a field. A new one is an entry here and a fact in ``evaluating``."""

from collections.abc import Iterable

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.audiences.fields import Question, SegmentField
from app.audiences.operators import FieldType
from app.audiences.sources import contact_phrases as said
from app.audiences.sources.comparing import DayIn, NumberIn, SeveralIn, TextIn, lowered
from app.audiences.sources.comparing_people import CODE, AgeIn, DepartmentIn, MayReceiveIn, PlaceIn
from app.audiences.sources.departments import DEPARTMENTS
from app.audiences.sources.held import Beside, Own
from app.audiences.sources.places import Places, squeezed
from app.audiences.values import Choice
from app.consent.families import Family, family_words
from app.contacts.models import Contact, ContactList, ContactTag, ListMember, Tag
from app.database.functions import AsciiLower
from app.database.ids import SpaceId
from app.french.language import _

_LAST_NAME = case(
    (Contact.name_key == "", Contact.sort_key),
    (func.length(Contact.sort_key) <= func.length(Contact.name_key), ""),
    else_=func.substr(Contact.sort_key, 1, func.length(Contact.sort_key) - func.length(Contact.name_key) - 1),
)
"""The folded family name: ``sort_key`` is it and the folded first name."""


def contact_fields(session: Session, space_id: SpaceId, places: Places) -> Iterable[SegmentField]:
    """The fields of a space's contacts, in the order of the page."""
    return (*_WHO, *_labels(session, space_id), *_where(places), *_SAID)


_WHO = (
    SegmentField(
        "first_name",
        _("prénom"),
        Question.WHO,
        FieldType.TEXT,
        TextIn(Own(Contact.name_key), raw=Contact.first_name),
        phrases=said.FIRST_NAME,
    ),
    SegmentField(
        "last_name",
        _("nom"),
        Question.WHO,
        FieldType.TEXT,
        TextIn(Own(_LAST_NAME), raw=Contact.last_name),
        phrases=said.LAST_NAME,
    ),
    SegmentField(
        "email",
        _("e-mail"),
        Question.WHO,
        FieldType.TEXT,
        TextIn(Own(AsciiLower(Contact.email)), raw=Contact.email, folded=lowered),
        phrases={
            "equals": _("dont l'e-mail est %(value)s"),
            "contains": _("dont l'e-mail contient %(value)s"),
            "starts_with": _("dont l'e-mail commence par %(value)s"),
            "known": _("avec un e-mail | ayant un e-mail | avec un mail | avec une adresse mail"),
            "unknown": _("sans e-mail | sans mail | sans adresse mail"),
        },
    ),
    SegmentField(
        "age",
        _("âge"),
        Question.WHO,
        FieldType.NUMBER,
        AgeIn(Contact.age_band),
        min=0,
        max=130,
        unit=_("ans"),
        phrases=said.AGE,
    ),
    SegmentField(
        "birth_year",
        _("année de naissance"),
        Question.WHO,
        FieldType.NUMBER,
        NumberIn(Own(Contact.birth_year)),
        min=1900,
        max=2100,
        phrases=said.BIRTH_YEAR,
    ),
    SegmentField(
        "created",
        _("date d'ajout"),
        Question.WHO,
        FieldType.DATE,
        DayIn(Own(Contact.created_at)),
        phrases={
            "before": _("ajoutés avant le %(value)s | arrivés avant le %(value)s"),
            "after": _("ajoutés après le %(value)s | arrivés après le %(value)s"),
            "within_days": _("ajoutés depuis moins de %(value)s | arrivés depuis moins de %(value)s"),
            "not_within_days": _("ajoutés depuis plus de %(value)s | arrivés depuis plus de %(value)s"),
            "fact": _("ajoutée %(value)s"),
            "known": _("dont la date d'ajout est connue"),
            "unknown": _("dont la date d'ajout est inconnue"),
        },
    ),
)


def _labels(session: Session, space_id: SpaceId) -> tuple[SegmentField, ...]:
    tags = session.execute(select(Tag.id, Tag.name).where(Tag.space_id == space_id).order_by(Tag.name, Tag.id))
    lists = session.execute(
        select(ContactList.id, ContactList.name)
        .where(ContactList.space_id == space_id)
        .order_by(ContactList.name, ContactList.id)
    )
    return (
        SegmentField(
            "tags",
            _("étiquette"),
            Question.WHO,
            FieldType.CHOICES,
            SeveralIn(Beside(ContactTag.tag_id, ContactTag.contact_id)),
            choices=tuple(Choice(one.id, one.name) for one in tags),
            phrases=said.TAGS,
        ),
        SegmentField(
            "lists",
            _("liste"),
            Question.WHO,
            FieldType.CHOICES,
            SeveralIn(Beside(ListMember.list_id, ListMember.contact_id)),
            choices=tuple(Choice(one.id, one.name) for one in lists),
            phrases=said.LISTS,
        ),
    )


_TOWN = SegmentField(
    "town",
    _("commune"),
    Question.WHERE,
    FieldType.TEXT,
    TextIn(Own(Contact.town_key), raw=Contact.town),
    only=("equals", "starts_with", "known", "unknown"),
    phrases=said.TOWN,
)


def _where(places: Places) -> tuple[SegmentField, ...]:
    return (
        SegmentField(
            "postcode",
            _("code postal"),
            Question.WHERE,
            FieldType.TEXT,
            TextIn(
                Own(AsciiLower(CODE)),
                raw=Contact.postcode,
                folded=lambda typed: lowered(squeezed(typed)),
                of_digits=CODE,
            ),
            phrases=said.POSTCODE,
        ),
        _TOWN,
        SegmentField(
            "department",
            _("département"),
            Question.WHERE,
            FieldType.CHOICE,
            DepartmentIn(),
            choices=tuple(Choice(number, name) for number, name in DEPARTMENTS.items()),
            phrases=said.DEPARTMENT,
        ),
        SegmentField(
            "place",
            _("distance"),
            Question.WHERE,
            FieldType.PLACE,
            PlaceIn(places),
            find_place=places.find,
            phrases=said.PLACE,
        ),
    )


_SAID = (
    SegmentField(
        "may_receive",
        _("accord pour recevoir"),
        Question.SAID,
        FieldType.CHOICES,
        MayReceiveIn(),
        choices=tuple(Choice(family.value, family_words(family)) for family in Family),
        phrases={
            "has": _("à qui on peut écrire pour %(value)s"),
            "has_not": _("à qui on ne peut pas écrire pour %(value)s"),
            "known": _("à qui on peut écrire"),
            "unknown": _("à qui on ne peut rien écrire"),
        },
    ),
)
