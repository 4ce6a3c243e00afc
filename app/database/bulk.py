"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Dialect, Table, func, select, text
from sqlalchemy.orm import Session

from app.database.tables import Base

_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write_rows(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    names: Sequence[str],
    **same: Any,
) -> None:
    """Insert a row for each of the ``rows``: its values of ``names``, and those that are the ``same`` for all.

    Other columns take the database's default, never the model's. It knows no conflict: a row that stands already is
    an error.
    """
    if not rows:
        return
    connection, made = session.connection(), cast(Table, table.__table__)
    columns = {name: [row[name] for row in rows] for name in names}
    columns |= {name: [value] * len(rows) for name, value in same.items()}
    spelt = f"{made.name} ({', '.join(columns)})"
    if connection.dialect.name == "sqlite":
        bound = [_bound(made, connection.dialect, name, column) for name, column in columns.items()]
        statement = f"INSERT INTO {spelt} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of our tables
        connection.exec_driver_sql(statement, [*zip(*bound, strict=True)])
    else:
        driver: Any = connection.connection.driver_connection
        lines = map("\t".join, zip(*map(_copied, columns.values()), strict=True))
        with driver.cursor() as cursor, cursor.copy(f"COPY {spelt} FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")


def reserve_ids(session: Session, table: type[Base], count: int) -> Sequence[int]:
    """So many ids, rising, that nobody else takes, to be written before this transaction ends."""
    made = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "sqlite":  # which has one writer
        first = (session.scalar(select(func.max(made.c.id))) or 0) + 1
        return range(first, first + count)
    statement = f"SELECT nextval('{made.name}_id_seq') FROM generate_series(1, :count)"  # noqa: S608 - a name of ours
    return sorted(session.scalars(text(statement), {"count": count}))


def _bound(table: Table, dialect: Dialect, name: str, column: list[Any]) -> Sequence[Any]:
    """As SQLite's driver takes them."""
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return [*map(process, column)] if process else column


def _copied(column: list[Any]) -> Sequence[str]:
    """As PostgreSQL's COPY reads them."""
    if set(map(type, column)) == {str} and not any(sign in "".join(column) for sign in "\\\t\n\r"):
        return column  # nearly all of them
    return [*map(_copied_value, column)]


def _copied_value(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, datetime):
        return value.isoformat()
    return (str(value) if isinstance(value, str | int) else json.dumps(value)).translate(_ESCAPED)
