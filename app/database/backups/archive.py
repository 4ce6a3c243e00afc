"""The file of a backup: a ZIP of what it is (``tambour.json``) and of the database as its own tool copies it."""

import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from app.errors import RuleBroken

FORMAT = 1
ABOUT = "tambour.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""By kind of database, the copy's name inside. PostgreSQL compresses its own."""
_FAST = 1


@dataclass(frozen=True)
class About:
    """What is known of a backup without unpacking it.

    ``keys``: a mark of each secret it was taken under, by the setting's name; never the secret. ``taken_at`` in ISO.
    """

    kind: str
    program: str
    revision: str
    taken_at: str
    keys: Mapping[str, str]
    format: int = FORMAT


def write(target: Path, about: About, copy: Path) -> None:
    """The file, readable by its owner alone from the first byte, and on the disk when this returns."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with ZipFile(file, "w") as pack:
            pack.writestr(ABOUT, json.dumps(asdict(about), ensure_ascii=False, indent=1))
            way = ZIP_DEFLATED if about.kind == "sqlite" else ZIP_STORED
            pack.write(copy, DATABASE[about.kind], compress_type=way, compresslevel=_FAST)
        file.flush()
        os.fsync(file.fileno())


def read(source: Path) -> About:
    """What a backup says of itself. Raises RuleBroken for any other file, and for one of a later format."""
    try:
        with ZipFile(source) as pack:
            said: dict[str, Any] = json.loads(pack.read(ABOUT))
        if said["format"] > FORMAT:
            raise RuleBroken("backup_too_new", f"« {source} » vient d'un Tambour plus récent : prenez-le d'abord.")
        return About(**{name: said[name] for name in About.__dataclass_fields__})
    except FileNotFoundError:
        raise RuleBroken("backup_missing", f"Il n'y a pas de fichier « {source} ».") from None
    except PermissionError:
        raise  # a whole one may be there: whoever asks is told whose it is
    except (BadZipFile, KeyError, TypeError, ValueError, OSError):
        wrong = f"« {source} » n'est pas une sauvegarde de « tambour backup », ou n'en est pas une entière."
        raise RuleBroken("backup_unknown", f"{wrong} Rien n'est changé.") from None


def unpack(source: Path, about: About, target: Path) -> None:
    """The copy of the database inside, to ``target``. Raises RuleBroken when the file is damaged."""
    try:
        with ZipFile(source) as pack, pack.open(DATABASE[about.kind]) as packed, target.open("xb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except PermissionError:
        raise  # a whole one may be there: whoever asks is told whose it is
    except (BadZipFile, KeyError, EOFError, zlib.error):
        raise damaged(source) from None


def damaged(source: Path) -> RuleBroken:
    return RuleBroken("backup_damaged", f"« {source} » est abîmé : prenez une autre sauvegarde. Rien n'est changé.")


def programs_run() -> RuleBroken:
    sentence = "Un programme tient la base : arrêtez « web » et « jobs », puis recommencez. Rien n'est changé."
    return RuleBroken("programs_run", sentence)
