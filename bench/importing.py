"""Import: rows a second from a spreadsheet to contacts, against libphonenumber reading the same numbers."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import phonenumbers

from app.accounts.models import Mode
from app.runtime import Runtime
from bench import crowd
from bench.ground import ground
from bench.import_memory import measure
from bench.measure import Comparison

ROWS = 20_000
MEASURED_ROWS = (10_000, 100_000)
"""Whose memory is told beside; a million by `python -m bench.import_memory ROWS=1000000`."""
BAD_EVERY = 25
PHONE_COLUMN = 2


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    content = crowd.spreadsheet(crowd.real_looking(ROWS), bad_every=BAD_EVERY)
    phones = [line.split(";")[PHONE_COLUMN] for line in content.decode("cp1252").split("\r\n")[1:]]
    with ground(kind) as runtime:
        gc.freeze()  # as jobs do
        yield Comparison(
            unit="rows/s",
            value=lambda: import_once(runtime, content),
            limit=lambda: read_once(phones),
            limit_is="phonenumbers parse, valid and E.164 of the same numbers",
            also=lambda: {f"MiB at most, {rows:,} rows": measure(kind, rows).peak_mib for rows in MEASURED_ROWS},
        )


def import_once(runtime: Runtime, content: bytes) -> float:
    """Into a space of its own, by the tick that jobs run."""
    with runtime.database.transaction() as session:
        space = crowd.make_space(session, runtime, name="Import", mode=Mode.LIVE)
    import_id = crowd.bring_in(runtime, space.id, content)
    begun = perf_counter()
    done = crowd.work_imports(runtime, import_id)
    elapsed_s = perf_counter() - begun
    bad = ROWS // BAD_EVERY
    if (done.rows_total, done.created, done.refused) != (ROWS, ROWS - bad, bad):
        raise RuntimeError(f"{done.created} created and {done.refused} refused of {done.rows_total}")
    return ROWS / elapsed_s


def read_once(phones: list[str]) -> float:
    begun = perf_counter()
    for phone in phones:
        try:
            number = phonenumbers.parse(phone, "FR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return len(phones) / (perf_counter() - begun)
