"""How a feature declares what a merge moves from one contact to the other, and the moving, with its record."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Date, Table, and_, delete, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts.merging.models import Merge, MergeAction, MergeRow
from app.contacts.models import Contact
from app.database.ids import ContactId
from app.database.tables import UtcDateTime

Values = dict[str, Any]
"""A row by column."""
Same = Callable[[Values], Hashable]


@dataclass(frozen=True)
class Joining:
    """A merge under way: who has everything at its end, and who becomes a husk."""

    merge: Merge
    space: Space
    survivor: Contact
    loser: Contact
    by: Principal
    now: datetime

    @property
    def takes_number(self) -> bool:
        """Whether the number kept is the loser's."""
        return "phone" in self.merge.chosen

    @property
    def fingerprints(self) -> tuple[str, str]:
        """Of (the number kept, the number given up), until the cards are written."""
        mine, theirs = self.survivor.fingerprint, self.loser.fingerprint
        return (theirs, mine) if self.takes_number else (mine, theirs)


def _nobody_else_s(_session: Session, _contact_id: ContactId) -> Collection[Hashable]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A table whose rows name a contact by ``contact_id``.

    ``same`` makes what tells the rows of one contact apart: of two that are the same the survivor's stays, changed as
    ``fold`` says ({column: value}). ``aside`` says which of them a contact must not be given. ``came_at`` is the column
    by which what came after a merge is counted, ``told`` its sentence.
    """

    table: type[Any]
    same: Callable[[Session], Same] | None = None
    fold: Callable[[Values, Values], Values] | None = None
    aside: Callable[[Session, ContactId], Collection[Hashable]] = _nobody_else_s
    came_at: str = ""
    told: Callable[[int], str] | None = None

    @property
    def rows(self) -> Table:
        return cast(Table, self.table.__table__)


def _nothing(_session: Session, _joining: Joining) -> None:
    pass


@dataclass(frozen=True)
class Moves:
    """All of one feature: its tables, and what it does besides, before and after they move, there and back."""

    tables: Sequence[Moved] = ()
    join: Callable[[Session, Joining], None] = field(default=_nothing)
    joined: Callable[[Session, Joining], None] = field(default=_nothing)
    part: Callable[[Session, Joining], None] = field(default=_nothing)
    parted: Callable[[Session, Joining], None] = field(default=_nothing)


def by(*columns: str) -> Callable[[Session], Same]:
    """Rows are the same that share these columns."""
    return lambda _session: lambda row: tuple(row[name] for name in columns)


def note(
    session: Session, merge: Merge, kind: str, key: Values, action: MergeAction, before: Mapping[str, Any] | None = None
) -> None:
    """One more row of the record."""
    row = MergeRow(merge_id=merge.id, kind=kind, key=_plain(key), before=_plain(before or {}), action=action)
    session.add(row)


def move(session: Session, moved: Moved, joining: Joining) -> None:
    """Give the survivor the loser's rows of a table."""
    theirs = _rows_of(session, moved, joining.loser.id)
    if not theirs:
        return
    own: dict[Hashable, Values] = {}
    aside: Collection[Hashable] = ()
    same = moved.same(session) if moved.same else None
    if same:
        own = {same(row): row for row in _rows_of(session, moved, joining.survivor.id)}
        aside = moved.aside(session, joining.survivor.id)
    for row in theirs:
        met = own.get(same(row)) if same else None
        if met is not None:
            _fold(session, moved, joining, row, met)
        elif same and same(row) in aside:
            session.execute(delete(moved.rows).where(_is(moved, row)))
            note(session, joining.merge, moved.rows.name, _key(moved, row), MergeAction.KEPT, {"row": row})
        else:
            session.execute(update(moved.rows).where(_is(moved, row)).values(contact_id=joining.survivor.id))
            whole = row if same else _key(moved, row)
            note(session, joining.merge, moved.rows.name, _key(moved, row), MergeAction.MOVED, {"row": whole})
    session.expire_all()


def move_back(session: Session, moved: Moved, row: MergeRow, joining: Joining) -> None:
    """Undo one row of the record; what was changed since on the survivor's side stays there."""
    before = _revived(moved, row.before["row"])
    if row.action is MergeAction.MOVED:
        mine = {**before, "contact_id": joining.survivor.id}
        back = update(moved.rows).where(_is(moved, mine)).values(contact_id=joining.loser.id)
        if session.execute(back.returning(moved.rows.c.contact_id)).all() or not moved.same:
            return
    if "met" in row.before:
        _unfold(session, moved, row)
    try:
        with session.begin_nested():
            session.execute(insert(moved.rows).values(before))
    except IntegrityError:
        pass  # its list, its tag or its date is gone, or it is there again


def _fold(session: Session, moved: Moved, joining: Joining, row: Values, met: Values) -> None:
    session.execute(delete(moved.rows).where(_is(moved, row)))
    new = moved.fold(met, row) if moved.fold else {}
    changed = {name: value for name, value in new.items() if met[name] != value}
    if changed:
        session.execute(update(moved.rows).where(_is(moved, met)).values(changed))
    before = {
        "row": row,
        "met": _plain(_key(moved, met)),
        "was": _plain({name: met[name] for name in changed}),
        "became": _plain(changed),
    }
    note(session, joining.merge, moved.rows.name, _key(moved, row), MergeAction.FOLDED, before)


def _unfold(session: Session, moved: Moved, row: MergeRow) -> None:
    was, became = (_revived(moved, row.before[name]) for name in ("was", "became"))
    if was:
        untouched = [moved.rows.c[name].is_not_distinct_from(value) for name, value in became.items()]
        mine = _is(moved, _revived(moved, row.before["met"]))
        session.execute(update(moved.rows).where(mine, *untouched).values(was))


def _rows_of(session: Session, moved: Moved, contact_id: ContactId) -> list[Values]:
    query = select(moved.rows).where(moved.rows.c.contact_id == contact_id)
    keys = list(moved.rows.primary_key)
    return [dict(row._mapping) for row in session.execute(query.order_by(*keys).with_for_update())]


def _key(moved: Moved, row: Values) -> Values:
    return {column.name: row[column.name] for column in moved.rows.primary_key}


def _is(moved: Moved, row: Values) -> Any:
    return and_(*(column == row[column.name] for column in moved.rows.primary_key))


def _plain(row: Mapping[str, Any]) -> Values:
    """As JSON keeps it."""
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _revived(moved: Moved, row: Mapping[str, Any]) -> Values:
    return {name: revived(moved.table, name, value) for name, value in row.items()}


def revived(table: type[Any], name: str, value: Any) -> Any:
    """A value of a column, as JSON kept it."""
    if value is None:
        return None
    kind = inspect(table).local_table.c[name].type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
