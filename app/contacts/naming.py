"""Names, compared as people do: case, accents and hyphens aside. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from app.contacts.first_names import FIRST_NAMES
from app.french.folding import without_accents
from app.french.invisible import without_invisible

T = TypeVar("T")

_TITLES = r"(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|dr)\b\.?"
_TITLE = re.compile(rf"^\s*(?:{_TITLES}(?:\s*(?:et|&|/|\+)\s*{_TITLES})?|famille)\s+(?=\S)", re.IGNORECASE)
_NOBODY = frozenset(
    (
        *("n a", "n c", "nc", "inconnu", "inconnue", "neant", "aucun", "aucune", "non renseigne", "non renseignee"),
        *("x", "xx", "xxx", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "m et mme"),
    )
)
_REST = re.compile(r"[^\w]+|_+")
NAME_KEY_CHARACTERS = 80
SORT_KEY_CHARACTERS = 170
TWIN_KEY_CHARACTERS = 240
TOWN_KEY_CHARACTERS = 80


KEPT_CHARACTERS = 60
"""What is longer is worked out each time: a cell may hold 100,000, and whatever is kept is kept for months."""


def fold(text: str) -> str:
    """« Jean-François  LÉVÊQUE » -> "jean francois leveque": what two spellings of one name share."""
    return _kept(text) if len(text) <= KEPT_CHARACTERS else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(_REST.split(text.lower())).strip()
    letters = without_accents(unicodedata.normalize("NFKD", text.casefold()))
    return " ".join(_REST.split(letters)).strip()


_kept = lru_cache(maxsize=20_000)(_fold)


def name_key(first_name: str) -> str:
    """What tells two people of one phone apart."""
    return fold(first_name)[:NAME_KEY_CHARACTERS]


def sort_key(last_name: str, first_name: str) -> str:
    """« nom prénom » for order and search."""
    return f"{fold(last_name)} {fold(first_name)}".strip()[:SORT_KEY_CHARACTERS]


def town_key(town: str) -> str:
    """A town as rules compare it."""
    return fold(town)[:TOWN_KEY_CHARACTERS]


def email_key(email: str) -> str:
    """What two spellings of one address share."""
    return email.strip().lower()


def search_keys(card: Mapping[str, Any]) -> dict[str, str]:
    """{column: key} of what a card is looked up by, for those of its fields that are there.

    Whoever writes fields writes these beside them. A name's two fields come together; ``name_key``, which tells people
    of one phone apart, is not among them.
    """
    keys = {name: key(card[of]) for name, (of, key) in _SEARCH_KEYS.items() if of in card}
    if "last_name" in card:
        keys["sort_key"] = sort_key(card["last_name"], card["first_name"])
    return keys


_SEARCH_KEYS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "email_key": ("email", email_key),
    "town_key": ("town", town_key),
}


def recognise(people: Mapping[str, T], key: str) -> T | None:
    """Among the people of one phone, by name key and oldest first, whom ``key`` speaks of; None for somebody new.

    A nameless contact is whoever comes with a name; somebody without a name is the phone's oldest contact.
    """
    if key in people or not people:
        return people.get(key)
    return people.get("") if key else next(iter(people.values()))


def tidy(text: str) -> str:
    """One line of composed accents, without outer or double spaces, blanks of no width, nor what a database refuses."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", without_invisible(text))
    return " ".join(text.replace("\0", "").split())


def is_no_name(text: str) -> bool:
    """Whether the words stand for a name that nobody knew: « N/A », « ? », « inconnu », a title alone."""
    key = fold(text)
    return not key or key in _NOBODY


def twin_key(name: str) -> str:
    """What two spellings of one list's or tag's name share: case, how accents are composed, signs without width."""
    if name.isascii():
        return tidy(name).lower()[:TWIN_KEY_CHARACTERS]
    visible = "".join(
        character
        for character in name
        if unicodedata.category(character) != "Cf" and not "\ufe00" <= character <= "\ufe0f"
    )
    return tidy(unicodedata.normalize("NFC", visible).casefold())[:TWIN_KEY_CHARACTERS]


def speaks_of(full: str, *, first_name: str, last_name: str) -> bool:
    """Whether a name typed in one field is that of a card on the same phone: « Anne-Marie Roy » is not Anne's.

    The whole name says it where the family name is the card's, in either order; else the words that begin it. A card
    without a first name is whoever comes, as ``recognise`` has it.
    """
    full = _TITLE.sub("", full)
    first, last, whole = name_key(first_name), fold(last_name), fold(full)
    if not first or whole in (f"{first} {last}".strip(), f"{last} {first}".strip()):
        return True
    if last and (whole.endswith(f" {last}") or whole.startswith(f"{last} ")):
        return False
    words = full.split()
    return any(name_key(" ".join(words[:count])) == first for count in range(1, len(words) + 1))


def split_name(full: str) -> tuple[str, str]:
    """« Mme Jeanne DE LA TOUR », « DE LA TOUR Jeanne » or « De La Tour, Jeanne » -> ("Jeanne", "DE LA TOUR").

    Letters stay as written. Capitals tell the family name, then a comma, then a common first name at
    the end; else the first word is the first name.
    """
    if is_no_name(full):
        return "", ""
    last, comma, first = full.partition(",")
    if comma:
        return tidy(first), tidy(_TITLE.sub("", last))
    words = tidy(_TITLE.sub("", full)).split()
    if len(words) == 1 and _TITLE.match(full):
        return "", words[0]
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    if len(words) > 1 and _is_first_name(words[-1]) and not _is_first_name(words[0]):
        return words[-1], " ".join(words[:-1])
    return " ".join(words[:1]), " ".join(words[1:])


def _is_first_name(word: str) -> bool:
    """Whether it is a common first name, or made of two: « Jean-Pierre »."""
    return all(part in FIRST_NAMES for part in fold(word).split() or [""])
