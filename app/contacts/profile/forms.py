"""The fields of a space's own in the form of a person: what is shown, and what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.contacts.naming import tidy
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, FieldType
from app.contacts.profile.reading import SKILLS, Typed
from app.contacts.profile.values import Said
from app.database.ids import ContactId, SpaceId

Form = MultiDict[str, str]
ASKED = "asked"
"""Hidden beside each field shown: one made meanwhile by somebody else keeps what it says."""
LABEL_CHARACTERS, TEXT_CHARACTERS = 60, 500


@dataclass(frozen=True)
class Input:
    """A field as the form shows it; ``chosen`` are the choices ticked."""

    field: ContactField
    text: str = ""
    chosen: Sequence[str] = ()

    @property
    def name(self) -> str:
        return f"field-{self.field.id}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices, those that somebody has and that are choices no more included."""
        return [(one, one) for one in dict.fromkeys([*self.field.choices, *self.chosen])]


@dataclass(frozen=True)
class OwnInputs:
    """Everything of the space's own that the form asks."""

    inputs: Sequence[Input] = ()
    extras: Mapping[str, str] = field(default_factory=dict)
    """Typed under a new title, and sent back."""
    skills: Sequence[str] = ()
    """Every skill of the space."""
    able: Sequence[str] = ()
    """The person's."""

    @property
    def skill_options(self) -> list[tuple[str, str]]:
        return [(one, one) for one in self.skills]


def shown(
    session: Session, space_id: SpaceId, said: Sequence[Said], able: Sequence[str], form: Form | None
) -> OwnInputs:
    """What the form holds: what is known of the person, or what was typed when it comes back."""
    fields, known = values.of_space(session, space_id), {one.field.id: one for one in said}
    skills = values.skills_of(session, space_id)
    if form is not None:
        typed = [Input(one, form.get(f"field-{one.id}", ""), form.getlist(f"field-{one.id}")) for one in fields]
        return OwnInputs(typed, _extras(form), skills, form.getlist(SKILLS))
    return OwnInputs([_input(one, known.get(one.id)) for one in fields], {}, skills, able)


def typed(session: Session, space_id: SpaceId, contact_id: ContactId | None, form: Form) -> dict[str, Typed]:
    """All that is noted of the person once the form is read, by label: a field it did not show keeps what it says."""
    ids = [contact_id] if contact_id else []
    found: dict[str, Typed] = {}
    for one in values.of_contacts(session, space_id, ids).get(contact_id or 0, []):
        if one.field.name != SKILLS:
            found[one.field.label] = [value.text for value in one.values] if _is_several(one.field) else one.text
    asked = set(form.getlist(ASKED))
    for own in values.of_space(session, space_id):
        if str(own.id) in asked:
            name = f"field-{own.id}"
            found[own.label] = form.getlist(name) if _is_several(own) else form.get(name, "")[:TEXT_CHARACTERS]
    return {**found, **_extras(form)}


def able(form: Form) -> list[str] | None:
    """The skills ticked and typed; None where the form did not ask."""
    if "more_skills" not in form:
        return None
    more = form.get("more_skills", "").replace(";", ",").split(",")
    return [tidy(one)[: values.CHOICE_CHARACTERS] for one in (*form.getlist(SKILLS), *more) if tidy(one)]


def _input(own: ContactField, said: Said | None) -> Input:
    if said is None:
        return Input(own)
    days = [one.day.isoformat() for one in said.values if one.day]
    return Input(own, days[0] if days else said.text, [one.text for one in said.values])


def _is_several(own: ContactField) -> bool:
    return own.type is FieldType.CHOICES


def _extras(form: Form) -> dict[str, str]:
    """New fields: titles and values come as two lists of equal length."""
    pairs = zip(form.getlist("extra_name"), form.getlist("extra_value"), strict=False)
    found = {tidy(name)[:LABEL_CHARACTERS]: tidy(value)[:TEXT_CHARACTERS] for name, value in pairs}
    return {name: value for name, value in found.items() if name and value}
