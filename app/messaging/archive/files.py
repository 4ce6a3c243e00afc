"""The files of an archived month: a folder is whole or it is not there, whenever the power goes."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from app.contacts.importing import formulas
from app.errors import RuleBroken
from app.french.language import _

ABOUT, REMOVED = "archive.json", "removed.json"
"""Written last: with the first the files are whole, with the second their rows are gone from the database."""


@dataclass(frozen=True)
class Written:
    """One file: how many rows under its title, and the digest of its bytes."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Taken:
    """One mailing in the files: what tells it from any other, how many messages and receipts of it were written."""

    mailing_id: int
    space: str
    """The slug."""
    created_at: str
    messages: int
    receipts: int


@dataclass(frozen=True)
class About:
    """What ``archive.json`` says. ``key`` is the mark of the database's fingerprint key, ``revision`` its schema."""

    month: str
    written_at: str
    revision: str
    key: str
    files: Mapping[str, Written]
    mailings: Sequence[Taken]

    @property
    def messages(self) -> int:
        return sum(one.messages for one in self.mailings)


class Table:
    """A CSV file under way, as spreadsheets here open them; the first line is its columns."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.rows = path, 0
        self._file = path.open("wb")
        self._file.write(formulas.MARK)
        self.add([columns])
        self.rows = 0

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        self._file.write(formulas.csv_text(rows).encode())
        self.rows += len(rows)

    def end(self) -> Written:
        """On the disk, and read back."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Written(self.rows, digest(self.path))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second command out of the folder. A file says so, which goes at the end of this one, killed or not."""
    if not folder.is_dir():
        raise RuleBroken(
            "folder_missing", _("Le dossier « %(folder)s » n'existe pas : créez-le d'abord.", folder=folder)
        )
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.lockf(descriptor, os.F_TLOCK, 0)
    except OSError:
        os.close(descriptor)
        raise RuleBroken("archive_busy", _("Une autre commande archive dans ce dossier : attendez sa fin.")) from None
    try:
        yield
    finally:
        os.close(descriptor)


def begin(folder: Path, month: str) -> Path:
    """The folder of a month, emptied of what a killed command left in it; the next free name once it is full."""
    name, number = month, 1
    while (folder / name / ABOUT).exists():
        number += 1
        name = f"{month}-{number}"
    place = folder / name
    place.mkdir(mode=0o700, exist_ok=True)
    for left in place.iterdir():
        left.unlink()
    return place


def conclude(place: Path, name: str, said: object) -> None:
    """Write ``archive.json`` or ``removed.json``: it appears whole."""
    part = place / f"{name}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.rename(place / name)
    for folder in (place, place.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def seal(place: Path, about: About) -> None:
    """From now on the files are whole, and rows may go."""
    conclude(place, ABOUT, asdict(about))


def unfinished(folder: Path) -> list[Path]:
    """The folders whose files are whole and whose rows may still be in the database, the oldest first."""
    return sorted(one.parent for one in folder.glob(f"*/{ABOUT}") if not (one.parent / REMOVED).exists())


def read(place: Path) -> About:
    """What a folder holds. Raises RuleBroken when its files are not those that were written."""
    said = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    files = {name: Written(**one) for name, one in said["files"].items()}
    for name, written in files.items():
        path = place / name
        if not path.exists() or digest(path) != written.sha256:
            sentence = _(
                "« %(path)s » n'est plus le fichier qui avait été écrit : rien n'est retiré de la base. Remettez-le ou "
                "effacez tout le dossier pour l'écrire de nouveau.",
                path=path,
            )
            raise RuleBroken("archive_changed", sentence)
    return About(**{**said, "files": files, "mailings": [Taken(**one) for one in said["mailings"]]})
