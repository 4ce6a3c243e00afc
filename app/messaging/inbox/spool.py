"""Texts that came while the database was busy: a file each in the data folder, until jobs gives them to their space.

The carrier waits fifteen seconds for an answer and does not give the same text twice: a STOP among them must be on the
disk by then, wherever it is. No Flask, no database.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from app.messaging.inbox.replies import Incoming

log = logging.getLogger(__name__)

UNREADABLE = ".unreadable"


@dataclass(frozen=True)
class Spooled:
    """One text, the other fields that came with it, when it came, and the file to remove once it is kept."""

    incoming: Incoming
    raw: dict[str, str]
    at: datetime
    path: Path


def folder_of(data_dir: Path) -> Path:
    return data_dir / "inbound"


def put(data_dir: Path, incoming: Incoming, raw: Mapping[str, str], *, now: datetime) -> None:
    """Return once the text is on the disk. Raises OSError when it cannot be."""
    folder = folder_of(data_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(f"{incoming.account_sid} {incoming.carrier_sid}".encode()).hexdigest()[:16]
    whole, part = folder / f"{now:%Y%m%dT%H%M%S%f}-{name}.json", folder / f"{name}-{os.urandom(4).hex()}.part"
    said = {"incoming": asdict(incoming), "raw": dict(raw), "at": now.isoformat()}
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(whole)
    _keep_names(folder)
    _keep_names(data_dir)


def waiting(data_dir: Path) -> Iterator[Spooled]:
    """What waits, in the order it came. A file that nobody can read is renamed, and stays for a person."""
    for path in sorted(folder_of(data_dir).glob("*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            found = Spooled(Incoming(**said["incoming"]), said["raw"], datetime.fromisoformat(said["at"]), path)
        except FileNotFoundError:  # another jobs was quicker
            continue
        except (ValueError, TypeError, KeyError):
            log.error("spooled_text_unreadable", extra={"file": path.name})
            with suppress(FileNotFoundError):
                path.rename(path.with_suffix(UNREADABLE))
            continue
        yield found


def _keep_names(folder: Path) -> None:
    """A file's name is its folder's: without this a power cut may forget it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
