"""Rows of one file that are the same person: one contact, who has what each of them says. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from app.contacts import rules
from app.contacts.importing.columns import LABELS
from app.contacts.importing.entries import Entry, Skipped
from app.contacts.naming import fold
from app.contacts.pairs.likeness import Said, keeps_its_name, mended
from app.errors import RuleBroken
from app.french.language import _


def without_doubles(steps: Sequence[Entry | Skipped], *, now: datetime) -> list[Entry | Skipped]:
    """Leave the first row of each person, completed by the others.

    A row without first name is whoever has its number elsewhere in the file. A child's row that will be refused makes
    a double of nobody.
    """
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
            left.append(_merge(first, step))
        else:
            if not _is_of_age(first.values, now):
                seen[key] = step
            left.append(step)
    return left


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


def _merge(first: Entry, step: Entry) -> Skipped:
    """Give ``first`` what only ``step`` says, and tell so in the double's reason."""
    differing = [
        LABELS[name]
        for name, value in step.values.items()
        if name in first.values and fold(str(first.values[name])) != fold(str(value))
    ]
    before = (dict(first.values), dict(first.custom), first.tags, first.skills)
    first.values = {**step.values, **first.values}
    first.custom = {**step.custom, **first.custom}
    first.tags = _together(first.tags, step.tags)
    first.skills = _together(first.skills, step.skills)
    reason = _("Déjà à la ligne %(number)s : même numéro et même prénom.", number=first.number)
    if before != (first.values, first.custom, first.tags, first.skills):
        reason += _(" Sa fiche en est complétée.")
    if differing:
        reason += _(" Pour « %(fields)s », la première ligne compte.", fields=" », « ".join(differing))
    return Skipped(step.number, step.cells, reason, True, step.phone if step.objects else "")


def _together(first: list[str] | None, more: list[str] | None) -> list[str] | None:
    """What two rows add, each once; None where neither says anything."""
    return None if first is None and more is None else list(dict.fromkeys([*(first or []), *(more or [])]))
