"""What rules may ask of a volunteer's profile: what every association notes, and the fields that it made itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.audiences.fields import Comparing, Question, SegmentField
from app.audiences.operators import FieldType
from app.audiences.sources.comparing import ChoiceIn, DayIn, NumberIn, SeveralIn, TextIn, YesNoIn
from app.audiences.sources.comparing_people import MaskIn
from app.audiences.sources.held import Beside, Column, Own
from app.audiences.values import Choice
from app.contacts.models import Contact
from app.contacts.naming import fold
from app.contacts.options import AVAILABILITY, LANGUAGES, RHYTHMS, Option
from app.contacts.profile.models import ContactField, ContactValue
from app.contacts.profile.reading import SKILLS
from app.database.ids import SpaceId
from app.french.language import _


def _of(options: Sequence[Option]) -> tuple[Choice, ...]:
    """The choices of a card, in the words of a sentence, and as people type them besides."""
    return tuple(Choice(one.code, one.said, also=_ALSO.get(one.code, ())) for one in options)


_ALSO = {
    "weekdays": (_("en semaine"), _("la journée"), _("le jour")),
    "evenings": (_("ce soir"), _("en soirée"), _("les soirs")),
    "weekends": (_("le weekend"), _("ce week-end"), _("ce weekend"), _("les week-ends")),
}

PROFILE = (
    SegmentField(
        "availability",
        _("disponibilité"),
        Question.SAID,
        FieldType.CHOICES,
        MaskIn(Contact.availability, {one.code: one.bit for one in AVAILABILITY}),
        choices=_of(AVAILABILITY),
        phrases={
            "has": _(
                "disponibles %(value)s | disponible %(value)s | dispos %(value)s | dispo %(value)s | libres %(value)s"
            ),
            "has_not": _("pas disponibles %(value)s (ou dont rien n'est dit) | pas disponibles %(value)s"),
            "fact": _("disponible %(value)s"),
            "known": _("dont la disponibilité est connue"),
            "unknown": _("dont la disponibilité est inconnue"),
        },
    ),
    SegmentField(
        "rhythm",
        _("rythme"),
        Question.SAID,
        FieldType.CHOICE,
        ChoiceIn(Own(Contact.rhythm)),
        choices=_of(RHYTHMS),
        phrases={
            "equals": _("qui viennent %(value)s"),
            "one_of": _("venant %(value)s"),
            "known": _("dont le rythme est connu"),
            "unknown": _("dont le rythme est inconnu"),
        },
    ),
    SegmentField(
        "member",
        _("adhésion"),
        Question.WHO,
        FieldType.YES_NO,
        YesNoIn(Own(Contact.is_member)),
        phrases={
            "true": _("adhérents | adhérent | adhérentes | membres"),
            "false": _("non adhérents | non adhérent | non adhérentes | non membres | pas adhérents"),
            "known": _("dont l'adhésion est connue"),
            "unknown": _("dont l'adhésion est inconnue"),
        },
    ),
    SegmentField(
        "language",
        _("langue"),
        Question.WHO,
        FieldType.CHOICE,
        ChoiceIn(Own(Contact.language)),
        choices=_of(LANGUAGES),
        phrases={
            "equals": _("parlant %(value)s | parlent %(value)s"),
            "one_of": _("qui parlent %(value)s"),
            "known": _("dont la langue est connue"),
            "unknown": _("dont la langue est inconnue"),
        },
    ),
)


def profile_fields(session: Session, space_id: SpaceId) -> Iterator[SegmentField]:
    """The profile, then the space's skills and own fields; one that is archived is no field any more."""
    yield from PROFILE
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.archived_at.is_(None))
    own = session.scalars(query.order_by(ContactField.position, ContactField.id)).all()
    skills = next((one for one in own if one.name == SKILLS), None)
    yield _skills(skills)
    yield from (_own(one) for one in own if one is not skills)


def _skills(field: ContactField | None) -> SegmentField:
    return SegmentField(
        SKILLS,
        _("compétence"),
        Question.SAID,
        FieldType.CHOICES,
        SeveralIn(_beside(ContactValue.text_key, field.id if field else 0)),
        choices=_choices(field) if field else (),
        shows_labels=True,
        phrases={
            "has": _("avec la compétence %(value)s | sachant faire %(value)s | compétents en %(value)s"),
            "fact": _("compétences : %(value)s"),
            "no_fact": _("aucune compétence notée"),
            "known": _("dont les compétences sont connues"),
            "unknown": _("dont les compétences sont inconnues"),
            "has_not": _("sans la compétence %(value)s (ou dont rien n'est dit) | sans la compétence %(value)s"),
        },
    )


def _own(field: ContactField) -> SegmentField:
    return SegmentField(
        f"custom.#{field.id}",
        field.label,
        Question.SAID,
        FieldType(field.type.value),
        _COMPARING[FieldType(field.type.value)](field.id),
        alias=f"custom.{field.name}",
        choices=_choices(field),
        shows_labels=True,
    )


def _choices(field: ContactField) -> tuple[Choice, ...]:
    """Each by the folded form under which ``contact_values`` keeps it."""
    return tuple(Choice(fold(label), label) for label in field.choices)


def _beside(column: Column, field_id: int) -> Beside:
    def scope() -> tuple[ColumnElement[bool], ...]:
        return (ContactValue.field_id == field_id,)

    return Beside(column, ContactValue.contact_id, scope)


_COMPARING: Mapping[FieldType, Callable[[int], Comparing]] = {
    FieldType.TEXT: lambda field_id: TextIn(_beside(ContactValue.text_key, field_id), raw=ContactValue.text),
    FieldType.NUMBER: lambda field_id: NumberIn(_beside(ContactValue.number, field_id)),
    FieldType.DATE: lambda field_id: DayIn(_beside(ContactValue.day, field_id), is_instant=False),
    FieldType.CHOICE: lambda field_id: ChoiceIn(_beside(ContactValue.text_key, field_id)),
    FieldType.CHOICES: lambda field_id: SeveralIn(_beside(ContactValue.text_key, field_id)),
}
