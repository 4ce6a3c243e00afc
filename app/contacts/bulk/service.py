"""One change of many people: seen with its number, done as one operation, undone for those it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import acts, lists, tags
from app.contacts.bulk import choosing, later, noting
from app.contacts.bulk.choosing import Choice, Seen
from app.contacts.bulk.models import BulkEdit, BulkEditRow, Change
from app.contacts.models import Contact, ContactTag, ListMember
from app.contacts.pairs import proposing as pairs
from app.database.engine import insert_missing
from app.database.ids import ListId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext

UNDO_WITHIN = timedelta(days=30)

NOTING = (Change.NOTE, Change.FORGET)
_ACTS = {
    Change.TAG: acts.PEOPLE_TAGGED,
    Change.UNTAG: acts.PEOPLE_UNTAGGED,
    Change.PUT_ON: acts.PEOPLE_PUT_ON_LIST,
    Change.TAKE_OFF: acts.PEOPLE_TAKEN_OFF_LIST,
    Change.ARCHIVE: acts.PEOPLE_ARCHIVED,
    Change.NOTE: acts.PEOPLE_NOTED,
    Change.FORGET: acts.PEOPLE_FORGOTTEN,
}
TakeBack = Callable[[Session, Contact], None]


@dataclass(frozen=True)
class Words:
    """What a change is about: a tag, a list, or a field and what it says then (``noting.Target.key``, its value)."""

    tag: str = ""
    list_id: ListId | None = None
    field: str = ""
    value: Any = None


@dataclass(frozen=True)
class Undone:
    """How many are as they were, and whom somebody changed since: they stay so."""

    back: int
    kept: tuple[int, ...] = ()


def get(session: Session, space_id: SpaceId, edit_id: int) -> BulkEdit:
    """A change of this space; ``undo`` takes its lock after the space's. Raises NotFound."""
    found = session.scalar(select(BulkEdit).where(BulkEdit.space_id == space_id, BulkEdit.id == edit_id))
    if found is None:
        raise NotFound("bulk_edit_unknown", _("Cette modification n'existe pas."))
    return found


def changed(session: Session, edit: BulkEdit) -> int:
    """How many people it changed."""
    rows = select(func.count()).select_from(BulkEditRow).where(BulkEditRow.edit_id == edit.id)
    return session.scalar(rows) or 0


def apply(
    session: Session,
    space: Space,
    choice: Choice,
    change: Change,
    *,
    etag: str,
    words: Words = Words(),
    take_back: TakeBack,
    by: Principal,
    now: datetime,
) -> BulkEdit:
    """Do it to exactly those who were seen. Raises Conflict when others are there now, RuleBroken as ``check``."""
    spaces.lock(session, space.id)
    seen = choosing.look(session, space.id, choice)
    _check_unchanged(seen, etag)
    choosing.check(change, seen.people)
    target = _target(session, space.id, change, words)
    edit = BulkEdit(
        space_id=space.id, change=change, people=seen.people, principal=by.kind, principal_id=by.id,
        principal_name=by.name[:80], at=now, segment_id=choice.segment_id, **target,
    )  # fmt: skip
    session.add(edit)
    session.flush()
    done = _do(session, edit, choosing.ids_of(session, space.id, choice), take_back)
    segment: dict[str, Any] = {} if choice.segment_id is None else {"segment": choice.segment_id}
    activity.record(session, space.id, _ACTS[change], by=by, now=now, subject_id=edit.id, people=done, **segment)
    return edit


def undo(session: Session, edit: BulkEdit, *, by: Principal, now: datetime) -> Undone:
    """Put back those it changed, where nobody changed it since. Raises Conflict done already, or too late.

    A card merged into another since is left alone, and so is what it brought to the other.
    """
    spaces.lock(session, edit.space_id)  # before its rows and the cards, as ``apply``
    session.refresh(edit, with_for_update=True)
    if edit.undone_at is not None:
        raise Conflict("bulk_edit_undone", _("C'est déjà annulé."))
    if now >= edit.at + UNDO_WITHIN:
        raise Conflict("bulk_edit_too_old", _("C'est trop tard : cette modification a plus de 30 jours."))
    rows = session.scalars(select(BulkEditRow).where(BulkEditRow.edit_id == edit.id)).all()
    ids = {row.contact_id for row in rows}
    here = choosing.hold(session, edit.space_id, ids)
    if edit.change is Change.ARCHIVE:
        back = _bring_back(session, edit, here, now=now)
    elif edit.change in NOTING:
        back = noting.undo(session, edit, {row.contact_id: row.before for row in rows}, here, now=now)
        _propose(session, edit, now=now)
    else:
        _check_target(edit)
        back = _turn(session, edit, later.undecided(session, edit, here), backwards=True)
        _depart_again(session, edit, [row for row in rows if row.had_left and row.contact_id in back])
    edit.undone_at, edit.undone_by = now, by.name[:80]
    activity.record(
        session, edit.space_id, acts.CHANGE_UNDONE, by=by, now=now, subject_id=edit.id, people=len(back)
    )  # fmt: skip
    return Undone(len(back), tuple(sorted(ids - {*back})))


def _check_unchanged(seen: Seen, etag: str) -> None:
    if seen.etag != etag and not seen.is_more:  # too many are refused as such
        raise Conflict(
            "choice_changed",
            ngettext(
                "Entre-temps la sélection a changé : elle compte %(n)s personne. Vérifiez-la de nouveau.",
                "Entre-temps la sélection a changé : elle compte %(n)s personnes. Vérifiez-la de nouveau.",
                seen.people,
            ),
        )


def _do(session: Session, edit: BulkEdit, ids: Sequence[int], take_back: TakeBack) -> int:
    """Change these people and keep who was changed; how many."""
    if edit.change in NOTING:
        return _note(session, edit, ids)
    left = lists.departures(session, edit.list_id, ids) if edit.change is Change.PUT_ON and edit.list_id else {}
    done = _archive(session, edit, ids, take_back) if edit.change is Change.ARCHIVE else _turn(session, edit, ids)
    if done:
        rows = [
            {"edit_id": edit.id, "contact_id": one, "had_left": at is not None, "before": at and at.isoformat()}
            for one, at in ((one, left.get(one)) for one in sorted(done))
        ]
        session.execute(insert(BulkEditRow), rows)
    return len(done)


def _note(session: Session, edit: BulkEdit, ids: Sequence[int]) -> int:
    """Note or forget the field, and keep what it said of each."""
    target = noting.of_edit(session, edit)
    before = noting.differing(session, edit.space_id, target, edit.value, ids, lock=True)
    if before:
        rows = [{"edit_id": edit.id, "contact_id": one, "before": said} for one, said in sorted(before.items())]
        session.execute(insert(BulkEditRow), rows)
        noting.write(session, edit.space_id, target, dict.fromkeys(before, edit.value), now=edit.at)
        _propose(session, edit, now=edit.at)
    return len(before)


def _propose(session: Session, edit: BulkEdit, *, now: datetime) -> None:
    if edit.field == Contact.postcode.key:  # two of one name may share it from now on
        pairs.propose_names(session, edit.space_id, now=now)


def _target(session: Session, space_id: SpaceId, change: Change, words: Words) -> dict[str, Any]:
    """The tag, the list or the field that the change is about. Raises RuleBroken without one."""
    if change in NOTING:
        field = noting.get(session, space_id, words.field)
        value = words.value if change is Change.NOTE else None
        return {"field": field.key, "name": field.label, "value": value, "shown": noting.cut(field.shown(value))}
    if change in (Change.PUT_ON, Change.TAKE_OFF):
        if words.list_id is None:
            raise RuleBroken("list_missing", _("Choisissez une liste."), fields={"list_id": _("Choisissez une liste.")})
        one = lists.get(session, space_id, words.list_id)
        return {"list_id": one.id, "name": one.name}
    if change is Change.ARCHIVE:
        return {}
    name = tags.single(session, space_id, words.tag, field="tag")
    if not name:
        raise RuleBroken("tag_missing", _("Écrivez une étiquette."), fields={"tag": _("Écrivez une étiquette.")})
    if len(name) > tags.NAME_CHARACTERS:
        sentence = _("Une étiquette a %(n)s caractères au plus.", n=tags.NAME_CHARACTERS)
        raise RuleBroken("tag_too_long", sentence, fields={"tag": sentence})
    return {"tag_id": tags.named(session, space_id, [name])[name], "name": name}


def _check_target(edit: BulkEdit) -> None:
    if edit.tag_id is None and edit.list_id is None:
        raise Conflict("target_gone", _("« %(name)s » n'existe plus : il n'y a rien à remettre.", name=edit.name))


def _turn(session: Session, edit: BulkEdit, ids: Sequence[int], *, backwards: bool = False) -> list[int]:
    """Give or take the tag or the place on the list; the ids that it changed."""
    gives = (edit.change in (Change.TAG, Change.PUT_ON)) is not backwards
    table: Any = ContactTag if edit.tag_id else ListMember
    target = table.tag_id if edit.tag_id else table.list_id
    target_id = edit.tag_id or edit.list_id
    if gives:
        rows = [{target.key: target_id, "contact_id": one} for one in ids]
        done = insert_missing(session, table, rows, unique=[target, table.contact_id], returning=table.contact_id)
    else:
        gone = delete(table).where(target == target_id, table.contact_id.in_(ids)).returning(table.contact_id)
        done = list(session.scalars(gone))
    if edit.list_id and gives:
        lists.forget_departures(session, edit.list_id, ids)
    elif edit.list_id and not backwards:
        lists.note_departures(session, edit.list_id, done, now=edit.at)
    return done


def _depart_again(session: Session, edit: BulkEdit, rows: Sequence[BulkEditRow]) -> None:
    """Remember again that these had been taken off the list, and when."""
    if edit.list_id is None:
        return
    for row in rows:
        left_at = datetime.fromisoformat(row.before) if row.before else edit.at
        lists.note_departures(session, edit.list_id, [row.contact_id], now=left_at)


def _archive(session: Session, edit: BulkEdit, ids: Sequence[int], take_back: TakeBack) -> list[int]:
    query = select(Contact).where(Contact.space_id == edit.space_id, Contact.id.in_(ids)).order_by(Contact.id)
    for one in session.scalars(query.with_for_update()):
        take_back(session, one)
        one.archived_at = one.updated_at = edit.at
    session.flush()
    return list(ids)


def _bring_back(session: Session, edit: BulkEdit, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Those who were archived then and are still, and did not turn out to be another."""
    mine = (Contact.space_id == edit.space_id, Contact.id.in_(ids), Contact.archived_at == edit.at)
    back = update(Contact).where(*mine, Contact.merged_into_id.is_(None)).values(archived_at=None, updated_at=now)
    return list(session.scalars(back.returning(Contact.id)))
