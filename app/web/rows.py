"""Numbers of rows as they come from outside: bounded here, for addresses, query strings and forms alike.

A longer one would reach the database, which answers with an error of its own.
"""

import re

from werkzeug.routing import IntegerConverter, Map

DIGITS = 9
LONG_DIGITS = 18
"""Of messages, whose numbers grow longer."""


def read(raw: str, *, digits: int = DIGITS) -> int | None:
    """The number of a row, or None for anything that is none."""
    return int(raw) if re.fullmatch("[1-9][0-9]*", raw) and len(raw) <= digits else None


class Row(IntegerConverter):
    """A row's id in an address. The pattern bounds it: where the converter does, a far id becomes a 405 at times."""

    regex, digits = f"[1-9][0-9]{{0,{DIGITS - 1}}}", DIGITS

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=10**self.digits - 1)


class MessageRow(Row):
    """A message's id."""

    regex, digits = f"[1-9][0-9]{{0,{LONG_DIGITS - 1}}}", LONG_DIGITS


CONVERTERS: dict[str, type[IntegerConverter]] = {"int": Row, "row": Row, "message": MessageRow}
"""For the application's addresses. ``int`` too: no rule can forget the bound."""
