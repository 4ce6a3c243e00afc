"""The demonstration's sign-ins: kept in the data folder for its owner alone, shown at each start."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

FILE_NAME = "demo-sign-ins.txt"
_HEADER = "# Accès de la démonstration, faits au premier démarrage : qui, adresse, mot de passe de départ."


@dataclass(frozen=True)
class SignIn:
    """Who may sign in, and how."""

    who: str
    email: str
    password: str


def write(data_dir: Path, found: Sequence[SignIn]) -> None:
    """Keep them, readable by the folder's owner alone from the first byte."""
    path = data_dir / FILE_NAME
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([_HEADER, *("\t".join(astuple(one)) for one in found), ""]))


def read(data_dir: Path) -> list[SignIn]:
    """What was kept; nothing when the folder has other people in it."""
    path = data_dir / FILE_NAME
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [SignIn(*cells) for line in lines if len(cells := line.split("\t")) == 3]


def table(found: Sequence[SignIn]) -> Iterator[str]:
    """The lines of a table of them."""
    rows = [("Qui", "Adresse", "Mot de passe"), *(astuple(one) for one in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    yield from (lines[0], "  ".join("─" * width for width in widths), *lines[1:])
