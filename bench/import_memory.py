"""`python -m bench.import_memory ROWS=1000000 DATABASE=sqlite`: the most memory of a process that imports CSV files.

More rows than one file may have come in as several of the largest, one after the other. A process of its own does what
jobs do, so that neither the making of the files nor their upload counts.
"""

import json
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from app.accounts.models import Mode
from app.assembly import build_runtime
from app.contacts.importing.reading.files import MAX_ROWS
from app.settings import read_settings
from bench import crowd
from bench.databases import KINDS, fresh_database
from bench.ground import variables
from bench.measure import peak_mib

BAD_EVERY = 25


@dataclass(frozen=True)
class Peak:
    """``start_mib`` is what the program takes before it reads anything."""

    rows: int
    database: str
    start_mib: int
    peak_mib: int


def measure(database: str, rows: int) -> Peak:
    """Bring so many rows in, and let another process import them."""
    with tempfile.TemporaryDirectory(prefix="tambour-memory-") as name, fresh_database(database, Path(name)) as url:
        words = variables(Path(name), url)
        runtime = build_runtime(read_settings(words))
        with runtime.database.transaction() as session:
            space = crowd.make_space(session, runtime, name="Import", mode=Mode.LIVE)
        numbers = crowd.real_looking(rows)
        for at in range(0, rows, MAX_ROWS):
            content = crowd.spreadsheet(numbers[at : at + MAX_ROWS], bad_every=BAD_EVERY)
            import_id = crowd.bring_in(runtime, space.id, content)
        runtime.database.close()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return Peak(rows, database, *pool.submit(_work, words, import_id).result())


def _work(words: dict[str, str], import_id: int) -> tuple[int, int]:
    runtime = build_runtime(read_settings(words))
    start = peak_mib("self")
    crowd.work_imports(runtime, import_id)
    return start, peak_mib("self")


def main(words: Sequence[str]) -> int:
    """The exit code: 2 for words that say nothing."""
    asked = dict(word.lower().split("=", 1) for word in words if "=" in word)
    rows, database = asked.get("rows", "100000"), asked.get("database", "sqlite")
    if not rows.isdecimal() or database not in KINDS or len(asked) < len(words):
        print("Deux mots se comprennent : ROWS=n et DATABASE=sqlite|postgresql.", file=sys.stderr)
        return 2
    print(json.dumps(asdict(measure(database, int(rows)))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
