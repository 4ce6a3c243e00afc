"""What every bench stands on: a folder, an empty database, settings that reach nobody, a runtime."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.assembly import build_runtime
from app.runtime import Runtime
from app.settings import read_settings
from bench.databases import fresh_database

NOBODY = "http://127.0.0.1:9"
PUBLIC_URL = "http://tambour.bench"

VARIABLES = {
    "TAMBOUR_SECRET_KEY": "a secret of the benches, long enough for Flask",
    "TAMBOUR_FINGERPRINT_KEY": "another secret, for the phones that said no",
    "TAMBOUR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TAMBOUR_TWILIO_AUTH_TOKEN": "f" * 32,
    "TAMBOUR_PUBLIC_URL": PUBLIC_URL,
    "TAMBOUR_CARRIER_URL": NOBODY,
    "TAMBOUR_SIMULATOR_URL": NOBODY,
}


@contextmanager
def ground(kind: str, **settings: str) -> Iterator[Runtime]:
    """A runtime over a fresh database of this kind; ``settings`` as the environment would write them."""
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as name, kept_ground(kind, Path(name), **settings) as it:
        yield it


@contextmanager
def kept_ground(kind: str, folder: Path, **settings: str) -> Iterator[Runtime]:
    """The same over the database of a folder, which keeps it: fresh in an empty one."""
    with fresh_database(kind, folder) as url:
        runtime = build_runtime(read_settings(variables(folder, url, **settings)))
        yield runtime
        runtime.database.close()


def variables(folder: Path, database_url: str, **settings: str) -> dict[str, str]:
    """The environment of a process over that database."""
    asked = {f"TAMBOUR_{name.upper()}": value for name, value in settings.items()}
    return {**VARIABLES, "TAMBOUR_DATA_DIR": str(folder), "TAMBOUR_DATABASE_URL": database_url, **asked}
