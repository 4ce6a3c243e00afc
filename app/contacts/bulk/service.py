"""One change of many people: seen with its number, done as one operation, undone for those it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import acts, lists, service, tags
from app.contacts.bulk.models import BulkEdit, BulkEditRow, Change
from app.contacts.models import Contact, ContactList, ContactTag, ListMember, Tag
from app.contacts.service import Filter
from app.database.engine import insert_missing
from app.database.ids import ListId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext

MAX_PEOPLE = 10_000
MAX_ARCHIVED = 1_000
"""What waits for each of them is taken back one by one, and everybody else who writes waits."""
UNDO_WITHIN = timedelta(days=30)

TakeBack = Callable[[Session, Contact], None]


@dataclass(frozen=True)
class Choice:
    """Whom: those ticked, or else all that a search finds."""

    which: Filter = field(default_factory=Filter)
    ids: Sequence[int] = ()

    def select(self, space_id: SpaceId, *columns: Any) -> Select[Any]:
        """A query of these people, nobody archived."""
        found = service.matching(select(*columns), space_id, Filter() if self.ids else self.which)
        return found.where(Contact.id.in_(self.ids)) if self.ids else found


@dataclass(frozen=True)
class Seen:
    """How many people a choice is, and what tells it from the same choice a moment later."""

    people: int
    etag: str


def look(session: Session, space_id: SpaceId, choice: Choice) -> Seen:
    """What the choice is now."""
    query = choice.select(space_id, func.count(Contact.id), func.sum(Contact.id), func.max(Contact.id))
    people, total, last = session.execute(query).one()
    return Seen(people, f"{people}-{total or 0}-{last or 0}")


def get(session: Session, space_id: SpaceId, edit_id: int, *, lock: bool = False) -> BulkEdit:
    """A change of this space. Raises NotFound."""
    query = select(BulkEdit).where(BulkEdit.space_id == space_id, BulkEdit.id == edit_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("bulk_edit_unknown", _("Cette modification n'existe pas."))
    return found


def changed(session: Session, edit: BulkEdit) -> int:
    """How many people it changed."""
    rows = select(func.count()).select_from(BulkEditRow).where(BulkEditRow.edit_id == edit.id)
    return session.scalar(rows) or 0


def check(change: Change, people: int) -> None:
    """Raises RuleBroken for nobody, and for more than are done at once."""
    if not people:
        raise RuleBroken("nobody_chosen", _("Cette sélection ne contient personne."))
    limit = MAX_ARCHIVED if change is Change.ARCHIVE else MAX_PEOPLE
    if people > limit:
        raise RuleBroken(
            "too_many_chosen",
            _(
                "%(people)s personnes, c'est trop à la fois : %(n)s au plus. Affinez la recherche.",
                people=people,
                n=limit,
            ),
        )


def apply(
    session: Session,
    space: Space,
    choice: Choice,
    change: Change,
    *,
    etag: str,
    tag: str = "",
    list_id: ListId | None = None,
    take_back: TakeBack,
    by: Principal,
    now: datetime,
) -> BulkEdit:
    """Do it to exactly those who were seen. Raises Conflict when others are there now, RuleBroken as ``check``."""
    spaces.lock(session, space.id)
    seen = look(session, space.id, choice)
    _check_unchanged(seen, etag)
    check(change, seen.people)
    target = _target(session, space.id, change, tag, list_id)
    edit = BulkEdit(
        space_id=space.id, change=change, people=seen.people, principal=by.kind, principal_id=by.id,
        principal_name=by.name[:80], at=now, **target,
    )  # fmt: skip
    session.add(edit)
    session.flush()
    done = _do(
        session, edit, session.scalars(choice.select(space.id, Contact.id).order_by(Contact.id)).all(), take_back
    )
    activity.record(
        session, space.id, acts.PEOPLE_CHANGED, by=by, now=now, subject_id=edit.id, people=done, change=change.value
    )
    return edit


def undo(session: Session, edit: BulkEdit, *, by: Principal, now: datetime) -> int:
    """Put back those it changed, where nobody changed it since; how many. Raises Conflict done already, or too late."""
    if edit.undone_at is not None:
        raise Conflict("bulk_edit_undone", _("C'est déjà annulé."))
    if now >= edit.at + UNDO_WITHIN:
        raise Conflict("bulk_edit_too_old", _("C'est trop tard : cette modification a plus de 30 jours."))
    rows = session.scalars(select(BulkEditRow).where(BulkEditRow.edit_id == edit.id)).all()
    ids = [row.contact_id for row in rows]
    if edit.change is Change.ARCHIVE:
        back = _bring_back(session, edit, ids, now=now)
    else:
        _check_target(edit)
        back = len(_turn(session, edit, ids, backwards=True))
    if edit.list_id and (left := [row.contact_id for row in rows if row.had_left]):
        lists.note_departures(session, edit.list_id, left, now=edit.at)
    edit.undone_at, edit.undone_by = now, by.name[:80]
    activity.record(session, edit.space_id, acts.CHANGE_UNDONE, by=by, now=now, subject_id=edit.id, people=back)
    return back


def _check_unchanged(seen: Seen, etag: str) -> None:
    if seen.etag != etag:
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
    had_left = lists.departed(session, edit.list_id, ids) if edit.change is Change.PUT_ON and edit.list_id else set()
    done = _archive(session, edit, ids, take_back) if edit.change is Change.ARCHIVE else _turn(session, edit, ids)
    if done:
        rows = [{"edit_id": edit.id, "contact_id": one, "had_left": one in had_left} for one in sorted(done)]
        session.execute(insert(BulkEditRow), rows)
    return len(done)


def _target(session: Session, space_id: SpaceId, change: Change, tag: str, list_id: ListId | None) -> dict[str, Any]:
    """The tag or the list that the change is about. Raises RuleBroken without one."""
    if change in (Change.PUT_ON, Change.TAKE_OFF):
        if list_id is None:
            raise RuleBroken("list_missing", _("Choisissez une liste."), fields={"list_id": _("Choisissez une liste.")})
        one = lists.get(session, space_id, list_id)
        return {"list_id": one.id, "name": one.name}
    if change is Change.ARCHIVE:
        return {}
    (name,) = tags.split(tag)[:1] or [""]
    if not name:
        raise RuleBroken("tag_missing", _("Écrivez une étiquette."), fields={"tag": _("Écrivez une étiquette.")})
    if len(name) > tags.NAME_CHARACTERS:
        sentence = _("Une étiquette a %(n)s signes au plus.", n=tags.NAME_CHARACTERS)
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


def _archive(session: Session, edit: BulkEdit, ids: Sequence[int], take_back: TakeBack) -> list[int]:
    query = select(Contact).where(Contact.space_id == edit.space_id, Contact.id.in_(ids)).order_by(Contact.id)
    for one in session.scalars(query.with_for_update()):
        take_back(session, one)
        one.archived_at = one.updated_at = edit.at
    session.flush()
    return list(ids)


def _bring_back(session: Session, edit: BulkEdit, ids: Sequence[int], *, now: datetime) -> int:
    """Those who were archived then and are still, and did not turn out to be another."""
    mine = (Contact.space_id == edit.space_id, Contact.id.in_(ids), Contact.archived_at == edit.at)
    back = update(Contact).where(*mine, Contact.merged_into_id.is_(None)).values(archived_at=None, updated_at=now)
    return len(session.scalars(back.returning(Contact.id)).all())


def names(session: Session, space_id: SpaceId) -> tuple[list[str], list[tuple[int, str]]]:
    """The tags and the lists that a change may be about, by name."""
    worn = session.scalars(select(Tag.name).where(Tag.space_id == space_id).order_by(Tag.name)).all()
    made = select(ContactList.id, ContactList.name).where(ContactList.space_id == space_id).order_by(ContactList.name)
    return list(worn), [(row.id, row.name) for row in session.execute(made)]
