"""Empty, migrated databases that keep what they are told: nothing here is faster than where the product runs."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.database import migrations
from app.database.engine import Database
from tests import postgres

KINDS = ("sqlite", "postgresql")
READY_WITHIN_S = 60


@dataclass(frozen=True)
class Standing:
    """A database where it is; ``restart`` stops its server under whoever works, and starts it again."""

    url: str
    restart: Callable[[], None] | None = None


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database that lives as long as the block."""
    with standing_database(kind, folder) as standing:
        yield standing.url


@contextmanager
def standing_database(kind: str, folder: Path) -> Iterator[Standing]:
    """A database that lives as long as the block; SQLite has no server to restart."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'tambour.sqlite3'}"
        _migrate(url)
        yield Standing(url)
        return
    with _server(folder / "postgresql") as standing:
        _migrate(standing.url)
        yield standing


def _migrate(url: str) -> None:
    database = Database(url)
    migrations.upgrade(database)
    database.close()


@contextmanager
def _server(folder: Path) -> Iterator[Standing]:
    """A PostgreSQL server with its own defaults: the one of the tests never waits for the disk.

    A folder that had one before has it again, with its rows.
    """
    is_new = not folder.exists()
    folder.mkdir(mode=0o755, exist_ok=True)
    programs, account = postgres._binaries(folder), postgres._account()
    words: dict[str, Any] = {"user": account, "group": account, "extra_groups": []} if account else {}
    if account:
        folder.parent.chmod(0o755)  # the server's user must find its own folder
        os.chown(folder, account, account)
    data = folder / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    if is_new:
        subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **words)
    options = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": "200"}
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    servers = [_start(folder, command, words)]

    def restart() -> None:
        servers[-1].send_signal(signal.SIGINT)  # « fast »: whoever is in a transaction loses it
        servers[-1].wait(READY_WITHIN_S)
        servers.append(_start(folder, command, words))

    try:
        yield Standing(f"postgresql+psycopg://postgres@/postgres?host={folder}", restart)
    finally:
        servers[-1].terminate()
        try:
            servers[-1].wait(10)
        except subprocess.TimeoutExpired:
            servers[-1].kill()
            servers[-1].wait()


def _start(folder: Path, command: list[str | Path], words: dict[str, Any]) -> "subprocess.Popen[bytes]":
    with (folder / "log").open("ab") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **words)
    _wait(folder, server)
    return server


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_WITHIN_S
    while not (folder / ".s.PGSQL.5432").exists() or b"ready" not in (folder / "data/postmaster.pid").read_bytes():
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(0.02)
