"""The fields of a space's own: made, called otherwise, put in order, archived. What they say of people stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.contacts import acts, uses
from app.contacts.naming import fold, tidy
from app.contacts.profile.models import ContactField, ContactValue, FieldType
from app.contacts.profile.reading import SKILLS, field_name
from app.contacts.profile.values import CHOICE_CHARACTERS, of_space
from app.database.ids import SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _

LABEL_CHARACTERS = 60
MAX_FIELDS = 200
MAX_CHOICES = 100
_SEPARATOR = ","
"""Stands in no folded choice."""
WITH_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)


def get(session: Session, space_id: SpaceId, field_id: int, *, lock: bool = False) -> ContactField:
    """A field of this space, skills aside: they are every space's. Raises NotFound."""
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.id == field_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None or found.name == SKILLS:
        raise NotFound("field_unknown", _("Ce renseignement n'existe pas."))
    return found


def archived(session: Session, space_id: SpaceId) -> Sequence[ContactField]:
    """Those no longer asked."""
    query = select(ContactField).where(ContactField.space_id == space_id, ContactField.archived_at.is_not(None))
    return session.scalars(query.order_by(ContactField.label)).all()


def counted(session: Session, space_id: SpaceId) -> Mapping[int, int]:
    """{field id: of how many people something is known}."""
    query = select(ContactValue.field_id, func.count(ContactValue.contact_id.distinct()))
    query = query.join(ContactField, ContactField.id == ContactValue.field_id)
    rows = session.execute(query.where(ContactField.space_id == space_id).group_by(ContactValue.field_id))
    return {row[0]: row[1] for row in rows}


def make(
    session: Session, space_id: SpaceId, *, label: str, kind: FieldType, choices: str, by: Principal, now: datetime
) -> ContactField:
    """A new field, last in order; ``choices`` one a line. Raises RuleBroken."""
    label = _checked(session, space_id, label)
    fields = of_space(session, space_id)
    if len(fields) >= MAX_FIELDS:
        raise RuleBroken("too_many_fields", _("Vous notez déjà %(n)s choses : archivez-en une.", n=MAX_FIELDS))
    made = ContactField(
        space_id=space_id,
        name=field_name(label),
        label=label,
        type=kind,
        choices=_choices(choices) if kind in WITH_CHOICES else [],
        position=max((one.position for one in fields), default=0) + 1,
        created_at=now,
    )
    session.add(made)
    session.flush()
    activity.record(session, space_id, acts.FIELD_MADE, by=by, now=now, subject_id=made.id)
    return made


def edit(
    session: Session, field: ContactField, *, label: str, choices: str, agreed: str = "", by: Principal, now: datetime
) -> None:
    """Call it otherwise, offer other choices; a choice taken out stays on the people who have it.

    Raises RuleBroken, and Conflict where a choice taken out breaks selections, which are named, until ``agreed`` is
    what ``taken_out`` says.
    """
    label = _checked(session, field.space_id, label, but=field)
    wanted = _choices(choices) if field.type in WITH_CHOICES else []
    without = gone(field, choices)
    missed_by = uses.users(session, field.space_id, "custom", field.id, without) if without else uses.Users()
    if missed_by.segments and agreed != taken_out(field, choices):
        raise Conflict("choice_used", _missed(missed_by), fields={"choices": _missed(missed_by)})
    if (label, wanted) != (field.label, field.choices):
        field.label, field.choices = label, wanted
        activity.record(session, field.space_id, acts.FIELD_EDITED, by=by, now=now, subject_id=field.id)


def gone(field: ContactField, choices: str) -> list[str]:
    """The choices of the field, folded, that ``choices``, as typed, leaves out."""
    left = set(map(fold, choices.splitlines()))
    return [key for key in map(fold, field.choices) if key not in left] if field.type in WITH_CHOICES else []


def taken_out(field: ContactField, choices: str) -> str:
    """The same in one word that a page carries, "" for none."""
    return _SEPARATOR.join(gone(field, choices))


def _missed(users: uses.Users) -> str:
    sentence = _(
        "Ces sélections se servent d'un choix que vous enlevez : « %(names)s ». Elles seront à réparer, et ne "
        "choisiront plus personne.",
        names=" », « ".join(users.segments),
    )
    if not users.stopped:
        return sentence
    stopped = _("Ces envois ne partiront pas : « %(names)s ».", names=" », « ".join(users.stopped))
    return f"{sentence} {stopped}"


def move_up(session: Session, field: ContactField, *, by: Principal, now: datetime) -> None:
    """One place before the one above it."""
    order = [one for one in of_space(session, field.space_id) if one.id != field.id]
    place = sum(one.position <= field.position for one in order)
    order.insert(max(0, place - 1), field)
    for position, one in enumerate(order, start=1):
        one.position = position
    activity.record(session, field.space_id, acts.FIELD_EDITED, by=by, now=now, subject_id=field.id)


def archive(session: Session, field: ContactField, *, by: Principal, now: datetime) -> None:
    """Ask it no more: cards show it no longer, what it says is kept."""
    if field.archived_at is None:
        field.archived_at = now
        activity.record(session, field.space_id, acts.FIELD_ARCHIVED, by=by, now=now, subject_id=field.id)


def bring_back(session: Session, field: ContactField, *, by: Principal, now: datetime) -> None:
    """Ask it again; what it said is there."""
    if field.archived_at is not None:
        field.archived_at = None
        activity.record(session, field.space_id, acts.FIELD_EDITED, by=by, now=now, subject_id=field.id)


def _checked(session: Session, space_id: SpaceId, label: str, *, but: ContactField | None = None) -> str:
    label = tidy(label)
    if not label or len(label) > LABEL_CHARACTERS:
        sentence = _("Donnez un titre, de %(n)s caractères au plus.", n=LABEL_CHARACTERS)
        raise RuleBroken("field_label", sentence, fields={"label": sentence})
    rows = session.scalars(select(ContactField).where(ContactField.space_id == space_id)).all()
    for one in rows:
        if one is not but and field_name(label) in (one.name, field_name(one.label)):
            sentence = _("« %(label)s » existe déjà, peut-être dans les archives.", label=one.label)
            raise RuleBroken("field_taken", sentence, fields={"label": sentence})
    return label


def _choices(typed: str) -> list[str]:
    found: dict[str, str] = {}
    for one in typed.splitlines():
        if fold(one):
            found.setdefault(fold(one), tidy(one))
    wrong = [one for one in found.values() if len(one) > CHOICE_CHARACTERS or "," in one or ";" in one]
    sentence = ""
    if not found or len(found) > MAX_CHOICES:
        sentence = _("Écrivez un choix par ligne, %(n)s au plus.", n=MAX_CHOICES)
    elif wrong:
        sentence = _("« %(choice)s » : ni virgule ni point-virgule, et %(n)s caractères au plus.",
                     choice=wrong[0][:40], n=CHOICE_CHARACTERS)  # fmt: skip
    if sentence:
        raise RuleBroken("field_choices", sentence, fields={"choices": sentence})
    return list(found.values())
