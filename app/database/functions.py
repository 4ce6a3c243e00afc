"""Functions of SQL that the two databases spell otherwise."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Dialect, String, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


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


class _Words(TypeDecorator[Sequence[str]]):
    """Many words as one parameter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        if dialect.name == "sqlite":
            return json.dumps(value)
        quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in value or ())
        return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


class IsAmong(FunctionElement[bool]):
    """``among``: one parameter, so that one statement is prepared however many words there are."""

    type = Boolean()
    inherit_cache = True


def among(column: ColumnElement[str] | InstrumentedAttribute[Any], words: Iterable[str]) -> IsAmong:
    """Whether the column holds one of the words."""
    return IsAmong(column, bindparam(None, list(words), type_=_Words(), unique=True))


@compiles(IsAmong, "sqlite")
def _among_on_sqlite(element: IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({words}))"  # noqa: S608 - the words are a parameter


@compiles(IsAmong, "postgresql")
def _among_on_postgresql(element: IsAmong, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(each, **kw) for each in element.clauses)
    # Not = ANY: a table that was just filled is read whole, and each of its rows compared with each of the words.
    return f"{column} IN (SELECT unnest(CAST({words} AS text[])))"
