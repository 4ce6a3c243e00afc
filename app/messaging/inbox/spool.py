"""What the carrier brought while the database was busy: a file each in the data folder, until jobs has kept it.

The carrier waits fifteen seconds for an answer and does not give the same text or report twice: a STOP among them must
be on the disk by then, wherever it is. No Flask, no database.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)

UNREADABLE = ".unreadable"


@dataclass(frozen=True)
class Spooled(Generic[T]):
    """One thing that came, when it came, and the file to remove once it is kept."""

    item: T
    at: datetime
    path: Path


@dataclass(frozen=True)
class Spool(Generic[T]):
    """Where one kind of thing waits: ``folder``, in the data folder; ``pack`` makes JSON of it and ``unpack`` it again.

    ``unpack`` raises ValueError, TypeError or KeyError for what it cannot read.
    """

    folder: str
    pack: Callable[[T], dict[str, Any]]
    unpack: Callable[[dict[str, Any]], T]

    def folder_in(self, data_dir: Path) -> Path:
        return data_dir / self.folder

    def put(self, data_dir: Path, items: Sequence[tuple[T, datetime]]) -> None:
        """Return once all of these, each with when it came, are on the disk. Raises OSError when they cannot be."""
        folder = self.folder_in(data_dir)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, (item, at) in enumerate(items):
            said = json.dumps({**self.pack(item), "at": at.isoformat()})
            name = hashlib.sha256(said.encode()).hexdigest()[:16]
            whole, part = folder / _name(at, number, name), folder / f"{name}-{os.urandom(4).hex()}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(said)
                file.flush()
                os.fsync(file.fileno())
            part.rename(whole)
        _keep_names(folder)
        _keep_names(data_dir)

    def waiting(self, data_dir: Path) -> Iterator[Spooled[T]]:
        """What waits, in the order it came. A file that nobody can read is renamed, and stays for a person."""
        for path in sorted(self.folder_in(data_dir).glob("*.json")):
            try:
                said = json.loads(path.read_text(encoding="utf-8"))
                found = Spooled(self.unpack(said), datetime.fromisoformat(said["at"]), path)
            except FileNotFoundError:  # another jobs was quicker
                continue
            except (ValueError, TypeError, KeyError):
                log.error("spooled_file_unreadable", extra={"spool": self.folder, "file": path.name})
                with suppress(FileNotFoundError):
                    path.rename(path.with_suffix(UNREADABLE))
                continue
            yield found


def _name(at: datetime, number: int, name: str) -> str:
    """Sorted by name, files stand in the order of what they hold."""
    return f"{at:%Y%m%dT%H%M%S%f}-{number:03d}-{name}.json"


def _keep_names(folder: Path) -> None:
    """A file's name is its folder's: without this a power cut may forget it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
