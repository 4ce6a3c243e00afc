"""Which column is what: by the words of the header first, by what the cells hold where words say nothing."""

import re
from collections.abc import Sequence

from app.contacts import fields as contact_fields
from app.contacts.first_names import FIRST_NAMES
from app.contacts.importing.answers import read_answer
from app.contacts.importing.headings import (
    WORDS,
    consent_named,
    field_named,
    is_parents,
    is_somebody_elses,
    is_unnamed,
    may_be_spare,
    phone_rank,
    plain,
)
from app.contacts.phone import read_phone
from app.errors import RuleBroken

Row = tuple[int, list[str]]

_CONSENTS = ("sms_refused", "sms_allowed", "only_missions", "sales_agreed")
FIELDS = ("phone", "phone_2", "parent_phone", *WORDS, *_CONSENTS, "ignore")
"""What a column is guessed to be. ``phone_2`` serves a row whose ``phone`` receives no SMS."""

_SAMPLE_ROWS = 200
HEADER_ROWS = 10
_LOOKED_AT_CHARACTERS = 400
_CONTENT = [
    (field.name, re.compile(field.content), field.content_share) for field in contact_fields.FIELDS if field.content
]
_NAMES = (*(field.name for field in contact_fields.of_kinds(contact_fields.Kind.NAME)), "full_name")
_NUMBERED = re.compile(r"[^\W\d_]{0,3}[-. ]?[\d\W]+")
_BARE_NINE = re.compile(r"[1-9]\d{8}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,3}\.?")


def find_header(rows: Sequence[Row]) -> int | None:
    """The index of the row that names the columns, None when the first row is already somebody.

    A title above the header is passed over, even one with somebody's number: the header is then the row whose words
    we know, and has more cells than what stands above. Of two rows of names, « Identité » over « Nom » and « Prénom »,
    the one that tells more is the header.
    """
    head = rows[:HEADER_ROWS]
    above = 0
    for at, (__, cells) in enumerate(head):
        filled = sum(bool(cell.strip()) for cell in cells)
        if filled > above and not any(map(_holds_data, cells)) and _knows_words(cells):
            below = head[at + 1][1] if at + 1 < len(head) else []
            is_finer = not any(map(_holds_data, below)) and len(_known_words(below)) > len(_known_words(cells))
            return at + 1 if is_finer else at
        above = max(above, filled)
    for at, (__, cells) in enumerate(head):
        if any(map(_holds_data, cells)):
            return at - 1 if at and not any(plain(cell) in FIRST_NAMES for cell in rows[at - 1][1]) else None
    return 0


def _knows_words(cells: Sequence[str]) -> bool:
    """Whether these are names of columns: a phone's, or two of any field."""
    known = _known_words(cells)
    return "phone" in known or len(known) > 1


def _known_words(cells: Sequence[str]) -> list[str]:
    return [word for word in map(field_named, cells) if word]


def guess_mapping(header: Sequence[str], rows: Sequence[Row]) -> dict[int, str]:
    """The field of every column, by index. Of several phone columns the one with most mobiles is ``phone``."""
    columns = sampled(header, rows)
    mapping = dict.fromkeys(range(len(header)), "ignore")
    _map_consent(header, columns, mapping)
    for at in _phone_columns(header, columns):
        if mapping[at] != "ignore":
            continue
        mapping[at] = "phone_2" if "phone" in mapping.values() else "phone"
    if "phone" not in mapping.values():
        for at, name in enumerate(header):
            if is_parents(name) and hold_phones(name, columns[at]):
                mapping[at] = "parent_phone"
    _map_by_name(header, columns, mapping)
    _map_by_content(header, columns, mapping)
    return mapping


def _map_consent(header: Sequence[str], columns: Sequence[Sequence[str]], mapping: dict[int, str]) -> None:
    """Columns of who wants no SMS: told by their name, if they hold nothing but answers."""
    for at, name in enumerate(header):
        field = consent_named(name)
        if not field or field in mapping.values():
            continue
        if field == "sales_agreed" or all(read_answer(cell) is not None for cell in columns[at]):
            mapping[at] = field


def sampled(header: Sequence[str], rows: Sequence[Row]) -> list[list[str]]:
    """The filled cells of each column, in a sample of rows taken all along the file."""
    sample = [cells for __, cells in rows[:: max(1, len(rows) // _SAMPLE_ROWS)]][:_SAMPLE_ROWS]
    return [
        [cells[at].strip() for cells in sample if at < len(cells) and cells[at].strip()] for at in range(len(header))
    ]


def _map_by_name(header: Sequence[str], columns: Sequence[Sequence[str]], mapping: dict[int, str]) -> None:
    """Name the columns whose header tells a field, the plainest first: « Nom » before « Nom de naissance »."""
    for loosely in (False, True):
        for at, name in enumerate(header):
            field = _held(field_named(name, loosely=loosely), name, columns[at])
            if field in (None, "phone") or mapping[at] != "ignore" or field in mapping.values():
                continue
            if field not in _NAMES or _hold_names(columns[at]):
                mapping[at] = field


def _held(field: str | None, name: str, cells: Sequence[str]) -> str | None:
    """« Adhérent » says whether somebody is one where it holds answers; else it may be who they are."""
    if field != "is_member" or all(read_answer(cell) is not None for cell in cells):
        return field
    return "full_name" if WORDS["full_name"].fullmatch(plain(name)) else None


def _hold_names(cells: Sequence[str]) -> bool:
    """Whether half of the cells can be names: neither a member's number nor a « oui »."""
    return sum(not _NUMBERED.fullmatch(cell) and read_answer(cell) is None for cell in cells) >= len(cells) / 2


def _holds_data(cell: str) -> bool:
    """Whether a cell is about somebody: an address, a phone or a date, which no header holds."""
    if "@" in cell or _phone_kind(cell):
        return True
    return _digit_count(cell) >= 5 and not re.search(r"[^\W\d_]{3}", cell)


def _digit_count(cell: str) -> int:
    """Of a long cell, in its beginning: a note of a hundred thousand signs is no phone, and would hold the page up."""
    return sum(map(str.isdigit, cell[:_LOOKED_AT_CHARACTERS]))


def _phone_columns(header: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Columns of the person's own phones, the most useful first: most mobiles, then the word of the header.

    Beside a column that is named for phones, another of phones under a name of its own is somebody else's.
    """
    named, ranked = False, []
    for at, (name, cells) in enumerate(zip(header, columns, strict=True)):
        if is_somebody_elses(name):
            continue
        dialled = sum(_digit_count(cell) >= 4 for cell in cells)
        told = field_named(name) == "phone" and not consent_named(name) and dialled >= len(cells) / 5
        named = named or (told and dialled > 0)
        if told or hold_phones(name, cells):
            mobiles = sum(_phone_kind(cell) == "mobile" for cell in cells)
            ranked.append((-mobiles, -phone_rank(name), at))
    return [at for *__, at in sorted(ranked) if not named or may_be_spare(header[at])]


def hold_phones(name: str, cells: Sequence[str]) -> bool:
    """Whether half of the cells are phones. Nine bare digits may be a SIREN where the column has another name."""
    known = is_unnamed(name) or may_be_spare(name)
    phones = sum((known or not _BARE_NINE.fullmatch(cell)) and _phone_kind(cell) is not None for cell in cells)
    return bool(cells) and phones >= len(cells) / 2


def _phone_kind(cell: str) -> str | None:
    """ "mobile", "landline" or "lost" (digits eaten by the spreadsheet); None for what is no phone."""
    if not _digit_count(cell):
        return None
    try:
        read_phone(cell)
    except RuleBroken as refusal:
        return {"phone_landline": "landline", "phone_scientific": "lost"}.get(refusal.code)
    return "mobile"


def _map_by_content(header: Sequence[str], columns: Sequence[Sequence[str]], mapping: dict[int, str]) -> None:
    """Name the columns whose header says nothing we know."""
    free = [at for at, field in mapping.items() if field == "ignore" and columns[at]]
    for field, pattern, share in _CONTENT:
        for at in free:
            matching = sum(bool(pattern.fullmatch(cell)) for cell in columns[at])
            if field not in mapping.values() and mapping[at] == "ignore" and matching >= share * len(columns[at]):
                mapping[at] = field
    unnamed = [at for at in free if mapping[at] == "ignore" and is_unnamed(header[at])]
    names = [at for at in unnamed if _are_names(columns[at])]
    known = [at for at in mapping if mapping[at] in _NAMES]
    if not known:
        _map_names(columns, names[:2], mapping)
    elif [mapping[at] for at in known] == ["full_name"] and known[0] + 1 in names and _are_single(columns[known[0]]):
        _map_names(columns, [known[0], known[0] + 1], mapping)  # one name over two columns


def _are_single(cells: Sequence[str]) -> bool:
    return _are_names(cells) and sum(" " in cell for cell in cells) < len(cells) / 2


def _are_names(cells: Sequence[str]) -> bool:
    return sum(bool(_NAME.fullmatch(cell)) for cell in cells) >= 0.8 * len(cells)


def _map_names(columns: Sequence[Sequence[str]], names: Sequence[int], mapping: dict[int, str]) -> None:
    """Tell first names from family names by the commonest first names, else by capitals."""
    if len(names) == 1:
        several = sum(" " in cell for cell in columns[names[0]]) > len(columns[names[0]]) / 2
        mapping[names[0]] = "full_name" if several else "first_name"
    if len(names) == 2:
        first = max(names, key=lambda at: _first_names(columns[at]))
        for at in names:
            mapping[at] = "first_name" if at == first else "last_name"


def _first_names(cells: Sequence[str]) -> tuple[float, float]:
    """How much of a column are first names, then how little of it is in capitals."""
    known = sum(plain(cell).split(" ")[0] in FIRST_NAMES for cell in cells)
    return known / len(cells), -sum(cell.isupper() for cell in cells) / len(cells)
