"""The data folder is its owner's alone: it holds phone numbers, secrets and passwords."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from app.settings import Settings, SettingsError

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private(settings: Settings) -> None:
    """Make the folder and close it and its files to others: 0700 and 0600.

    Raises SettingsError when they are somebody else's to close, or when the folder is one that people share.
    """
    folder = settings.data_dir
    with suppress(OSError):  # over PostgreSQL a web needs none, and may be kept from writing anywhere
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_dir() and folder.stat().st_mode & stat.S_ISVTX:
        raise SettingsError(f"Le dossier {folder} (TAMBOUR_DATA_DIR) est partagé : donnez-en un à Tambour seul.")
    for path in _sqlite_files(settings):
        if path.parent.is_dir():
            path.touch(mode=0o600)  # SQLite would make it readable by all; its journals take after it
    for path in open_to_others(settings):
        try:
            path.chmod(0o700 if path.is_dir() else 0o600)
        except PermissionError:
            raise SettingsError(
                f"{path} se lit par d'autres comptes de cette machine : « chmod go= {path} » par son propriétaire."
            ) from None


def open_to_others(settings: Settings) -> list[Path]:
    """The folder and the files of it that another account of this machine may enter or read."""
    folder = settings.data_dir
    inside = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    found = [folder, *inside, *_sqlite_files(settings)]
    return sorted({path for path in found if path.exists() and path.stat().st_mode & OTHERS})


def _sqlite_files(settings: Settings) -> Iterator[Path]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        yield Path(url.database)
