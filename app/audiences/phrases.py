"""How each thing that may be asked is said of volunteers, and recognised when somebody types it. Pure.

A field's own phrases, or those of its type, say an operator with a place for its value: « de moins de %(value)s ans ».
Several may stand side by side, parted by « | »: the first is said, all are read.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from app.audiences.fields import SegmentField
from app.audiences.operators import FieldType, Operator, Takes
from app.audiences.rules import Near, Value
from app.audiences.values import Choice
from app.contacts.naming import fold, tidy, twin_key
from app.french.folding import in_place
from app.french.language import _, ngettext

PLACE = "\0"
"""Stands for the value in a phrase: no label can hold it."""
_DATES: Mapping[str, str] = {
    "before": _("dont %(label)s est avant le %(value)s"),
    "after": _("dont %(label)s est après le %(value)s"),
    "within_days": _("dont %(label)s date de moins de %(value)s"),
    "not_within_days": _(
        "dont %(label)s ne date pas de moins de %(value)s (ou n'est pas renseigné)"
        " | dont %(label)s ne date pas de moins de %(value)s"
    ),
}
_OF_TYPE: Mapping[FieldType, Mapping[str, str]] = {
    FieldType.TEXT: {
        "equals": _("dont %(label)s est %(value)s"),
        "contains": _("dont %(label)s contient %(value)s"),
        "starts_with": _("dont %(label)s commence par %(value)s"),
    },
    FieldType.NUMBER: {
        "equals": _("dont %(label)s est %(value)s"),
        "under": _("dont %(label)s est moins de %(value)s | dont %(label)s est sous %(value)s"),
        "over": _("dont %(label)s est plus de %(value)s | dont %(label)s dépasse %(value)s"),
        "between": _("dont %(label)s va de %(value)s | dont %(label)s est entre %(value)s"),
    },
    FieldType.DATE: _DATES,
    FieldType.HISTORY: _DATES,
    FieldType.CHOICE: {
        "equals": _("dont %(label)s est %(value)s"),
        "one_of": _("dont %(label)s est parmi %(value)s"),
    },
    FieldType.CHOICES: {
        "has": _("dont %(label)s comprend %(value)s | dont %(label)s est %(value)s"),
        "has_not": _(
            "dont %(label)s ne comprend pas %(value)s (ou n'est pas renseigné)"
            " | dont %(label)s ne comprend pas %(value)s | dont %(label)s n'est pas %(value)s"
        ),
    },
    FieldType.YES_NO: {"true": _("dont %(label)s est oui"), "false": _("dont %(label)s est non")},
    FieldType.PLACE: {"within_km": _("à moins de %(value)s")},
}
_OF_ALL: Mapping[str, str] = {
    "known": _("dont %(label)s est renseigné"),
    "unknown": _("dont %(label)s n'est pas renseigné"),
}
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_SHOWN_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_SPANS: Mapping[str, int] = {"jour": 1, "semaine": 7, "quinzaine": 15, "mois": 30, "an": 365, "annee": 365}
"""Days in what people say instead of days; whoever types it reads the days before anything uses them."""
_OR = r"(?: ou )"
_NOR = r"(?: ?, ?(?:et |ni )?| ou | ni | et )"
_QUOTED = r"(?:« ?(?:[^»]|»»)+? ?»(?!»)|\"[^\"]+\"|“[^”]+”)"


def phrases_of(field: SegmentField, operator: Operator) -> tuple[str, ...]:
    """The ways to say ``operator`` of this field, the one that is said first; each may hold ``PLACE``."""
    own = field.phrases.get(operator.name)
    typed = _OF_TYPE.get(field.type, {}).get(operator.name) or _OF_ALL.get(operator.name)
    label = _quote(field.label)
    ways = (own or typed or "").replace("%(value)s", PLACE).split("|")
    return tuple(way.strip().replace("%(label)s", label) for way in ways)


def show_value(field: SegmentField, operator: Operator, value: Value) -> str:
    """The value as the sentence writes it; « [choix supprimé] » for what is no longer in its list."""
    if operator.takes in (Takes.CHOICE, Takes.CHOICES):
        between = " ni " if _is_negative(operator) else " ou "
        return between.join(_show_choice(field, one) for one in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, Near):
        return _("%(km)s km de %(place)s", km=value.km, place=value.of)
    if isinstance(value, date):
        return show_date(value)
    if operator.takes is Takes.DAYS and isinstance(value, int):
        return ngettext("%(n)s jour", "%(n)s jours", value)
    if isinstance(value, tuple):
        return _("%(low)s à %(high)s", low=_show_number(value[0]), high=_show_number(value[1]))
    return _quote(value) if isinstance(value, str) else _show_number(value)


def show_date(day: date) -> str:
    """« 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {_SHOWN_MONTHS[day.month - 1]} {day.year}"


def pattern_of(field: SegmentField, operator: Operator, plain: str) -> str:
    """An expression that finds the value where ``PLACE`` stands in ``plain``, a text without case or accents."""
    if operator.takes in (Takes.CHOICE, Takes.CHOICES):
        ways = {_in_place(way) for one in field.choices for way in _ways_of(one)}
        spoken = {way for way in ways if way.replace("»", "»»") in plain}
        labels = sorted(spoken, key=len, reverse=True)
        spelt = "|".join(_spelt(one) for one in labels)
        one = f"(?:{spelt})" if spelt else "(?!)"
        if operator.takes is Takes.CHOICE:
            return one
        return f"{one}(?:{_NOR}{one})*" if _is_negative(operator) else f"{one}(?:(?: ?, ?{one})*{_OR}{one})*"
    return _PATTERNS[operator.takes]


def read_value(field: SegmentField, operator: Operator, typed: str) -> object:
    """What ``typed`` says, as ``fields.Fields.read`` takes it. ``typed`` matched ``pattern_of``."""
    if operator.takes is Takes.CHOICE:
        return _read_choice(field, typed)
    if operator.takes is Takes.CHOICES:
        return _read_choices(field, typed)
    return _READERS[operator.takes](typed)


def _ways_of(choice: Choice) -> tuple[str, ...]:
    """What people may type for a choice: its label, its code (« 80 ») or another spelling."""
    return (choice.label, *((choice.value,) if isinstance(choice.value, str) else ()), *choice.also)


def _is_negative(operator: Operator) -> bool:
    return operator.name in ("has_not", "not_in")


def _in_place(text: str) -> str:
    return in_place(text.replace("’", "'"))


def _spelt(label: str) -> str:
    """A label in our quotes, in those of a keyboard, or bare."""
    ours = rf"« ?{re.escape(label.replace('»', '»»'))} ?»(?!»)"
    return rf"(?:{ours}|[\"“]{re.escape(label)}[\"”]|{_bare(label)})"


def _bare(label: str) -> str:
    """A label without quotes, which must not go on into a longer word."""
    return rf"(?<!\w){re.escape(label)}(?!\w)"


def _quote(text: str) -> str:
    return f"« {text.replace('»', '»»')} »"


def _unquote(typed: str) -> str:
    if typed[:1] in '«"“':
        return typed[1:-1].strip().replace("»»", "»")
    return typed


def _show_choice(field: SegmentField, value: object) -> str:
    choice = field.limits.choices.get(value) if isinstance(value, str | int) else None
    if choice is None:
        return _("[choix supprimé]")
    is_ours = isinstance(choice.value, str) and not (field.shows_labels or field.name.startswith("custom."))
    return choice.label if is_ours else _quote(choice.label)


def _show_number(value: object) -> str:
    return f"{Decimal(repr(value)):f}".replace(".", ",")


def _read_choice(field: SegmentField, typed: str) -> object:
    label = _unquote(typed)
    for alike in (str, twin_key, _in_place, fold):
        for choice in field.choices:
            if alike(choice.label) == alike(label):
                return choice.value
    for choice in field.choices:
        if _in_place(label) in map(_in_place, _ways_of(choice)):
            return choice.value
    return label


def _read_choices(field: SegmentField, typed: str) -> object:
    plain, at, found = _in_place(typed), 0, []
    one = re.compile(pattern_of(field, Operator("one", "", Takes.CHOICE), plain))
    while match := one.match(plain, at):
        found.append(_read_choice(field, typed[match.start() : match.end()]))
        between = re.compile(_NOR).match(plain, match.end())
        at = between.end() if between else len(plain)
    return found


def _read_number(typed: str) -> object:
    return float(typed.replace(",", "."))


def _read_range(typed: str) -> object:
    return [_read_number(one) for one in re.findall(r"-?\d+(?:[.,]\d+)?", typed)]


def _read_day(typed: str) -> object:
    plain = _in_place(typed)
    if match := re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})", plain):
        return f"{match[3]}-{_MONTHS.index(match[2]) + 1:02d}-{int(match[1]):02d}"
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", plain):
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    return typed


def _read_days(typed: str) -> object:
    plain = _in_place(typed)
    count = re.match(r"\d+", plain)
    span = next((days for word, days in _SPANS.items() if re.search(rf"\b{word}s?$", plain)), 1)
    return int(count[0] if count else 1) * span


def _read_near(typed: str) -> object:
    match = re.fullmatch(r"(\d+) ?km (?:(?:autour )?(?:de |d'))?(.+)", typed, re.IGNORECASE)
    return {"of": tidy(_unquote(match[2])), "km": int(match[1])} if match else typed


_NUMBER = r"-?\d+(?:[.,]\d+)?"
_WORD = r"[^\s,()«»\"“”]+"
_TOWN = r"[^\s,()«»]+"
_PATTERNS: Mapping[Takes, str] = {
    Takes.NOTHING: "",
    Takes.TEXT: rf"(?:{_QUOTED}|{_WORD})",
    Takes.NUMBER: _NUMBER,
    Takes.RANGE: rf"{_NUMBER} (?:a|et) {_NUMBER}",
    Takes.DAY: rf"(?:\d{{1,2}}(?:er)? (?:{'|'.join(_MONTHS)}) \d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d\d-\d\d)",
    Takes.DAYS: rf"(?:\d+|un|une) ?(?:{'|'.join(_SPANS)})s?(?!\w)",
    Takes.NEAR: rf"\d+ ?km (?:autour )?(?:de |d')(?:{_QUOTED}|{_TOWN}(?: (?!et |ou |sauf |qui |dont ){_TOWN})*)",
}
_READERS: Mapping[Takes, Callable[[str], object]] = {
    Takes.NOTHING: lambda _typed: None,
    Takes.TEXT: lambda typed: tidy(_unquote(typed)),
    Takes.NUMBER: _read_number,
    Takes.RANGE: _read_range,
    Takes.DAY: _read_day,
    Takes.DAYS: _read_days,
    Takes.NEAR: _read_near,
}
