"""What somebody should look at before a file comes in, in sentences. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from app.contacts.importing.answers import Agreement, read_agreement, read_answer
from app.contacts.importing.births import has_no_year
from app.contacts.importing.columns import AGREED, CONSENT, ONLY_MISSIONS
from app.contacts.importing.headings import consent_named, is_somebody_elses
from app.contacts.importing.mapping import hold_phones, sampled
from app.contacts.importing.reading.files import Sheet, letters
from app.french.language import _, ngettext

_NAMES = {"first_name", "full_name"}


def warnings_of(sheet: Sheet, mapping: Mapping[int, str]) -> list[str]:
    """Sheets not read, rows hidden, formulas without result, numbers left aside, nobody named."""
    return [*_of_workbook(sheet), *_of_columns(sheet, mapping)]


def _of_workbook(sheet: Sheet) -> Iterator[str]:
    others = [f"« {name} »" for name in sheet.names if name != sheet.name]
    if others:
        yield _(
            "Ce classeur a plusieurs feuilles : seule « %(name)s » est lue, sans %(others)s.",
            name=sheet.name,
            others=", ".join(others[:10]),
        )
    if sheet.hidden_rows:
        yield ngettext(
            "%(n)s ligne est masquée dans le classeur, peut-être par un filtre : elle est lue aussi.",
            "%(n)s lignes sont masquées dans le classeur, peut-être par un filtre : elles sont lues aussi.",
            sheet.hidden_rows,
        )
    if sheet.bare_formulas:
        number, at = min(sheet.bare_formulas)
        yield ngettext(
            "%(n)s cellule (%(cell)s) contient une formule dont le résultat n'est pas enregistré : elle est lue comme "
            "vide. Ouvrez le fichier dans votre tableur et enregistrez-le, puis recommencez.",
            "%(n)s cellules (dont %(cell)s) contiennent une formule dont le résultat n'est pas enregistré : elles sont "
            "lues comme vides. Ouvrez le fichier dans votre tableur et enregistrez-le, puis recommencez.",
            len(sheet.bare_formulas),
            cell=f"{letters(at)}{number}",
        )


def _of_columns(sheet: Sheet, mapping: Mapping[int, str]) -> Iterator[str]:
    for at, cells in enumerate(sampled(sheet.header, sheet.rows)):
        name = sheet.header[at]
        if mapping.get(at) == "birth_year" and (blank := sum(has_no_year(row[at]) for _, row in sheet.rows)):
            yield ngettext(
                "%(n)s date de naissance ne donne pas d'année : la personne est prise sans.",
                "%(n)s dates de naissance ne donnent pas d'année : ces personnes sont prises sans.",
                blank,
            )
        if mapping.get(at) == "parent_phone":
            yield _("Les numéros de « %(name)s » sont pris comme ceux d'un parent.", name=name)
        if at in mapping and mapping[at] in CONSENT:
            yield from _of_consent(sheet, at, name, refused=mapping[at] == "sms_refused")
        elif mapping.get(at) == ONLY_MISSIONS:
            yield from _of_missions(sheet, at, name)
        elif mapping.get(at) == AGREED:
            yield from _of_sales(sheet, at, name)
        elif consent_named(name) not in (None, AGREED) and mapping.get(at) == "ignore":
            yield _("« %(name)s » dit peut-être qui ne veut pas de SMS : à vous de choisir ce que c'est.", name=name)
        numbers = hold_phones(name, cells) or (is_somebody_elses(name) and any(map(_is_long_number, cells)))
        if numbers and mapping.get(at, "ignore") == "ignore":
            yield _(
                "Les numéros de « %(name)s » ne sont pas pris : ce sont peut-être ceux de quelqu'un d'autre.", name=name
            )
    if not _NAMES & set(mapping.values()):
        yield _("Aucune colonne n'est prise pour les prénoms : « Bonjour {prénom} » ne nommera personne.")


def _of_consent(sheet: Sheet, at: int, name: str, *, refused: bool) -> Iterator[str]:
    people = sum(read_answer(cells[at]) is refused for _, cells in sheet.rows)
    if people:
        yield ngettext(
            "D'après « %(name)s », %(n)s personne ne veut pas de SMS : c'est noté à l'import, elle n'en recevra plus.",
            "D'après « %(name)s », %(n)s personnes ne veulent pas de SMS : c'est noté à l'import, "
            "elles n'en recevront plus.",
            people,
            name=name,
        )


def _of_missions(sheet: Sheet, at: int, name: str) -> Iterator[str]:
    people = sum(read_answer(cells[at]) is True for _, cells in sheet.rows)
    if people:
        yield ngettext(
            "D'après « %(name)s », %(n)s personne ne veut que les SMS de ses missions : c'est noté à l'import.",
            "D'après « %(name)s », %(n)s personnes ne veulent que les SMS de leurs missions : c'est noté à l'import.",
            people,
            name=name,
        )


def _of_sales(sheet: Sheet, at: int, name: str) -> Iterator[str]:
    times = Counter(cells[at] for _, cells in sheet.rows)
    said = {cell: read_agreement(cell) for cell in times}
    unproved = sum(times[cell] for cell, each in said.items() if each is Agreement.UNPROVED)
    unread = [cell for cell, each in said.items() if each is Agreement.UNREADABLE]
    if unproved:
        yield ngettext(
            "Dans « %(name)s », %(n)s « oui » n'a ni date ni preuve : cet accord n'est pas noté. Écrivez par exemple "
            "« bulletin du 12 mars 2026 ».",
            "Dans « %(name)s », %(n)s « oui » n'ont ni date ni preuve : ces accords ne sont pas notés. Écrivez par "
            "exemple « bulletin du 12 mars 2026 ».",
            unproved,
            name=name,
        )
    if unread:
        yield ngettext(
            "Dans « %(name)s », %(n)s réponse n'est ni un « non » ni un accord daté (%(cells)s) : elle n'est pas "
            "notée, la personne est prise. Écrivez « non », ou par exemple « bulletin du 12 mars 2026 ».",
            "Dans « %(name)s », %(n)s réponses ne sont ni un « non » ni un accord daté (%(cells)s) : elles ne sont "
            "pas notées, ces personnes sont prises. Écrivez « non », ou par exemple « bulletin du 12 mars 2026 ».",
            sum(times[cell] for cell in unread),
            name=name,
            cells=", ".join(f"« {cell.strip()[:30]} »" for cell in unread[:3]),
        )


def _is_long_number(cell: str) -> bool:
    return sum(character.isdigit() for character in cell) >= 9
