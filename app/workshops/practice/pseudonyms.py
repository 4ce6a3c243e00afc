"""An association's own list made harmless: each number becomes one that nobody owns, and only first names may stay."""

import re
from collections.abc import Iterable, Sequence

from app.contacts.importing.columns import Columns
from app.contacts.importing.formulas import as_csv, unguarded
from app.contacts.importing.uploads import Upload
from app.contacts.naming import name_key, split_name, tidy
from app.contacts.phone import read_phone, show_phone
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_number
from app.workshops.practice import people as pretend_people

NUMBERS = 10_000
"""As many as fiction has: 06 39 98 00 00 to 06 39 98 99 99."""
HEADER = ("Prénom", "Portable")
MAPPING = {"Prénom": "first_name", "Portable": "phone"}
FILE_NAME = "liste-deguisee.csv"

_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,3}\.?")
_NAME_CHARACTERS = 40
_BAD = {
    "phone_empty": "",
    "phone_too_short": "06 39 98 12",
    "phone_too_long": "06 39 98 00 12 34",
    "phone_scientific": "3,36E+10",
    "phone_landline": "03 53 01 00 42",
}
TO_MEND = (("Paulette", _BAD["phone_landline"]), ("Sofiane", _BAD["phone_too_short"]), ("Marguerite", ""))
"""Rows that no import can take: a landline, a number cut short, and none."""
_UNREADABLE = "à demander"
Row = tuple[str, str]


def pseudonymise(upload: Upload, *, keeps_first_names: bool) -> bytes:
    """The list as a spreadsheet of first names and fiction numbers, in the order of the file.

    Rows of one phone share one number, so that couples stay couples and duplicates stay duplicates; a number that
    cannot be texted becomes another of its kind. Pure. Raises RuleBroken beyond the fiction numbers.
    """
    columns = Columns(upload.sheet.header, upload.mapping)
    listed = [cells for __, cells in upload.sheet.rows]
    phones = [_read(cells, columns.phones) for cells in listed]
    numbers = _numbers({phone: None for phone, __ in phones if phone})
    names: dict[tuple[str, str], str] = {}
    rows = []
    for at, (phone, bad) in enumerate(phones):
        typed = _first_name(listed[at], columns)
        person = (phone or str(at), name_key(typed))
        pretend = names.setdefault(person, pretend_people.first_name(len(names)))
        kept = keeps_first_names and (not typed or _is_name(typed))
        rows.append((typed if kept else pretend, show_phone(numbers[phone]) if phone else bad))
    return as_csv([HEADER, *rows])


def number(at: int) -> str:
    """The fiction number of a place; thirteen apart, they meet the simulator's fates here and there."""
    return f"+3363998{at * pretend_people.STEP % NUMBERS:04d}"


def _numbers(phones: Iterable[str]) -> dict[str, str]:
    """A fiction number for each real one. Raises RuleBroken for none, or for more than there are."""
    found = {phone: number(at) for at, phone in enumerate(phones)}
    if not found:
        raise RuleBroken("list_without_mobiles", _("Ce fichier n'a aucun numéro de mobile : personne à qui écrire."))
    if len(found) > NUMBERS:
        raise RuleBroken(
            "list_too_large",
            _(
                "Ce fichier a %(n)s mobiles différents, et il n'y a que 10 000 numéros inventés. Prenez-en une partie.",
                n=show_number(len(found)),
            ),
        )
    return found


def _read(cells: Sequence[str], places: Sequence[int]) -> tuple[str, str]:
    """The row's mobile, or what stands for its bad number."""
    code = "phone_empty"
    for typed in (cells[at].strip() for at in places):
        if typed:
            try:
                return read_phone(typed), ""
            except RuleBroken as refusal:
                code = refusal.code if code == "phone_empty" else code
    return "", _BAD.get(code, _UNREADABLE)


def _first_name(cells: Sequence[str], columns: Columns) -> str:
    for at, name in columns.plain:
        value = tidy(unguarded(cells[at].strip()))
        if name == "first_name":
            return value
        if name == "full_name":
            return split_name(value)[0]
    return ""


def _is_name(typed: str) -> bool:
    """Whether a cell holds a name alone: people also write a number or an address there."""
    return len(typed) <= _NAME_CHARACTERS and _NAME.fullmatch(typed) is not None
