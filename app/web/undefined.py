"""What a template does with a name that nobody gave it."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Undefined


class Loud(Undefined):
    """A name that a template does not know may be tested, and never printed nor looped over in silence.

    What a form or a dictionary lacks is no misspelt name: it is empty.
    """

    __slots__ = ()

    def __str__(self) -> str:
        self._refuse()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._refuse()
        return super().__iter__()

    def _refuse(self) -> None:
        if not isinstance(self._undefined_obj, Mapping):
            self._fail_with_undefined_error()
