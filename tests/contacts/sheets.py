"""Spreadsheets of volunteers for tests, as small associations keep them."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts.importing import uploads
from app.contacts.models import Import
from app.database.engine import Database
from app.runtime import Runtime
from jobs.importing import run_imports
from tests.factories import NOON, SOMEBODY

HEADER = "Nom;Prénom;Portable;E-mail;Code postal"


def nobody_silent(session, space_id, fingerprints):
    return set()


def nobody_objects(session, space_id, people, *, wording, by, now):
    assert people == {}


CONSENT = {"opted_out": nobody_silent, "object_to": nobody_objects}


def sheet(lines: Iterable[str], header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([header, *lines]).encode(encoding)


def french_excel(people: int = 500, bad: int = 20) -> bytes:
    """What French Excel writes: cp1252 and « ; », with ``bad`` rows that cannot be texted, spread evenly."""
    wrong = ["01 99 00 12 34", "6,12346E+08", "06 12 34", "", "inconnu"]
    lines = []
    for number in range(people):
        phone = f"06 39 98 {number // 100:02d} {number % 100:02d}"
        if number % (people // bad) == 7:
            phone = wrong[number % len(wrong)]
        lines.append(f"Lévêque {number};Zoë;{phone};z{number}@exemple.fr;80000")
    return sheet(lines, encoding="cp1252")


def start(session: Session, space: Space, content: bytes, **words) -> Import:
    upload = uploads.read_upload(content, file_name="bénévoles.csv", mapping=words.pop("mapping", None))
    return uploads.start_import(session, space.id, upload, **{"by": SOMEBODY, "now": NOON, "confirmed": True, **words})


def import_file(runtime: Runtime, space: Space, content: bytes, **words) -> Import:
    """Start an import and run it to its end."""
    with runtime.database.transaction() as session:
        started = start(session, space, content, **words)
    run_imports(runtime, opted_out=nobody_silent, object_to=nobody_objects)
    return reread(runtime.database, started)


def reread(database: Database, one: Import) -> Import:
    with database.snapshot() as session:
        return session.get_one(Import, one.id)


def counts(one: Import) -> tuple[int, int, int, int, int]:
    return one.created, one.updated, one.unchanged, one.duplicates, one.refused
