"""What each row of a sheet says, before any contact is looked at. Pure: the same file always gives the same plan.

An import killed half-way and begun again therefore finds its rows where it left them, duplicates included.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.accounts.models import Mode
from app.contacts import rules, tags
from app.contacts.fields import BLANK, BY_NAME, CUSTOM_CHARACTERS, Field, Kind
from app.contacts.importing.answers import Agreement, read_agreement, read_answer
from app.contacts.importing.births import read_birth_year
from app.contacts.importing.columns import AGREED, LABELS, ONLY_MISSIONS, Columns
from app.contacts.importing.doubles import without_doubles
from app.contacts.importing.entries import Entry, Skipped, skipped
from app.contacts.importing.formulas import unguarded
from app.contacts.importing.reading.files import Cell, Row, Sheet, letters
from app.contacts.importing.reading.reread import Reread
from app.contacts.naming import KEPT_CHARACTERS, is_no_name, name_key, split_name, tidy
from app.contacts.numbering import french_zone
from app.contacts.options import read_option, read_several
from app.contacts.phone import read_phone
from app.contacts.profile.reading import split_skills
from app.errors import RuleBroken
from app.french.language import _

EVIDENCE_CHARACTERS = 200
CLEAR = ("--", "–", "—")
"""In a cell: forget what is known; word processors make one dash of two. A blank cell keeps it."""


def plan(sheet: Sheet, mapping: Mapping[int, str], *, mode: Mode, now: datetime) -> Sequence[Entry | Skipped]:
    """One step a row, in order, made as they are asked for; only rows of one phone are held together."""
    columns = Columns(sheet.header, mapping)
    doubles = _doubles(sheet, columns, mode, now)

    def steps() -> Iterator[Entry | Skipped]:
        return (doubles.get(row[0]) or _step(row, columns, mode, now, sheet.bare_formulas) for row in sheet.rows)

    return Reread(steps, len(sheet.rows))


def _doubles(sheet: Sheet, columns: Columns, mode: Mode, now: datetime) -> dict[int, Entry | Skipped]:
    """The steps of the rows whose phone is in several, by row number."""
    once, more = set[int](), set[int]()
    for _number, cells in sheet.rows:
        phone = _digits(cells, columns)
        (more if phone in once else once).add(phone)
    if not more - {0}:
        return {}
    more.discard(0)
    shared = (row for row in sheet.rows if _digits(row[1], columns) in more)
    steps = without_doubles([_step(row, columns, mode, now, sheet.bare_formulas) for row in shared], now=now)
    return {step.number: step for step in steps}


def _digits(cells: list[str], columns: Columns) -> int:
    """The row's phone as a number, much smaller in memory than its text; 0 where there is none."""
    try:
        return int(_phone(cells, columns)[2])
    except RuleBroken:
        return 0


def _step(row: Row, columns: Columns, mode: Mode, now: datetime, bare: Collection[Cell] = ()) -> Entry | Skipped:
    number, cells = row
    entry = Entry(number, cells, "", "")
    try:
        if bare:
            _check_computed(number, cells, columns, bare)
        at, typed, phone = _phone(cells, columns)
        rules.check_number(phone, mode)
        entry.phone, entry.phone_typed = phone, typed[:40]
        if at in columns.parents:
            entry.values["phone_is_parents"] = True
        for at in columns.agreed:  # before what may be refused: a no counts all the same
            entry.agreed = _agreed(cells[at])
        _read_refusals(entry, columns)
        if entry.agreed:
            _short(entry.agreed, LABELS[AGREED], EVIDENCE_CHARACTERS)
        for at, name in columns.plain:
            if value := cells[at].strip():
                _read(entry, name, unguarded(value), now)
        _mend_postcode(entry)
        for at, name in columns.custom:
            if value := unguarded(tidy(cells[at])):
                entry.custom[name] = "" if value in CLEAR else _short(value, name, CUSTOM_CHARACTERS)
    except RuleBroken as refusal:
        return skipped(entry, refusal.sentence)
    entry.name_key = name_key(entry.values.get("first_name", ""))
    return entry


def _check_computed(number: int, cells: list[str], columns: Columns, bare: Collection[Cell]) -> None:
    """Raises RuleBroken for a phone, where there is no other, that a formula without its result hides."""
    hidden = [at for at in columns.phones if (number, at) in bare]
    if hidden and not any(cells[at].strip() for at in columns.phones):
        raise RuleBroken(
            "formula_without_result",
            _(
                "La cellule %(cell)s contient une formule dont le résultat n'est pas enregistré : ouvrez le fichier "
                "dans votre tableur et enregistrez-le, puis recommencez.",
                cell=f"{letters(hidden[0])}{number}",
            ),
        )


def _phone(cells: list[str], columns: Columns) -> tuple[int, str, str]:
    """Its column, the number as typed and as read: the next column serves where one has none that receives SMS."""
    refusal: RuleBroken | None = None
    for at in columns.phones:
        if typed := cells[at].strip():
            try:
                return at, typed, read_phone(typed)
            except RuleBroken as error:
                refusal = refusal or error
    raise refusal or RuleBroken("phone_empty", _("Le numéro manque."))


def _read_refusals(entry: Entry, columns: Columns) -> None:
    """Whether the row says « plus de SMS », in any of its columns.

    Raises RuleBroken for the first answer that is neither yes nor no, once the others are noted.
    """
    unread = ""
    for at, name in columns.consent:
        value = entry.cells[at]
        answer = read_answer(value)
        if answer is None and value.strip() not in ("", *CLEAR):
            unread = unread or value
        if name == ONLY_MISSIONS:
            entry.only_missions = answer is True
        else:
            entry.objects = entry.objects or answer is (name == "sms_refused")
    if unread:
        sentence = _("« %(value)s » ne dit pas si cette personne veut des SMS : écrivez oui ou non.", value=unread[:40])
        raise RuleBroken("answer_unreadable", sentence)


def _agreed(cell: str) -> str | None:
    """The evidence of a consent to be told of sales, "" for a no; None for what is neither."""
    said = _agreement(cell)
    if said is Agreement.GIVEN:
        return unguarded(tidy(cell))
    return "" if said is Agreement.DECLINED else None


def _read(entry: Entry, name: str, value: str, now: datetime) -> None:
    if value in CLEAR:
        if name == "tags":
            entry.tags = []
        elif name == "skills":
            entry.skills = []
        elif name not in ("first_name", "full_name"):  # a nameless person would be somebody else
            entry.values[name] = BLANK[name]
    elif name == "tags":
        entry.tags = [_short(tag, _("étiquette"), tags.NAME_CHARACTERS) for tag in tags.split(value)]
    elif name == "skills":
        entry.skills = split_skills(value) or None  # signs alone say nothing
    elif name == "full_name":
        first_name, last_name = split_name(value)
        for part, words in (("first_name", first_name), ("last_name", last_name)):
            if words:
                entry.values.setdefault(part, _limited(words, BY_NAME[part]))
    elif (read := _value(name, value, now)) is not None:
        entry.values[name] = read
    elif BY_NAME[name].options:  # words that are no choice of ours: kept as they are, under the field's name
        entry.custom[BY_NAME[name].label] = _short(tidy(value), BY_NAME[name].label, CUSTOM_CHARACTERS)


_kept_agreement = lru_cache(maxsize=1024)(read_agreement)


def _agreement(cell: str) -> Agreement:
    return _kept_agreement(cell) if len(cell) <= KEPT_CHARACTERS else read_agreement(cell)


def _value(name: str, value: str, now: datetime) -> Any:
    """What a cell says of a field, None where it says nothing: names, towns and years come again and again."""
    return _kept_value(name, value, now) if len(value) <= KEPT_CHARACTERS else _read_value(name, value, now)


def _read_value(name: str, value: str, now: datetime) -> Any:
    return _READERS[BY_NAME[name].kind](value, BY_NAME[name], now)


_kept_value = lru_cache(maxsize=4096)(_read_value)


def _limited(value: str, field: Field) -> str:
    return _short(value, field.label, field.max)


def _short(value: str, label: str, characters: int) -> str:
    if len(value) > characters:
        raise RuleBroken(
            "cell_too_long",
            _("La case « %(label)s » est trop longue : %(n)s caractères au plus.", label=label, n=characters),
        )
    return value


def _mend_postcode(entry: Entry) -> None:
    """A spreadsheet loses the zero of « 01000 »; four digits beside a foreign phone are a place abroad."""
    value = entry.values.get("postcode", "")
    if len(value) == 4 and value.isascii() and value.isdigit() and french_zone(entry.phone):
        entry.values["postcode"] = value.zfill(5)


def _name(value: str, field: Field, now: datetime) -> str | None:
    return None if is_no_name(value) else _line(value, field, now)


def _line(value: str, field: Field, _now: datetime) -> str:
    return _limited(tidy(value), field)


def _paragraph(value: str, field: Field, _now: datetime) -> str:
    return _limited(value.replace("\0", "").replace("\r\n", "\n"), field)


_READERS: dict[Kind, Callable[[str, Field, datetime], Any]] = {
    Kind.NAME: _name,
    Kind.LINE: _line,
    Kind.EMAIL: _line,
    Kind.BIRTH_YEAR: lambda value, _field, now: read_birth_year(value, now),
    Kind.FLAG: lambda value, _field, _now: read_answer(value) is True,
    Kind.PARAGRAPH: _paragraph,
    Kind.CHOICE: lambda value, field, _now: read_option(field.options, value),
    Kind.SEVERAL: lambda value, field, _now: read_several(field.options, value),
    Kind.MAYBE: lambda value, _field, _now: read_answer(value),
}
"""What a cell says, by kind of field; None where it says nothing."""
