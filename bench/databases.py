"""Empty, migrated databases that keep what they are told: nothing here is faster than where the product runs."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import migrating
from app.db import Database
from tests import postgres

KINDS = ("sqlite", "postgresql")
READY_WITHIN_S = 60


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database that lives as long as the block."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'tambour.sqlite3'}"
        _migrate(url)
        yield url
        return
    with _server(folder / "postgresql") as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    database = Database(url)
    migrating.upgrade(database)
    database.close()


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with its own defaults: the one of the tests never waits for the disk."""
    folder.mkdir(mode=0o755)
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
    subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **words)
    options = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": "200"}
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    with (folder / "log").open("wb") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **words)
    try:
        _wait(folder, server)
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_WITHIN_S
    while not (folder / ".s.PGSQL.5432").exists() or b"ready" not in (folder / "data/postmaster.pid").read_bytes():
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(0.02)
