"""A small workbook of old Excel (.xls), written record by record: sheets of texts, some of their rows hidden."""

import struct

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def begin(of):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, of, 0x0DBB, 0x07CC, 0, 6))


def sheet(rows, hidden):
    width = max(map(len, rows))
    parts = [begin(0x0010), record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))]
    for at, cells in enumerate(rows):
        flags = 0x0100 | (0x20 if at + 1 in hidden else 0)
        parts.append(record(0x0208, struct.pack("<HHHHHHHH", at, 0, len(cells), 0x00FF, 0, 0, flags, 0x000F)))
        for column, text in enumerate(cells):
            words = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
            parts.append(record(0x0204, struct.pack("<HHH", at, column, 0) + words))
    return b"".join([*parts, record(0x000A)])


def stream(sheets):
    """``sheets`` are {name: (rows, numbers of the hidden rows from 1)}."""
    bodies = [sheet(*one) for one in sheets.values()]
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    head = len(begin(0x0005)) + sum(len(record(0x0085, bytes(6) + name)) for name in names) + len(record(0x000A))
    bounds, at = [], head
    for name, body in zip(names, bodies, strict=True):
        bounds.append(record(0x0085, struct.pack("<IBB", at, 0, 0) + name))
        at += len(body)
    return b"".join([begin(0x0005), *bounds, record(0x000A), *bodies])


def entry(name, kind, first, size, child=FREE):
    words = name.encode("utf-16-le") + b"\0\0"
    return (
        words.ljust(64, b"\0")
        + struct.pack("<HBB", len(words), kind, 1)
        + struct.pack("<III", FREE, FREE, child)
        + bytes(36)
        + struct.pack("<IIi", first, size, 0)
    )


def xls(sheets):
    book = stream(sheets).ljust(4096, b"\0")
    book = book.ljust(-(-len(book) // SECTOR) * SECTOR, b"\0")
    many = len(book) // SECTOR
    table = [TABLE, END, *(at + 1 for at in range(2, many + 1)), END]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    directory = entry("Root Entry", 5, END, 0, child=1) + entry("Workbook", 2, 2, len(book))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
        + struct.pack("<I", FREE) * 108
    )  # fmt: skip
    return header + fat + directory.ljust(SECTOR, b"\0") + book
