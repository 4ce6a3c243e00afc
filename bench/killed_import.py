"""`python -m bench.killed_import ROWS=100000 KILLS=10 DATABASE=postgresql SEED=1`: jobs are killed midway in an import.

The same file comes into two spaces of one database: undisturbed into the first, by jobs that are killed (`kill -9`) at
random moments and started again into the second. Both must end the same to the last row.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Activity, Mode
from app.contacts.models import Contact, ContactList, Import, ImportRow, ImportStatus, ListMember
from bench import crowd
from bench.databases import KINDS, fresh_database
from bench.house import JOBS, House

BAD_EVERY = 25
LOOK_EVERY_S = 0.01
PATIENCE_S = 300
"""How long the import may stand still or be at work between two kills."""
JUST_AFTER_S = 0.15
"""A kill falls so long at most after the commit that was waited for: inside the batches that follow."""


@dataclass(frozen=True)
class Asked:
    """The words after the module's name."""

    rows: int = 100_000
    kills: int = 10
    database: str = "sqlite"
    seed: int = 1


def read_words(words: Sequence[str]) -> Asked:
    """Raises ValueError with a sentence."""
    kinds = {field.name: field.type for field in fields(Asked)}
    found: dict[str, Any] = {}
    for word in words:
        name, _, value = word.lower().partition("=")
        if name not in kinds or (kinds[name] is int and not value.isdecimal()):
            raise ValueError(f"« {word} » ne se comprend pas : ROWS=n KILLS=n DATABASE=sqlite|postgresql SEED=n.")
        found[name] = int(value) if kinds[name] is int else value
    asked = Asked(**found)
    if asked.database not in KINDS:
        raise ValueError(f"Il faut une base parmi : {', '.join(KINDS)}.")
    return asked


def run(asked: Asked, house: House) -> tuple[int, list[str]]:
    """How many kills fell before the end, and what differs between the two spaces; none of it should."""
    content = crowd.spreadsheet(crowd.real_looking(asked.rows), bad_every=BAD_EVERY)
    runtime, jobs = house.runtime, house.programs[JOBS[0]]
    with runtime.database.transaction() as session:
        calm, struck = (crowd.make_space(session, runtime, name=name, mode=Mode.LIVE) for name in ("Calme", "Frappé"))
    crowd.work_imports(runtime, crowd.bring_in(runtime, calm.id, content))
    import_id = crowd.bring_in(runtime, struck.id, content)
    dice = random.Random(asked.seed)
    fallen = 0
    try:
        jobs.start()
        for target in sorted(dice.sample(range(1, max(2, asked.rows - 1000)), asked.kills)):
            _wait(house, import_id, rows=target)
            time.sleep(dice.uniform(0, JUST_AFTER_S))
            jobs.kill()
            fallen += _wait(house, import_id).status is ImportStatus.RUNNING
            jobs.start()
        _wait(house, import_id, rows=asked.rows)
        with runtime.database.snapshot() as session:
            return fallen, differing(state(session, calm.id), state(session, struck.id))
    finally:
        jobs.stop()
        runtime.database.close()


def _wait(house: House, import_id: int, *, rows: int = 0) -> Import:
    """The import once so many rows are in, or it has ended; jobs that end by themselves are an error of their own."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with house.runtime.database.snapshot() as session:
            one = session.get_one(Import, import_id)
        if one.rows_done >= rows or one.finished_at is not None:
            return one
        if house.programs[JOBS[0]].has_ended():
            raise RuntimeError(f"jobs ended: {house.programs[JOBS[0]].last_words()}")
        time.sleep(LOOK_EVERY_S)
    raise RuntimeError(f"{one.rows_done} rows after {PATIENCE_S} s")


def state(session: Session, space_id: int) -> dict[str, Counter[Any]]:
    """All that an import leaves in a space, without ids and hours, each row counted."""
    one = session.scalars(select(Import).where(Import.space_id == space_id)).one()
    people = select(
        Contact.phone, Contact.phone_typed, Contact.fingerprint, Contact.first_name, Contact.last_name,
        Contact.email, Contact.postcode, Contact.name_key, Contact.sort_key,
    ).where(Contact.space_id == space_id)  # fmt: skip
    members = select(ContactList.name, Contact.phone).join(ListMember, ListMember.list_id == ContactList.id)
    members = members.join(Contact, Contact.id == ListMember.contact_id).where(ContactList.space_id == space_id)
    skipped = select(ImportRow.number, ImportRow.is_duplicate, ImportRow.reason).where(ImportRow.import_id == one.id)
    counts = ("created", "updated", "unchanged", "duplicates", "refused", "rows_done", "rows_total", "status")
    return {
        "people": Counter(map(tuple, session.execute(people))),
        "members": Counter(map(tuple, session.execute(members))),
        "skipped": Counter(map(tuple, session.execute(skipped))),
        "journal": Counter(session.scalars(select(Activity.verb).where(Activity.space_id == space_id))),
        "counts": Counter([(name, getattr(one, name)) for name in counts]),
    }


def differing(calm: dict[str, Counter[Any]], struck: dict[str, Counter[Any]]) -> list[str]:
    """« people: 3 lost, 1 too many »."""
    both = {name: ((calm[name] - struck[name]).total(), (struck[name] - calm[name]).total()) for name in calm}
    return [f"{name}: {lost} lost, {more} too many" for name, (lost, more) in both.items() if lost or more]


def main(words: Sequence[str]) -> int:
    """The exit code: 1 when the two spaces differ, 2 for words that say nothing."""
    try:
        asked = read_words(words)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="tambour-killed-") as name,
        fresh_database(asked.database, Path(name)) as url,
    ):
        fallen, wrong = run(asked, House(Path(name), url, of_each=1))
    told = {"rows": asked.rows, "kills": fallen, "differing": wrong, "database": asked.database, "seed": asked.seed}
    print(json.dumps({**told, "seconds": round(time.monotonic() - begun, 1)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
