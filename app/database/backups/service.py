"""Take a backup and put one back: each whole, or not at all."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, select, table

from app.database import labels, migrations
from app.database.backups import archive, postgresql, sqlite
from app.database.backups.archive import About
from app.database.engine import Database
from app.database.revisions import found_revision, newest_revision, runs_on
from app.errors import Conflict, RuleBroken
from app.settings import Settings

KEYS = ("fingerprint_key", "secret_key")
"""The secrets of which a backup bears a mark."""
_PREFIX = ".tambour-"
_LEFT_AFTER_S = 24 * 3600
"""No backup lasts so long: its folder is one that a killed program left, with a whole copy of the database in it."""


def take(database: Database, target: Path, *, settings: Settings, program: str, now: datetime) -> About:
    """Write ``target``, whoever writes in the database meanwhile. Raises RuleBroken and leaves nothing behind."""
    revision = found_revision(database)
    if not revision:
        raise RuleBroken("database_empty", "La base de données est vide : il n'y a rien à sauvegarder.")
    labels.require_own_key(database, settings.fingerprint_key)
    if target.exists():
        raise Conflict("backup_exists", f"« {target} » existe déjà : donnez un autre nom, ou effacez-le d'abord.")
    if not target.parent.is_dir():
        raise RuleBroken("folder_missing", f"Le dossier « {target.parent} » n'existe pas : créez-le d'abord.")
    keys = {name: labels.mark_of(getattr(settings, name)) for name in KEYS}
    about = About(_kind(database), program, revision, now.isoformat(timespec="seconds"), keys)
    with _workplace(target.parent) as folder:
        copy, whole = folder / "copy", folder / "whole"
        if database.is_sqlite:
            sqlite.copy_out(database.url, copy)
        else:
            postgresql.copy_out(database, copy)
        archive.write(whole, about, copy)
        whole.rename(target)
    return about


@dataclass(frozen=True)
class Restored:
    """``is_resealed``: the second factors and the forms left open are of another secret. Sessions are of none."""

    about: About
    is_resealed: bool


def put_back(
    database: Database, source: Path, *, settings: Settings, statements: Sequence[str], may_replace: bool
) -> Restored:
    """Put a backup in the database's place, at this program's schema, with the ``statements`` said first.

    Raises RuleBroken or Conflict, and SchemaError for another key, before anything is changed.
    """
    about = archive.read(source)
    _check(database, about, settings)
    if not may_replace and holds_something(database):
        sentence = "La base de données n'est pas vide : gardez-la par « tambour backup », puis ajoutez --replace."
        raise Conflict("database_not_empty", sentence)
    marking = labels.marking(about.keys["fingerprint_key"], is_sqlite=database.is_sqlite)
    place = Path(database.url.database or "").parent if database.is_sqlite else Path(tempfile.gettempdir())
    with _workplace(place) as folder:
        copy = folder / "copy"
        archive.unpack(source, about, copy)
        if not (sqlite.is_sound(copy) if database.is_sqlite else postgresql.is_sound(database, copy)):
            raise archive.damaged(source)
        if database.is_sqlite:
            sqlite.finish(copy, [*statements, marking])
            with closing(Database(f"sqlite:///{copy}")) as copied:
                _bring_up(copied)
            sqlite.copy_in(copy, database.url)
        else:
            postgresql.copy_in(database, copy, [*statements, marking])
            _bring_up(database)
    return Restored(about, is_resealed=about.keys["secret_key"] != labels.mark_of(settings.secret_key))


@contextmanager
def _workplace(place: Path) -> Iterator[Path]:
    """A folder of one's own in ``place``, gone at the end; those go first that a killed program left there.

    What a machine refuses, a full disk before all, is said in a sentence: both ways leave everything as it was.
    """
    try:
        for left in place.glob(f"{_PREFIX}*"):
            if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) as folder:
            yield Path(folder)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RuleBroken(
            "machine_refuses",
            f"La machine refuse d'écrire dans « {place} » ({why}) : faites-y de la place, ou prenez un autre dossier. "
            "Rien n'est changé.",
        ) from error


def holds_something(database: Database) -> bool:
    """Whether anybody's work is in the database: somebody may sign in, or a space is there."""
    with database.snapshot() as session:
        names = inspect(session.connection()).get_table_names()
        asked = [select(1).select_from(table(name)).limit(1) for name in ("spaces", "users") if name in names]
        return any(session.scalar(one) for one in asked)


def _check(database: Database, about: About, settings: Settings) -> None:
    kind, newest = _kind(database), newest_revision()
    if about.kind != kind:
        wrong = f"La sauvegarde est d'une base {about.kind}, et TAMBOUR_DATABASE_URL mène à une base {kind}."
        raise RuleBroken("backup_other_kind", f"{wrong} Donnez une base de la même sorte.")
    if about.revision[:1] != newest[:1] and about.revision > newest:
        raise RuleBroken("backup_too_new", "La sauvegarde vient d'un Tambour plus récent : prenez-le d'abord.")
    if about.keys["fingerprint_key"] != labels.mark_of(settings.fingerprint_key):
        raise labels.OtherKey(
            "La sauvegarde a été prise avec une autre clé d'empreintes : remettez sa TAMBOUR_FINGERPRINT_KEY dans "
            "settings.env. Avec une autre, qui a demandé l'arrêt ne serait plus reconnu. Rien n'est changé."
        )


def _bring_up(database: Database) -> None:
    """An older release's backup is brought to this one's schema; a newer one's of the same era serves as it is."""
    if not runs_on(found_revision(database), newest_revision()):
        migrations.upgrade(database)


def _kind(database: Database) -> str:
    return "sqlite" if database.is_sqlite else "postgresql"
