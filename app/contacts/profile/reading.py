"""What a field's value is, from what somebody typed, and back. Pure: ``read`` of what ``shown`` writes is the same."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.contacts.naming import fold, tidy
from app.contacts.profile.models import FIELD_NAME_CHARACTERS, TEXT_KEY_CHARACTERS, FieldType
from app.errors import RuleBroken
from app.french.language import _

Typed = str | Sequence[str]
"""One value in words, or each of several choices."""
MAX_NUMBER = 10**15
"""A number is smaller, either side of zero."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")


@dataclass(frozen=True)
class Value:
    """A row of ``contact_values`` without its keys."""

    text_key: str = ""
    text: str = ""
    number: float | None = None
    day: date | None = None


def plain(rows: Sequence[Value]) -> list[list[Any]]:
    """The values as JSON keeps them: [text key, text, number, ISO day] each."""
    return [[one.text_key, one.text, one.number, one.day and one.day.isoformat()] for one in rows]


def revived(kept: Iterable[Sequence[Any]]) -> list[Value]:
    """The values that JSON kept."""
    return [Value(key, text, number, day and date.fromisoformat(day)) for key, text, number, day in kept]


def field_name(label: str) -> str:
    """The key of a field by its label, the same for two spellings of it; signs alone are their own key."""
    name = fold(label)[:FIELD_NAME_CHARACTERS] or tidy(label).casefold()[:FIELD_NAME_CHARACTERS]
    return f"{name} (2)" if name == SKILLS else name


SKILLS = "skills"
"""The name of the field that each space has for what people can do; no label is folded to it."""
SKILLS_LABEL = _("Compétences")


def text_key(text: str) -> str:
    """A text as it is compared."""
    return fold(text)[:TEXT_KEY_CHARACTERS]


def read(kind: FieldType, choices: Sequence[str], typed: Typed) -> list[Value]:
    """The rows of what was typed, none for a blank. Raises RuleBroken for what the type cannot hold."""
    if kind is FieldType.CHOICES:
        return _several(choices, _split(typed, choices))
    text = tidy(_one(kind, typed))
    if not text:
        return []
    if kind is FieldType.NUMBER:
        return [Value(number=read_number(text))]
    if kind is FieldType.DATE:
        return [Value(day=read_day(text))]
    if kind is FieldType.CHOICE:
        return _several(choices, [text])
    return [Value(text_key(text), text)]


def _one(kind: FieldType, typed: Typed) -> str:
    """What is typed, as one value. Raises RuleBroken for several where there is room for one."""
    if isinstance(typed, str):
        return typed
    if kind is FieldType.TEXT:
        return ", ".join(typed)
    if len(typed) > 1:
        raise RuleBroken("value_several", _("Une seule valeur à la fois, et vous en donnez %(n)s.", n=len(typed)))
    return next(iter(typed), "")


def split_skills(typed: str) -> list[str]:
    """« permis B ; cuisine » -> ["permis B", "cuisine"]. Slashes wait for ``parted``."""
    return [text for part in re.split(r"[,;\n]", typed) if fold(text := tidy(part))]


def parted(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """« cuisine / accueil » is two skills, unless one is known by a name with a slash."""
    whole = set(map(fold, known))
    parts = (part for name in names for part in ([name] if fold(name) in whole else name.split("/")))
    return [text for part in parts if fold(text := tidy(part))]


def shown(kind: FieldType, values: Sequence[Value]) -> str:
    """The value as people type it: « 12,5 », « 03/03/2026 », « Bus, Vélo »; "" where nothing is known."""
    if kind is FieldType.NUMBER:
        return "".join(show_number(one.number) for one in values if one.number is not None)
    if kind is FieldType.DATE:
        return "".join(f"{one.day:%d/%m/%Y}" for one in values if one.day is not None)
    return ", ".join(one.text for one in values)


def show_number(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:.9f}".rstrip("0").replace(".", ",")


def read_number(text: str) -> float:
    """« 1 200,5 » -> 1200.5. Raises RuleBroken."""
    plain = _BETWEEN_DIGITS.sub("", text)
    if not _NUMBER.fullmatch(plain) or not math.isfinite(number := float(plain.replace(",", "."))):
        raise RuleBroken(
            "value_no_number", _("« %(value)s » n'est pas un nombre. Écrivez 12 ou 12,5.", value=text[:40])
        )
    return number


def read_day(text: str) -> date:
    """« 2026-03-03 », « 3/3/2026 »; two digits are the last such year by 2069. Raises RuleBroken."""
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _FRENCH.fullmatch(text):
            year = int(found[3])
            year += (1900 if year > 69 else 2000) if len(found[3]) == 2 else 0
            return date(year, int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise RuleBroken(
        "value_no_date", _("« %(value)s » n'est pas une date. Écrivez-la ainsi : 03/02/2026.", value=text[:40])
    )


def _split(typed: Typed, choices: Sequence[str]) -> list[str]:
    if not isinstance(typed, str):
        return [text for one in typed if (text := tidy(one))]
    if fold(typed) in map(fold, choices):
        return [tidy(typed)]
    return [text for part in re.split(r"[,;\n]", typed) if (text := tidy(part))]


def _several(choices: Sequence[str], asked: Iterable[str]) -> list[Value]:
    """In the order of the choices, each once."""
    known = {fold(one): one for one in choices}
    wanted = set()
    for text in asked:
        if fold(text) not in known:
            raise RuleBroken(
                "value_no_choice",
                _("« %(value)s » n'est pas un choix possible : %(choices)s.", value=text[:40], choices=_some(choices)),
            )
        wanted.add(fold(text))
    return [Value(text_key(label), label) for key, label in known.items() if key in wanted]


def _some(choices: Sequence[str]) -> str:
    return ", ".join(choices[:8]) + ("…" if len(choices) > 8 else "")
