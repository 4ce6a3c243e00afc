"""Functions of SQL that the two databases spell otherwise."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Dialect, Float, String, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType


class AsciiLower(FunctionElement[str]):
    """A to Z in lower case and every other sign as it is, whatever the locale."""

    name = "ascii_lower"
    type = String()
    inherit_cache = True


@compiles(AsciiLower, "sqlite")
def _on_sqlite(element: AsciiLower, compiler: SQLCompiler, **words: Any) -> str:
    return f"lower({compiler.process(element.clauses, **words)})"


@compiles(AsciiLower, "postgresql")
def _on_postgresql(element: AsciiLower, compiler: SQLCompiler, **words: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **words)}) COLLATE "C")'


class SecondsBetween(FunctionElement[float]):
    """``seconds_between``."""

    type = Float()
    inherit_cache = True


def seconds_between(since: ColumnElement[Any] | InstrumentedAttribute[Any], until: Any) -> SecondsBetween:
    """How many seconds went by between two columns of instants; NULL where one is."""
    return SecondsBetween(since, until)


@compiles(SecondsBetween, "sqlite")
def _seconds_on_sqlite(element: SecondsBetween, compiler: SQLCompiler, **kw: Any) -> str:
    since, until = (compiler.process(each, **kw) for each in element.clauses)
    return f"((julianday({until}) - julianday({since})) * 86400.0)"


@compiles(SecondsBetween, "postgresql")
def _seconds_on_postgresql(element: SecondsBetween, compiler: SQLCompiler, **kw: Any) -> str:
    since, until = (compiler.process(each, **kw) for each in element.clauses)
    return f"extract(epoch FROM ({until} - {since}))"


class _Words(TypeDecorator[Sequence[str]]):
    """Many words as one parameter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        if dialect.name == "sqlite":
            return json.dumps(value)
        quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in value or ())
        return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


class _Ids(TypeDecorator[Sequence[int]]):
    """Many ids as one parameter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> str:
        told = ",".join(map(str, value or ()))
        return f"[{told}]" if dialect.name == "sqlite" else f"{{{told}}}"


class IsAmong(FunctionElement[bool]):
    """``among``: one parameter, so that one statement is prepared however many words there are."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "IsAmong":  # noqa: ARG002 - SQLAlchemy's own name
        """As it is: « IN (…) = 1 », as SQLite has no booleans, would have it read the whole table."""
        return self


def among(column: ColumnElement[str] | InstrumentedAttribute[Any], words: Iterable[str] | str) -> IsAmong:
    """Whether the column holds one of the words; a name stands for those of a statement prepared for any."""
    told: Any = (
        bindparam(words, type_=_Words())
        if isinstance(words, str)
        else bindparam(None, list(words), _Words(), unique=True)
    )
    return IsAmong(column, told)


def among_ids(column: ColumnElement[Any] | InstrumentedAttribute[Any], ids: Iterable[int] | str) -> IsAmong:
    """Whether the column holds one of the ids; a name stands for those of a statement prepared for any."""
    told: Any = (
        bindparam(ids, type_=_Ids()) if isinstance(ids, str) else bindparam(None, list(ids), _Ids(), unique=True)
    )
    return IsAmong(column, told)


@compiles(IsAmong, "sqlite")
def _among_on_sqlite(element: IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({words}))"  # noqa: S608 - the words are a parameter


@compiles(IsAmong, "postgresql")
def _among_on_postgresql(element: IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(each, **kw) for each in element.clauses)
    kind = "bigint" if isinstance(element.clauses.clauses[1].type, _Ids) else "text"
    # Not = ANY: a table that was just filled is read whole, and each of its rows compared with each of the words.
    return f"{column} IN (SELECT unnest(CAST({words} AS {kind}[])))"
