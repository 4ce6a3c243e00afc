"""Names, compared as people do: case, accents and hyphens aside. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_REST = re.compile(r"[^\w]+|_+")
NAME_KEY_SIGNS = 80
SORT_KEY_SIGNS = 170


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """« Jean-François  LÉVÊQUE » -> "jean francois leveque": what two spellings of one name share."""
    if text.isascii():
        return " ".join(_REST.split(text.lower())).strip()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_REST.split(letters)).strip()


def name_key(first_name: str) -> str:
    """What tells two people of one phone apart."""
    return fold(first_name)[:NAME_KEY_SIGNS]


def sort_key(last_name: str, first_name: str) -> str:
    """« nom prénom » for order and search."""
    return f"{fold(last_name)} {fold(first_name)}".strip()[:SORT_KEY_SIGNS]


def recognise(people: Mapping[str, T], key: str) -> T | None:
    """Among the people of one phone, by name key and oldest first, whom ``key`` speaks of; None for somebody new.

    A nameless contact is whoever comes with a name; somebody without a name is the phone's oldest contact.
    """
    if key in people or not people:
        return people.get(key)
    return people.get("") if key else next(iter(people.values()))


def tidy(text: str) -> str:
    """One line, without outer or double spaces, nor signs that a database refuses."""
    return " ".join(text.replace("\0", "").split())
