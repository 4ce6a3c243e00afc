"""The whole house as processes: a web or two, as many jobs and the simulator, over one database, on free ports."""

import base64
import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.assembly import build_runtime
from app.runtime import Runtime
from app.settings import read_settings
from bench.ground import variables
from bench.programs import Program, free_ports

WEBS, JOBS, SIMULATOR = ("web-1", "web-2"), ("jobs-1", "jobs-2"), "simulator"
LOOK_EVERY_S = 0.5
SHORT = {
    "carrier_timeout_s": "3",
    "doubt_after_s": "8",
    "doubt_again_s": "4",
    "ask_after_s": "20",
}
"""Patience cut short, so that what a kill leaves in doubt is settled within a minute."""
_ERROR = re.compile(
    r'"level": "(?:error|critical)", "event": "([^"]+)"|^(\w+(?:\.\w+)*(?:Error|Exception)\b)', re.MULTILINE
)


class House:
    """Every program by its name, and a runtime over the same database for whoever watches.

    Each web has an address of its own, and each jobs process gives the carrier the address of its web: a web that
    dies keeps the receipts of half of the messages waiting. With ``of_each`` 1 there is one web and one jobs, and
    nothing but ``settings`` differs from what the product is by default. ``words`` start the program of a name
    otherwise.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        of_each: int = 2,
        words: Mapping[str, str] | None = None,
        **settings: str,
    ) -> None:
        folder = folder / "house"  # closed to others, and a server of another account may stand beside it
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._words = words or {}
        *ports, carrier = free_ports(of_each + 1)
        simulator_url = f"http://127.0.0.1:{carrier}"
        crowded = {"web_workers": "1", **SHORT} if of_each > 1 else {}
        every = {"simulator_url": simulator_url, "carrier_url": simulator_url, **crowded, **settings}
        self.runtime: Runtime = build_runtime(read_settings(variables(folder, database_url, **every)))
        self.programs: dict[str, Program] = {}
        for port, web, jobs in zip(ports, WEBS[:of_each], JOBS[:of_each], strict=True):
            own = variables(folder, database_url, **every, port=str(port), public_url=f"http://127.0.0.1:{port}")
            self._add(web, "app.cli web", own, port)
            self._add(jobs, "app.cli jobs", own, 0)
        self._add(SIMULATOR, "app.cli simulator", variables(folder, database_url, **every), carrier)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Every program runs as long as the block."""
        try:
            for program in self.programs.values():
                program.start()
            self.wait_ready()
            yield
        finally:
            for program in self.programs.values():
                program.stop()
            self.runtime.database.close()

    def wait_ready(self) -> None:
        """Until each program that listens answers."""
        for program in self.programs.values():
            if program.port:
                program.wait_ready()

    def wait_until(self, true: Callable[[Session], bool], *, end: float) -> bool:
        """Whether it became true of the database before ``end`` (monotonic). What ends by itself is started again."""
        while True:
            with self.runtime.database.snapshot() as session:
                if true(session):
                    return True
            if time.monotonic() > end:
                return False
            for program in self.programs.values():
                if program.has_ended():
                    program.start()
            time.sleep(LOOK_EVERY_S)

    def ask_simulator(self, space: Space, method: str, path: str, body: object = None) -> Any:
        """``weather``, ``ledger`` of a space's account."""
        account, token = space.carrier_account_sid or "", space.carrier_auth_token or ""
        port = self.programs[SIMULATOR].port
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/_simulator/{account}/{path}", method=method)
        asked.add_header("Authorization", f"Basic {base64.b64encode(f'{account}:{token}'.encode()).decode()}")
        if body is not None:
            asked.add_header("Content-Type", "application/json")
            asked.data = json.dumps(body).encode()
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60) as answer:
            return json.load(answer)

    def errors(self) -> Counter[str]:
        """What the programs logged as errors: « name: event »."""
        found: Counter[str] = Counter()
        for name, program in self.programs.items():
            said = program.log.read_text(encoding="utf-8", errors="replace") if program.log.exists() else ""
            found.update(f"{name}: {event or crash}" for event, crash in _ERROR.findall(said))
        return found

    def _add(self, name: str, words: str, settings: dict[str, str], port: int) -> None:
        self.programs[name] = Program(
            name, self._words.get(name, words), variables=settings, log=self._folder / f"{name}.log", port=port
        )
