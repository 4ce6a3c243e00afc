"""The values of conditions, read as people and programs give them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.audiences.operators import Takes
from app.audiences.rules import Fault, Near, Value
from app.contacts.naming import tidy
from app.french.language import _

MAX_TEXT = 200
"""Characters at most of a text to compare with."""
MAX_DAYS = 36_500
MAX_KM = 1_000
MAX_CHOICES = 100
MAX_NUMBER = 10.0**12
GONE = "†"
"""Stands before the name of a list, tag or segment that was removed, where a rule held its id."""
SURROGATES = range(0xD800, 0xE000)
"""Halves of characters, which no database keeps."""


@dataclass(frozen=True)
class Choice:
    """One value of a closed list: what a rule holds (an id or a code) and what people read."""

    value: str | int
    label: str
    also: tuple[str, ...] = ()
    """Other ways to type it."""
    fault: str = ""
    """Why it cannot be chosen, where it cannot: a segment that is itself to be mended."""


@dataclass(frozen=True)
class Limits:
    """What a value may be beside one field."""

    min: float = -MAX_NUMBER
    max: float = MAX_NUMBER
    choices: Mapping[str | int, Choice] = field(default_factory=dict)
    """By value, for a closed list."""
    find_choice: Callable[[str], Choice | None] = lambda _typed: None
    """A choice by its label however spelt."""
    find_postcode: Callable[[str], str | None] = lambda _typed: None
    """The code of a known place, by its code or the name of its town."""


def read_value(takes: Takes, value: object, limits: Limits) -> Value:
    """What a rule holds of a value as people and programs give it. Raises Fault with the way to mend it."""
    if takes is Takes.NOTHING:
        if value is not None:
            raise Fault("value", _("Cette condition ne prend pas de valeur : retirez-la."))
        return None
    if _is_blank(value):
        raise Fault("value", _("Donnez une valeur : une condition sans valeur ne choisit personne."))
    return _READERS[takes](value, limits)


def quoted(value: object) -> str:
    """The beginning of what was given, for a sentence about it; of a list or an object, not what is inside."""
    return str(value)[:60] if isinstance(value, str | int | float) else "…"


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not tidy(value)
    return value is None or (isinstance(value, list | tuple | dict) and not value)


def _text(value: object, _limits: Limits) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Fault("value", _("Écrivez un texte."))
    text = tidy(value)
    if any(ord(character) in SURROGATES for character in text):
        raise Fault("value", _("Un signe de ce texte n'est pas lisible."))
    if len(text) > MAX_TEXT:
        raise Fault("value", _("C'est trop long : %(n)s signes au plus.", n=MAX_TEXT))
    return text


def _number(value: object, limits: Limits) -> int | float:
    if isinstance(value, str):
        value = _typed_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault("value", _("Écrivez un nombre."))
    if not limits.min <= value <= limits.max:  # nor NaN
        low, high = int(limits.min), int(limits.max)
        raise Fault("value", _("Écrivez un nombre entre %(low)s et %(high)s.", low=low, high=high))
    return int(value) if value == int(value) else value


def _typed_number(typed: str) -> float | None:
    try:
        return float("".join(typed.split()).replace(",", "."))
    except ValueError:
        return None


def _range(value: object, limits: Limits) -> Value:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Fault("value", _("Donnez deux nombres : le plus petit et le plus grand."))
    low, high = (_number(one, limits) for one in value)
    if low > high:
        raise Fault("value", _("Le premier nombre est plus grand que le second : échangez-les."))
    return low, high


def _day(value: object, _limits: Limits) -> Value:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise Fault("value", _("Écrivez une date comme 2026-03-14."))
    return day


def _days(value: object, _limits: Limits) -> Value:
    return _whole(value, MAX_DAYS, _("Écrivez un nombre de jours, de 1 à %(n)s.", n=MAX_DAYS))


def _whole(value: object, max: int, sentence: str) -> int:
    try:
        found = _number(value, Limits(min=1, max=max))
    except Fault:
        raise Fault("value", sentence) from None
    if not isinstance(found, int):
        raise Fault("value", sentence)
    return found


def _choice(value: object, limits: Limits) -> str | int:
    if isinstance(value, str) and value.startswith(GONE):
        raise Fault("value", _("« %(name)s » n'existe plus : choisissez autre chose.", name=quoted(value[1:])))
    found = None
    if isinstance(value, str | int) and not isinstance(value, bool):
        found = limits.choices.get(value)
    if found is None and isinstance(value, str):
        found = limits.find_choice(value)
    if found is not None:
        if found.fault:
            raise Fault("value", found.fault)
        return found.value
    raise Fault("value", _("« %(value)s » n'existe pas, ou plus : choisissez dans la liste.", value=quoted(value)))


def _one_choice(value: object, limits: Limits) -> Value:
    return _choice(value, limits)


def _choices(value: object, limits: Limits) -> Value:
    several: Sequence[object] = value if isinstance(value, list | tuple) else [value]
    if len(several) > MAX_CHOICES:
        raise Fault("value", _("C'est trop : %(n)s choix au plus.", n=MAX_CHOICES))
    if any(_is_blank(one) for one in several):
        raise Fault("value", _("Un des choix est vide : retirez-le."))
    return in_order({_choice(one, limits) for one in several}, limits)


def in_order(values: set[str | int], limits: Limits) -> tuple[str | int, ...]:
    """The values of a choice in the order of its list; what is no longer there comes last."""
    places = {value: place for place, value in enumerate(limits.choices)}
    return tuple(sorted(values, key=lambda one: (places.get(one, len(places)), str(one))))


def _near(value: object, limits: Limits) -> Value:
    if not isinstance(value, dict) or value.keys() != {"of", "km"}:
        raise Fault("value", _("Donnez un code postal et une distance : {« of » : « 80000 », « km » : 10}."))
    km = _whole(value["km"], MAX_KM, _("Écrivez une distance en kilomètres, de 1 à %(n)s.", n=MAX_KM))
    code = limits.find_postcode(quoted(value["of"]))
    if code is None:
        sentence = _("Nous ne savons pas où est « %(place)s » : écrivez un code postal.", place=quoted(value["of"]))
        raise Fault("value", sentence)
    return Near(code, km)


_READERS: Mapping[Takes, Callable[[object, Limits], Value]] = {
    Takes.TEXT: _text,
    Takes.NUMBER: _number,
    Takes.RANGE: _range,
    Takes.DAY: _day,
    Takes.DAYS: _days,
    Takes.CHOICE: _one_choice,
    Takes.CHOICES: _choices,
    Takes.NEAR: _near,
}
