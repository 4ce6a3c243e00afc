"""People as a workbook, written row by row to a temporary file: what is in memory does not grow with it."""

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

from xlsxwriter import Workbook

from app.errors import RuleBroken
from app.french.language import _

MAX_ROWS = 1_048_575
"""A sheet holds one more, its header."""
MAX_CELL_CHARACTERS = 32_767
CHUNK = 64 * 1024
_WRITTEN_AS_THEY_ARE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def check_size(people: int) -> None:
    """Raises RuleBroken for more people than a sheet has rows."""
    if people > MAX_ROWS:
        sentence = _("Une feuille Excel a un million de lignes : il y a plus de monde. Choisissez le format CSV.")
        raise RuleBroken("too_many_rows", sentence, fields={"format": sentence})


def chunks(header: Sequence[str], batches: Iterable[Sequence[Sequence[str]]]) -> Iterator[bytes]:
    """The bytes of the workbook; each cell is a text, so that none is run as a formula."""
    with TemporaryFile() as file:
        _write(file, header, batches)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _write(file: IO[bytes], header: Sequence[str], batches: Iterable[Sequence[Sequence[str]]]) -> None:
    with Workbook(file, _WRITTEN_AS_THEY_ARE) as book:
        sheet = book.add_worksheet(_("Bénévoles"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, 18)
        bold = book.add_format({"bold": True})
        for at, name in enumerate(header):
            sheet.write_string(0, at, name, bold)
        rows = (row for batch in batches for row in batch)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, at, cell[:MAX_CELL_CHARACTERS])
