"""Ids by their kind, so that mypy hears two of them swapped in a call. An id comes off its row, or by an address."""

from typing import NewType

SpaceId = NewType("SpaceId", int)

KINDS = tuple(kind for kind in globals().values() if isinstance(kind, NewType))
"""Each is a whole number in the database."""
