"""How many rows are hidden in a sheet of an old Excel workbook (.xls): BIFF8 records in a compound file.

Sources: Microsoft's open specifications [MS-CFB] (sectors, FAT, directory) and [MS-XLS] (2.4.28 BoundSheet8,
2.4.221 Row).
"""

import struct
from collections.abc import Iterator

_FREE = 0xFFFFFFFA
"""From here on a sector number is a mark: end of chain, free, or a part of the table itself."""
_NAMES = ("Workbook", "Book")
_BOUND_SHEET, _ROW, _END = 0x0085, 0x0208, 0x000A
_IS_HIDDEN = 0x20
_MINI_STREAM_BYTES = 4096


class _Broken(Exception):
    """Not a compound file that we can follow."""


def hidden_rows(data: bytes, sheet: str) -> int:
    """Of the sheet of that name; 0 where it cannot be told."""
    try:
        book = _book(data)
        start = next((at for at, name in _sheets(book) if name == sheet), None)
        return 0 if start is None else sum(_is_hidden(body) for kind, body in _records(book, start) if kind == _ROW)
    except (_Broken, struct.error, IndexError, UnicodeDecodeError):
        return 0


def _is_hidden(row: bytes) -> bool:
    return len(row) >= 16 and bool(row[12] & _IS_HIDDEN)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of each from ``at`` to the end of its sheet, or of the part that names the sheets."""
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == _END:
            return
        yield kind, book[at + 4 : at + 4 + size]
        at += 4 + size


def _sheets(book: bytes) -> Iterator[tuple[int, str]]:
    """(where it begins, its name) of each sheet."""
    for kind, body in _records(book, 0):
        if kind == _BOUND_SHEET:
            start, _state, _type, length, is_wide = struct.unpack_from("<IBBBB", body)
            yield start, body[8:].decode("utf-16-le" if is_wide & 1 else "latin-1")[:length]


def _book(data: bytes) -> bytes:
    """The stream that holds the sheets. Raises ``_Broken``."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        raise _Broken
    table = _table(data, size)
    directory = _chain(data, size, table, struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(0, length - 2)].decode("utf-16-le", errors="replace")
        if name in _NAMES:
            first, many = struct.unpack_from("<II", entry, 116)
            if many < _MINI_STREAM_BYTES:  # no spreadsheet writes one so small
                raise _Broken
            return _chain(data, size, table, first)[:many]
    raise _Broken


def _table(data: bytes, size: int) -> list[int]:
    """Which sector follows each."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    more, count = struct.unpack_from("<II", data, 68)
    for _turn in range(min(count, len(data) // size)):
        if more >= _FREE:
            break
        part = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += part[:-1]
        more = part[-1]
    own = [sector for sector in sectors if sector < _FREE]
    if len(set(own)) < len(own):  # each part of the table is its own sector: the table is never larger than the file
        raise _Broken
    found: list[int] = []
    for sector in own:
        found += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return found


def _chain(data: bytes, size: int, table: list[int], sector: int) -> bytes:
    parts: list[bytes] = []
    while sector < _FREE:
        if len(parts) > len(data) // size:
            raise _Broken  # it turns in a circle
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)
