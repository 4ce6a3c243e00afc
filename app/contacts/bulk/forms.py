"""What a request says of a change of many people: whom, and what changes."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts import tags
from app.contacts.bulk import noting
from app.contacts.bulk.choosing import MAX_PEOPLE, Choice
from app.contacts.bulk.models import FIELD_KEY_CHARACTERS, Change
from app.contacts.finding.rows import Filter
from app.contacts.selections import selections_of
from app.database.ids import ListId, SegmentId, id_of
from app.errors import RuleBroken
from app.french.language import _
from app.web import rows

SENT = "valued"
"""Hidden beside the value: boxes that nobody ticked send nothing."""


@dataclass(frozen=True)
class Asked:
    """What the form says: the change, and the tag, the list or the field it is about, with what was typed for it."""

    change: Change
    tag: str = ""
    list_id: ListId | None = None
    field: str = ""
    typed: tuple[str, ...] = ()
    is_valued: bool = False

    @property
    def wants_value(self) -> bool:
        """Whether the value is still to be asked."""
        return self.change is Change.NOTE and not self.is_valued


def ids() -> tuple[int, ...]:
    """The people ticked."""
    found = (rows.read(one) for one in request.values.getlist("contact"))
    return tuple(one for one in found if one is not None)[:MAX_PEOPLE]


def choice(session: Session, space: Space, *, now: datetime) -> Choice:
    """Whom the browse page or a saved rule chose, in an address or in a form.

    Raises NotFound for a rule of another space, RuleBroken for one to be mended.
    """
    said = request.values
    segment_id = id_of(SegmentId, rows.read(said.get("selection", "")))
    which: Filter = {
        "words": said.get("q", "").strip()[:100],
        "list_id": id_of(ListId, rows.read(said.get("liste", ""))),
        "tag": said.get("etiquette", "")[: tags.NAME_CHARACTERS],
    }
    if ids() or segment_id is None:
        return Choice(which=which, ids=ids())
    chosen = selections_of(session).keeps(session, space, segment_id, now)
    return Choice(which=which, segment_id=segment_id, chosen=chosen)


def sent() -> list[tuple[str, str]]:
    """The choice again, for the next form."""
    if ticked := ids():
        return [("contact", str(one)) for one in ticked]
    names = ("q", "liste", "etiquette", "selection")
    return [(name, text) for name in names if (text := request.values.get(name, "")[:100])]


def asked() -> Asked:
    """Raises RuleBroken for a form that says no change."""
    form = request.form
    if form.get("change", "") not in list(Change):
        raise RuleBroken("change_missing", _("Choisissez ce qui change."), fields={"change": _("Choisissez.")})
    change = Change(form["change"])
    if change in (Change.NOTE, Change.FORGET):
        field = form.get("field", "")[:FIELD_KEY_CHARACTERS]
        if not field:
            sentence = _("Choisissez un renseignement.")
            raise RuleBroken("field_missing", sentence, fields={"field": sentence})
        typed = tuple(text[: noting.VALUE_CHARACTERS] for text in form.getlist("value"))
        return Asked(change, field=field, typed=typed, is_valued=SENT in form)
    if change in (Change.PUT_ON, Change.TAKE_OFF):
        list_id = id_of(ListId, rows.read(form.get("list_id", "")))
        if list_id is None:
            raise RuleBroken("list_missing", _("Choisissez une liste."), fields={"list_id": _("Choisissez une liste.")})
        return Asked(change, list_id=list_id)
    tag = " ".join(form.get("tag", "").split())
    if change in (Change.TAG, Change.UNTAG) and not tag:
        raise RuleBroken("tag_missing", _("Écrivez une étiquette."), fields={"tag": _("Écrivez une étiquette.")})
    return Asked(change, tag=tag)
