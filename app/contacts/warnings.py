"""What somebody should look at before a file comes in, in sentences. Pure."""

from collections.abc import Iterator, Mapping

from app.contacts.files import Sheet
from app.contacts.headings import is_somebody_elses
from app.contacts.mapping import hold_phones, sampled
from app.language import _, ngettext

_NAMES = {"first_name", "full_name"}


def warnings_of(sheet: Sheet, mapping: Mapping[int, str]) -> list[str]:
    """Sheets not read, rows hidden, numbers left aside, nobody named."""
    return [*_of_workbook(sheet), *_of_columns(sheet, mapping)]


def _of_workbook(sheet: Sheet) -> Iterator[str]:
    others = [f"« {name} »" for name in sheet.names if name != sheet.name]
    if others:
        yield _(
            "Ce classeur a plusieurs feuilles : seule « %(name)s » est lue. Restent %(others)s.",
            name=sheet.name,
            others=", ".join(others[:10]),
        )
    if sheet.hidden_rows:
        yield ngettext(
            "%(n)s ligne est masquée dans le classeur, peut-être par un filtre : elle est lue aussi.",
            "%(n)s lignes sont masquées dans le classeur, peut-être par un filtre : elles sont lues aussi.",
            sheet.hidden_rows,
        )


def _of_columns(sheet: Sheet, mapping: Mapping[int, str]) -> Iterator[str]:
    for at, cells in enumerate(sampled(sheet.header, sheet.rows)):
        name = sheet.header[at]
        numbers = hold_phones(name, cells) or (is_somebody_elses(name) and any(map(_is_long_number, cells)))
        if numbers and mapping.get(at, "ignore") == "ignore":
            yield _(
                "Les numéros de « %(name)s » ne sont pas pris : ce sont peut-être ceux de quelqu'un d'autre.", name=name
            )
    if not _NAMES & set(mapping.values()):
        yield _("Aucune colonne n'est prise pour les prénoms : « Bonjour {prénom} » ne nommera personne.")


def _is_long_number(cell: str) -> bool:
    return sum(character.isdigit() for character in cell) >= 9
