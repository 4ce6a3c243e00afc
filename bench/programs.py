"""Programs of ours, started as anybody starts them, and killed at will."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import randrange

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 40
ENDS_WITHIN_S = 20


class Program:
    """`python -m words` in a group of its own, so that one blow ends it whole; what it says goes to ``log``."""

    def __init__(self, name: str, words: str, *, variables: Mapping[str, str], log: Path, port: int = 0) -> None:
        self.name = name
        self.port = port
        self.log = log
        self._words = [sys.executable, "-m", *words.split()]
        others = {name: value for name, value in os.environ.items() if not name.startswith("TAMBOUR_")}
        self._variables = {**others, **variables}
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid if self._running else 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._words, cwd=ROOT, env=self._variables, stdout=log, stderr=log, start_new_session=True
            )

    def wait_ready(self) -> None:
        """Until it answers on its port. Raises RuntimeError when it does not."""
        end = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if self.has_ended() or time.monotonic() > end:
                raise RuntimeError(f"{self.name} did not start: {self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self._running is not None and self._running.poll() is not None

    def pause(self) -> None:
        """As a suspended machine: it stands still between any two instructions."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, number)

    def kill(self) -> None:
        """`kill -9`, children included."""
        if self._running is not None:
            self._signal(signal.SIGKILL)
            self._running.wait()

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self._running is None:
            return
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(ENDS_WITHIN_S)
        self.kill()

    def _answers(self) -> bool:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody holds now, below those that it lends to whoever connects."""
    held: list[socket.socket] = []
    while len(held) < count:
        with suppress(OSError):
            held.append(socket.create_server(("127.0.0.1", 20_000 + randrange(12_000))))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text(encoding="ascii").split()] if found.exists() else []
