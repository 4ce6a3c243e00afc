"""Chance, for the weather and for the names of things; nothing here guards anything.

Asking the system for each number gives up the interpreter each time: under load, that alone halved the sending.
"""

import random

_dice = random.Random()  # noqa: S311 - seeded by the system at start, and no secret depends on it


def draw() -> float:
    """A number in [0, 1)."""
    return _dice.random()


def new_sid() -> str:
    """A message's name, as Twilio gives them."""
    return f"SM{_dice.getrandbits(128):032x}"
