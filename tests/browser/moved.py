"""A program of the product by a clock that a test moves: ``python -m tests.browser.moved FILE app.cli web``.

FILE says how many seconds that clock is ahead of this machine's. Each process looks at it all the time, and its
embedded database, which would ask the machine, tells the same instant.
"""

import os
import runpy
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from sqlalchemy import event
from sqlalchemy.engine import Engine

LOOKS_EVERY_S = 0.02


class Clock:
    """The clock of a house, as its test sets it. It only goes forward: programs at work know no other way."""

    def __init__(self, file: Path, at: datetime) -> None:
        self.file, self._ahead = file, at - datetime.now(UTC)
        self._write()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, by: timedelta) -> None:
        """So much later, in every program, within a moment."""
        self._ahead += by
        self._write()

    def _write(self) -> None:
        """At once: a program that looks meanwhile reads the old word or the new one."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(self._ahead.total_seconds()))
        fresh.replace(self.file)


def main() -> None:
    file, module, *words = sys.argv[1:]
    known_s = _read(Path(file))
    clock = time_machine.travel(time.time() + known_s).start()

    def follow() -> None:
        nonlocal known_s
        while True:
            time.sleep(LOOKS_EVERY_S)
            if (found_s := _read(Path(file))) != known_s:
                clock.shift(found_s - known_s)
                known_s = found_s

    def watch() -> None:
        threading.Thread(target=follow, daemon=True, name="moved").start()

    watch()
    os.register_at_fork(after_in_child=watch)
    event.listen(Engine, "connect", _tell_the_database)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _read(file: Path) -> float:
    return float(file.read_text())


def _tell_the_database(connection: object, _record: object) -> None:
    connection.create_function("strftime", 2, _written)  # type: ignore[attr-defined] - any driver of SQLite's


def _written(form: str, instant: str) -> str:
    """What SQLite's own ``strftime(form, 'now')`` says."""
    if instant != "now":
        raise ValueError(instant)
    now = datetime.now(UTC)
    return now.strftime(form.replace("%f", f"%S.{now.microsecond // 1000:03}"))


if __name__ == "__main__":
    main()
