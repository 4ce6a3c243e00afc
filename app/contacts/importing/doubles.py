"""Rows of one file that are the same person: one contact, who has what each of them says. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.contacts import rules
from app.contacts.fields import Kind, of_kinds
from app.contacts.importing.columns import LABELS
from app.contacts.importing.entries import Entry, Skipped, declines, skipped
from app.contacts.naming import fold, recognise
from app.contacts.pairs.likeness import Said, keeps_its_name, mended
from app.errors import RuleBroken
from app.french.language import _

_SUMS = {field.name for field in of_kinds(Kind.SEVERAL)}
"""What two rows say of it holds together."""


def without_doubles(steps: Sequence[Entry | Skipped], *, now: datetime) -> list[Entry | Skipped]:
    """Leave the first row of each person, completed by the others.

    A row without first name is whoever has its number elsewhere in the file. A child's row that will be refused makes
    a double of nobody. A no to sales holds for every row of its phone.
    """
    _hold_declined(steps)
    rows = Counter(step.phone for step in steps if isinstance(step, Entry))
    named: dict[str, Entry] = {}
    for step in steps:
        if isinstance(step, Entry) and step.name_key and rows[step.phone] > 1:
            before = named.get(step.phone)
            if before is None or (_is_of_age(step.values, now) and not _is_of_age(before.values, now)):
                named[step.phone] = step
    seen: dict[tuple[str, str], Entry] = {}
    people: dict[str, list[Said[Entry]]] = {}
    left: list[Entry | Skipped] = []
    for step in steps:
        if isinstance(step, Skipped) or rows[step.phone] == 1:  # nearly all: nobody's double
            left.append(step)
            continue
        key = (step.phone, step.name_key)
        if step.name_key and key not in seen:
            said = _said(step)
            if (same := mended(people.get(step.phone, ()), said)) is None:
                people.setdefault(step.phone, []).append(said)
            else:
                seen[key] = same
                _name_better(same, step)
        first = (None if step.name_key else named.get(step.phone)) or seen.setdefault(key, step)
        if first is step:
            left.append(step)
        elif _is_of_age({**step.values, **first.values}, now):
            sentence = _("Déjà à la ligne %(number)s : même numéro et même prénom.", number=first.number)
            left.append(_merge(first, step, sentence))
        else:
            if not _is_of_age(first.values, now):
                seen[key] = step
            left.append(step)
    return left


def _hold_declined(steps: Sequence[Entry | Skipped]) -> None:
    declined = {step.phone for step in steps if declines(step)}
    for step in steps:
        if isinstance(step, Entry) and step.agreed and step.phone in declined:
            step.agreed = ""


def together(
    entries: Sequence[Entry], told: Sequence[Entry], known: Mapping[str, Mapping[str, Any]], *, now: datetime
) -> tuple[Sequence[Entry], list[Skipped]]:
    """The rows, those of somebody merged into another ``told`` of the other: each added to an earlier row of theirs.

    ``known`` are people by phone and name key. Second come the doubles that this makes.
    """
    if all(one is other for one, other in zip(entries, told, strict=True)):
        return told, []
    left: dict[int, Entry] = {}
    doubles: list[Skipped] = []
    first: dict[int, tuple[int, bool]] = {}
    for at, (entry, one) in enumerate(zip(entries, told, strict=True)):
        who, is_led = recognise(known.get(one.phone, {}), one.name_key), one is not entry
        at_first, was_led = first.setdefault(who["id"], (at, is_led)) if who and "id" in who else (at, is_led)
        if at_first != at and (is_led or was_led):
            before = replace(left[at_first])  # the plan's own stays as it is: the batch may be begun again
            if (double := _added(before, one, now=now)) is not None:
                left[at_first] = before
                doubles.append(double)
                continue
        left[at] = one
    return list(left.values()), doubles


def _added(first: Entry, step: Entry, *, now: datetime) -> Skipped | None:
    """Give ``first`` what a row of the same person says, whose cards were merged; None for a child's own phone."""
    if not _is_of_age({**step.values, **first.values}, now):
        return None
    sentence = _("Déjà à la ligne %(number)s : la même personne, dont les fiches sont réunies.", number=first.number)
    return _merge(first, step, sentence)


def _said(entry: Entry) -> Said[Entry]:
    values = entry.values
    return Said(entry, values.get("first_name", ""), values.get("last_name", ""), values.get("email", ""))


def _name_better(first: Entry, step: Entry) -> None:
    """Give the first row the better typed of two spellings of its first name."""
    if keeps_its_name(step.values["first_name"], first.values["first_name"]):
        first.values["first_name"], first.name_key = step.values["first_name"], step.name_key


def _is_of_age(values: dict[str, object], now: datetime) -> bool:
    """Whether the phone is not a child's own, as far as the file tells."""
    year = values.get("birth_year")
    try:
        rules.check_age(
            year if isinstance(year, int) else None, phone_is_parents=bool(values.get("phone_is_parents")), now=now
        )
    except RuleBroken:
        return False
    return True


def _merge(first: Entry, step: Entry, reason: str) -> Skipped:
    """Give ``first`` what only ``step`` says, free times together, and tell so after the double's reason."""
    differing = [
        LABELS[name]
        for name, value in step.values.items()
        if name in first.values and name not in _SUMS and fold(str(first.values[name])) != fold(str(value))
    ]
    before = (dict(first.values), dict(first.custom), first.tags, first.skills)
    sums = {name: step.values[name] | first.values[name] for name in _SUMS & step.values.keys() & first.values.keys()}
    first.values = {**step.values, **first.values, **sums}
    first.custom = {**step.custom, **first.custom}
    first.tags = _together(first.tags, step.tags)
    first.skills = _together(first.skills, step.skills)
    first.agreed = step.agreed if first.agreed is None else first.agreed
    if before != (first.values, first.custom, first.tags, first.skills):
        reason += _(" Sa fiche en est complétée.")
    if differing:
        reason += _(" Pour « %(fields)s », la première ligne compte.", fields=" », « ".join(differing))
    return skipped(step, reason, is_duplicate=True)


def _together(first: list[str] | None, more: list[str] | None) -> list[str] | None:
    """What two rows add, each once; None where neither says anything."""
    return None if first is None and more is None else list(dict.fromkeys([*(first or []), *(more or [])]))
