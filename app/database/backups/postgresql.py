"""Copies of a PostgreSQL database, by its own client's programs: pg_dump's snapshot, and one transaction back.

Each is looked for on the PATH, then where Debian and Ubuntu keep one for each version; one older than the server
refuses to read it. A password goes by a file that only its owner reads, never by the words of a command.

Tables are copied, and what belongs to them: the schema that holds them stays, with who may enter it.
"""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from psycopg.conninfo import make_conninfo
from sqlalchemy import text

from app.database.backups.archive import programs_run
from app.database.engine import Database
from app.errors import RuleBroken

PACKAGES = Path("/usr/lib/postgresql")
LOCKED_AFTER_S = 10
_LOCKED = "55P03"
"""The server's code for a lock that did not come in time; its words are in the language of the machine."""
_BARE = ("--no-owner", "--no-acl")
_OF_17 = b"SET transaction_timeout = 0;"
"""What pg_restore writes from version 17 on at the head of a script, and a server of before takes for a mistake."""
_VERSION = re.compile(r" (\d+)")


def copy_out(database: Database, target: Path) -> None:
    """The database as of one instant, in pg_dump's custom format. Raises RuleBroken with what is missing."""
    words = ["--format=custom", *_BARE, f'--table="{_schema(database)}".*', f"--file={target}"]
    _run(program_for("pg_dump", _server(database)), *words, f"--dbname={address(database, target.parent)}")


def is_sound(database: Database, copy: Path) -> bool:
    """Whether the copy can be read to its end."""
    try:
        _run(program_for("pg_restore", _server(database)), *_BARE, f"--file={copy.with_suffix('.sql')}", str(copy))
    except RuleBroken as error:
        if error.code != "program_failed":
            raise
        return False
    return True


def copy_in(database: Database, copy: Path, statements: Sequence[str], *, wait_s: float = LOCKED_AFTER_S) -> None:
    """Put what ``is_sound`` has read in place of every table, the ``statements`` included: one transaction.

    Raises RuleBroken, with nothing changed, when a program has held a table for ``wait_s`` seconds, or when PostgreSQL
    refuses.
    """
    before, after, schema = copy.with_suffix(".before"), copy.with_suffix(".after"), _schema(database)
    before.write_text(_clearing(database, schema, wait_s), encoding="utf-8")
    if _server(database) < 17:
        _leave_out(copy.with_suffix(".sql"), _OF_17)
    after.write_text("".join(f"{one};\n" for one in (f'SET search_path = "{schema}"', *statements)), encoding="utf-8")
    steps = [f"--file={one}" for one in (before, copy.with_suffix(".sql"), after)]
    quiet = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose"]
    _run(program_for("psql", _server(database)), *quiet, *steps, f"--dbname={address(database, copy.parent)}")


def _leave_out(script: Path, words: bytes) -> None:
    """Blank out ``words`` in the head of a script, which may be longer than what a memory holds."""
    with script.open("r+b") as file:
        at = file.read(8192).find(words)
        if at >= 0:
            file.seek(at)
            file.write(b" " * len(words))


def _clearing(database: Database, schema: str, wait_s: float) -> str:
    """Every table goes, those of a newer program included: the copy brings its own."""
    with database.snapshot() as session:
        asked = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = :schema")
        names = session.scalars(asked, {"schema": schema}).all()
    tables = ", ".join(f'"{schema}".{name}' for name in names)
    dropping = f"DROP TABLE {tables} CASCADE;\n" if tables else ""
    return f"SET client_min_messages = error;\nSET lock_timeout = {round(wait_s * 1000)};\n{dropping}"


def _schema(database: Database) -> str:
    with database.snapshot() as session:
        return str(session.scalar(text("SELECT current_schema()")))


def _server(database: Database) -> int:
    with database.snapshot() as session:
        return int(session.scalar(text("SHOW server_version_num")) or 0) // 10_000


def address(database: Database, folder: Path) -> str:
    """As libpq reads it, with the password in a file of the ``folder``."""
    words = dict(database.engine.dialect.create_connect_args(database.engine.url)[1])
    words.pop("context", None)
    password = words.pop("password", None)
    if password:
        file = folder / "passfile"
        spelt = str(password).replace("\\", "\\\\").replace(":", "\\:")
        file.touch(mode=0o600)
        file.write_text(f"*:*:*:*:{spelt}\n", encoding="utf-8")
        words["passfile"] = str(file)
    return make_conninfo(**words)


def program_for(name: str, server: int) -> Path:
    """One that can speak to that version of the server. Raises RuleBroken with the package that brings it."""
    found = [Path(path) for path in [which(name)] if path]
    found += sorted(PACKAGES.glob(f"*/bin/{name}"), reverse=True)
    known = {path: version for path in found if (version := _version(path))}
    for path, version in known.items():
        if version >= server:
            return path
    wrong = f"il n'y est que pour PostgreSQL {max(known.values())}" if known else "il n'est pas sur cette machine"
    raise RuleBroken(
        "program_missing",
        f"Il faut le programme {name} de PostgreSQL {server}, et {wrong} : « apt install postgresql-client-{server} ».",
    )


def _version(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own
    found = _VERSION.search(said.stdout)
    return int(found[1]) if found and said.returncode == 0 else 0


def _run(program: Path, *words: str) -> None:
    command = ["/usr/bin/env", "LC_ALL=C", str(program), *words]  # what is looked for below is English
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - as above, no shell
    if done.returncode == 0:
        return
    if _LOCKED in done.stderr:
        raise programs_run()
    if "unsupported version" in done.stderr:
        raise RuleBroken(
            "client_older",
            f"La sauvegarde vient d'un pg_dump plus récent que le {program.name} de cette machine : installez le "
            "paquet postgresql-client de celle où elle a été prise. Rien n'est changé.",
        )
    lines = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
    said = next((line for line in lines if "error" in line.lower()), lines[0])
    raise RuleBroken("program_failed", f"{program.name} refuse ({said.strip()[:300]}). Rien n'est changé.")
