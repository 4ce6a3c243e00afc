"""Functions of SQL that the two databases spell otherwise."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
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
