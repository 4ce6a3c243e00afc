"""Whether two first names at one phone are one person's, badly typed once, or two people's. Pure.

A household shares a phone and a family name: « Louis » and « Louise », « Léo » and « Léa » stay two. What people do
while typing (two letters swapped, a letter doubled or not) is a slip; any other letter counts as one only where one of
the names is common and the other unknown, inside the word, for its ends tell brothers from sisters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.contacts.first_names import FIRST_NAMES
from app.contacts.naming import fold

MIN_SLIP_LETTERS = 4
MIN_LETTERS = 5
MAX_EDITS = 2
_WORDS = """
alexia alina alma amelia angela angelina ania anita anouk assia aurelien aya clara clea dalila dana darina
eddy elena elia eliane elias eliot elisa eliza ella elsa emily emy enzo erik erika ethan eve fadila farid
farida fatma felicia gabriela hana hanna hannah helena ilan ilyes irene isa ismael jana janine jeannette joan
joana johan johanna jules julia kenza laila lana lara layla leila lena lila lili lilia lilian lilou lina linda
lisa lise loic lola lorena lorene louisa luca lucia luna lya lyna mael maelle malek malik maria mariam mariama
marika marise martina maryam maya melina melissa mia mila milo mina mona naima nawel nina noa noah noe nolan
nora nour oceane rachid rachida rayan rita rosa rosine safia salma sami samira selma sofia sofiane sonia tania
tina tony valentina valentine victoria yanis yasmin yasmina yoann yohan youssef zahra zoran
"""
_KNOWN = FIRST_NAMES | frozenset(_WORDS.split())

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """How somebody at a phone is known, or what a row says of them; ``who`` is for the caller."""

    who: T
    first_name: str
    last_name: str = ""
    email: str = ""


def mended(people: Iterable[Said[T]], said: Said[Any]) -> T | None:
    """Whom of one phone a first name speaks of that is none of theirs; None for somebody new."""
    return next((one.who for one in people if is_same(one, said)), None)


def is_same(one: Said[Any], said: Said[Any]) -> bool:
    """Whether they share their family name, and their first names differ by a slip.

    The same e-mail lets them differ by two letters anywhere, unless both are people's names.
    """
    before, after = fold(one.first_name), fold(said.first_name)
    if not before or not after or before == after or fold(one.last_name) != fold(said.last_name):
        return False
    known = [name_is_known(name) for name in (before, after)]
    if all(known):
        return False
    if _is_slip(before, after):
        return True
    if one.email and one.email.casefold() == said.email.casefold():
        return edits(before, after) <= MAX_EDITS
    return any(known) and min(len(before), len(after)) >= MIN_LETTERS and _differ_inside(before, after)


def keeps_its_name(before: str, after: str) -> bool:
    """Whether the name known so far is the well typed one of the two."""
    return name_is_known(fold(before)) and not name_is_known(fold(after))


def name_is_known(folded: str) -> bool:
    """Whether it is a common first name, or made of two."""
    return bool(folded) and all(part in _KNOWN for part in folded.split())


def are_close(one: str, other: str) -> bool:
    """Whether a person should look at two first names of one phone: near, or one begins as the other."""
    first, second = sorted((fold(one), fold(other)), key=len)
    return not first or second.startswith(first) or edits(first, second) <= MAX_EDITS


def edits(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap with their neighbour; ``MAX_EDITS`` + 1 for any more."""
    if abs(len(one) - len(other)) > MAX_EDITS:
        return MAX_EDITS + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        above, before = before, row
        row = [at + 1]
        for place, faced in enumerate(other):
            cost = min(before[place + 1] + 1, row[place] + 1, before[place] + (letter != faced))
            if at and place and letter == other[place - 1] and faced == one[at - 1]:
                cost = min(cost, above[place - 1] + 1)
            row.append(cost)
    return min(row[-1], MAX_EDITS + 1)


def _is_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < MIN_SLIP_LETTERS:
        return False
    if len(one) == len(other):
        return _are_swapped(one, other)
    short, long = sorted((one, other), key=len)
    doubled = (at for at in range(1, len(long)) if long[at] == long[at - 1])
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in doubled)


def _are_swapped(one: str, other: str) -> bool:
    unlike = [at for at, (first, second) in enumerate(zip(one, other, strict=True)) if first != second]
    if len(unlike) != 2 or unlike[1] != unlike[0] + 1:
        return False
    at = unlike[0]
    return one[at] == other[at + 1] and one[at + 1] == other[at]


def _differ_inside(one: str, other: str) -> bool:
    return edits(one, other) == 1 and one[0] == other[0] and one[-2:] == other[-2:]
