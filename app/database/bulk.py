"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import repeat
from typing import Any, cast

from sqlalchemy import Dialect, Table, column, func, insert, select, table, text, update
from sqlalchemy.orm import Session

from app.database.tables import Base

_GIVEN = table("sqlite_sequence", column("name"), column("seq"))
"""The last id of each table whose ids SQLite never gives again."""
FEW = 64
"""Rows that are not worth a COPY."""
_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write_rows(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    names: Sequence[str],
    missing: bool = False,
    **same: Any,
) -> int:
    """Insert a row for each of the ``rows``: its values of ``names``, and those that are the ``same`` for all.

    Other columns take the database's default, never the model's. ``missing``: but those that a row of the same unique
    columns forestalls; else there is none, or it is an error. How many were written.
    """
    if not rows:
        return 0
    session.flush()  # plain statements: they see what is written, not what is pending
    connection, made = session.connection(), cast(Table, table.__table__)
    spelt = ", ".join((*names, *same))
    conflict = "ON CONFLICT DO NOTHING" if missing else ""
    if connection.dialect.name == "sqlite":
        columns = _columns(rows, names, same, lambda name, column: _bound(made, connection.dialect, name, column))
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {made.name} ({spelt}) VALUES ({places}) {conflict}"  # noqa: S608 - names of ours
        return connection.exec_driver_sql(statement, [*zip(*columns, strict=True)]).rowcount
    if missing or len(rows) < FEW:  # COPY knows no conflict, and takes three turns with the server for one
        statement, told = _insert(connection.dialect, made, rows, names, same, "the_rows")
        return connection.exec_driver_sql(f"{statement} {conflict}", told).rowcount
    lines = map("\t".join, zip(*_columns(rows, names, same, _copied), strict=True))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {made.name} ({spelt}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")
    return len(rows)


def update_rows(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, names: Sequence[str]
) -> None:
    """Give each row of the ``rows``, found by its ``id``, its values of ``names``: one statement, whatever they are.

    What the session holds of these rows stays as it was read.
    """
    if not rows:
        return
    session.flush()
    connection, made = session.connection(), cast(Table, table.__table__)
    if connection.dialect.name == "sqlite":
        spelt = ", ".join(f"{name} = ?" for name in names)
        columns = _columns(
            rows, (*names, "id"), {}, lambda name, column: _bound(made, connection.dialect, name, column)
        )
        statement = f"UPDATE {made.name} SET {spelt} WHERE id = ?"  # noqa: S608 - names of ours
        connection.exec_driver_sql(statement, [*zip(*columns, strict=True)])
        return
    statement, told = _update(connection.dialect, made, rows, names, "the_rows")
    connection.exec_driver_sql(statement, told)


class Together:
    """Rows of several tables, a few hundred at most, in one statement on PostgreSQL: each is a turn with its server.

    They are noted, then written by ``write``; none of them reads what another one writes.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._noted: list[tuple[bool, type[Base], Sequence[Mapping[str, Any]], Sequence[str]]] = []

    def insert(self, table: type[Base], rows: Sequence[Mapping[str, Any]], *, names: Sequence[str]) -> None:
        """As ``write_rows``."""
        self._noted += [(True, table, rows, names)] if rows else []

    def update(self, table: type[Base], rows: Sequence[Mapping[str, Any]], *, names: Sequence[str]) -> None:
        """As ``update_rows``; no row twice."""
        self._noted += [(False, table, rows, names)] if rows else []

    def write(self) -> None:
        """All that was noted since the last time."""
        noted, self._noted = self._noted, []
        if not noted:
            return
        self._session.flush()
        connection = self._session.connection()
        if connection.dialect.name == "sqlite":
            for is_new, table, rows, names in noted:
                (write_rows if is_new else update_rows)(self._session, table, rows, names=names)
            return
        statements: list[str] = []
        told: dict[str, Any] = {}
        for at, (is_new, table, rows, names) in enumerate(noted):
            made, place = cast(Table, table.__table__), f"rows_{at}"
            each = _insert(connection.dialect, made, rows, names, {}, place) if is_new else None
            statement, words = each or _update(connection.dialect, made, rows, names, place)
            statements.append(statement)
            told |= words
        *before, last = statements
        beside = ", ".join(f"part_{at} AS ({each})" for at, each in enumerate(before))
        connection.exec_driver_sql(f"WITH {beside} {last}" if before else last, told)


def _insert(
    dialect: Dialect, made: Table, rows: Sequence[Mapping[str, Any]], names: Sequence[str], same: Mapping[str, Any],
    place: str,
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """PostgreSQL's statement and its parameters, the rows by the name of ``place``."""
    told = json.dumps([{name: row[name] for name in names} for row in rows], default=str)
    kinds = {name: made.c[name].type.compile(dialect) for name in same}
    spelt = ", ".join((*names, *same))
    found = ", ".join((*names, *(f"CAST(%({name})s AS {kind})" for name, kind in kinds.items())))
    found = f"SELECT {found} FROM json_populate_recordset(NULL::{made.name}, %({place})s)"  # noqa: S608 - names of ours
    alike = {name: _bound(made, dialect, name, [value])[0] for name, value in same.items()}
    return f"INSERT INTO {made.name} ({spelt}) {found}", {**alike, place: told}


def _update(
    dialect: Dialect, made: Table, rows: Sequence[Mapping[str, Any]], names: Sequence[str], place: str
) -> tuple[str, dict[str, Any]]:
    spelt = ", ".join(f"{name} = told.{name}" for name in names)
    given = ", ".join(f"{name} {made.c[name].type.compile(dialect)}" for name in ("id", *names))
    told = json.dumps([{name: row[name] for name in ("id", *names)} for row in rows], default=str)
    found = f"json_to_recordset(%({place})s) AS told({given}) WHERE {made.name}.id = told.id"
    return f"UPDATE {made.name} SET {spelt} FROM {found}", {place: told}  # noqa: S608 - names of ours


def reserve_ids(session: Session, table: type[Base], count: int) -> Sequence[int]:
    """So many ids, rising, that nobody else takes, to be written before this transaction ends.

    Of a table whose ids are never given again, none that was anybody's.
    """
    made = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "sqlite":  # which has one writer
        last = session.scalar(select(func.max(made.c.id))) or 0
        if made.dialect_options["sqlite"]["autoincrement"]:
            last = _count_on(session, made.name, last, count)
        return range(last + 1, last + 1 + count)
    statement = f"SELECT nextval('{made.name}_id_seq') FROM generate_series(1, :count)"  # noqa: S608 - a name of ours
    return sorted(session.scalars(text(statement), {"count": count}))


def _count_on(session: Session, name: str, last: int, count: int) -> int:
    """The last id that SQLite ever gave in a table, ``last`` at least; the next ``count`` are given from now on."""
    mine = _GIVEN.c.name == name
    given = session.scalar(select(_GIVEN.c.seq).where(mine))
    if given is None:  # a table that never had a row
        session.execute(insert(_GIVEN).values(name=name, seq=last + count))
        return last
    last = max(last, given)
    session.execute(update(_GIVEN).where(mine).values(seq=last + count))
    return last


def _columns(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    same: Mapping[str, Any],
    read: Callable[[str, list[Any]], Sequence[Any]],
) -> list[Iterable[Any]]:
    """The values as ``read`` makes them, by column; what all rows share is made once."""
    differing = [read(name, [row[name] for row in rows]) for name in names]
    return [*differing, *(repeat(read(name, [value])[0], len(rows)) for name, value in same.items())]


def _bound(table: Table, dialect: Dialect, name: str, column: list[Any]) -> Sequence[Any]:
    """As SQLite's driver takes them."""
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return column
    if isinstance(column[0], datetime | Enum | bool):  # few values, each many times
        made = {value: process(value) for value in set(column)}
        return [made[value] for value in column]
    return [*map(process, column)]


def _copied(_name: str, column: list[Any]) -> Sequence[str]:
    """As PostgreSQL's COPY reads them."""
    if set(map(type, column)) == {str}:
        words = "".join(column)
        if not any(sign in words for sign in "\\\t\n\r"):
            return column  # nearly all of them
    return [*map(_copied_value, column)]


def _copied_value(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, datetime):
        return value.isoformat()
    return (str(value) if isinstance(value, str | int) else json.dumps(value)).translate(_ESCAPED)
