"""What a busy day asks of a standing house, made short, and never the same twice."""

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import local

import requests
from sqlalchemy.orm import Session

from app.accounts.models import Mode
from app.accounts.signing import signing_in
from app.accounts.web.guards import COOKIE
from app.clock import utc_now
from app.contacts.models import Import, ImportStatus
from bench import crowd, verdict
from bench.growing.asking import Address
from bench.growing.memory import POLLED
from bench.house import House
from tests.factories import make_hook, make_user
from tests.matrix.doors import WORDS
from tests.matrix.world import World

PEOPLE, LARGE_ROWS = 150, 10_000
"""Who gets the day's text, and the rows of its large file."""
LARGE_EVERY, POLLS, AT_ONCE = 6, 20, 6
WARM = 6
"""Days on which everything is opened; on the others every second address, in turn."""
WAIT_S = 120
EXPORTS = ("/api/v1/contacts/export.csv", "/api/v1/contacts/export.xlsx")
_OTHER_ARGUMENT = re.compile(r"<(?!slug>)")
_THREAD = local()


class OneDay:
    """``number`` makes it another day than those before."""

    def __init__(self, house: House, world: World, number: int) -> None:
        self._house, self._runtime, self._world, self._number = house, house.runtime, world, number
        self._address = f"http://127.0.0.1:{house.programs['web-1'].port}"

    def live(self, asked: Sequence[Address]) -> None:
        """Until all is answered, imported and sent. Raises RuntimeError for a wrong answer."""
        own = list(self._send(asked))
        asked = asked if self._number < WARM else asked[self._number % 2 :: 2]
        polled = [one for one in asked if one.name in POLLED] * POLLS
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _answer in pool.map(self._open, [*map(self._varied, [*asked, *own]), *polled]):
                pass
        if self._number % LARGE_EVERY == 0:
            self._all_in_and_out()
        if not self._house.wait_until(verdict.is_handed_over, end=time.monotonic() + WAIT_S):
            raise RuntimeError("texts still wait")

    def _send(self, asked: Sequence[Address]) -> Iterator[Address]:
        """A practice space of its own with a sending under way; its pages, as its référente opens them."""
        runtime, now = self._runtime, utc_now()
        with runtime.database.transaction() as session:
            space = crowd.make_space(session, runtime, name=f"Copie {self._number}", mode=Mode.PRACTICE)
            user = make_user(session, space=space, email=f"u{self._number}@copies.exemple.fr")
            cookie = signing_in.start(session, user, browser=f"Firefox {self._number}", now=now)
            make_hook(session, space, url=f"https://hooks{self._number}.example/tambour")
        first = PEOPLE * self._number % crowd.FICTION
        numbers = crowd.fictions(crowd.FICTION)[first : first + PEOPLE]
        self._imported(crowd.bring_in(runtime, space.id, crowd.spreadsheet(numbers)))
        crowd.schedule(runtime, space, body=f"{crowd.BODY} Jour {self._number}")
        for one in asked:
            if one.name.startswith("GET /e/<slug>") and not _OTHER_ARGUMENT.search(one.name):
                path = one.path.replace(f"/e/{self._world.slug}", f"/e/{space.slug}")
                yield replace(one, path=path, headers={"Cookie": f"{COOKIE}={cookie}"})

    def _varied(self, one: Address) -> Address:
        """With another token and other words to look for."""
        token = f"{self._number:012x}".translate(str.maketrans("01", "yz"))
        return replace(one, path=f"{one.path.replace(WORDS['token'], token)}?q=mot{self._number}&mois=2026-01")

    def _open(self, one: Address) -> None:
        http = getattr(_THREAD, "http", None)
        if http is None:
            http = _THREAD.http = requests.Session()
        url = f"{self._address}{one.path}"
        with http.request(one.method, url, headers=one.headers, timeout=WAIT_S, allow_redirects=False) as answer:
            if answer.status_code >= 500 and "readyz" not in one.name:
                raise RuntimeError(f"{one.name} answers {answer.status_code}")

    def _all_in_and_out(self) -> None:
        """A large file by the API, then everybody in both kinds of file."""
        key = {"Authorization": f"Bearer {self._world.keys['referente']}"}
        content = crowd.spreadsheet(crowd.real_looking(LARGE_ROWS), bad_every=25)
        answer = requests.post(
            f"{self._address}/api/v1/imports",
            headers={**key, "Idempotency-Key": f"day-{self._number}"},
            data={"list": f"Tous {self._number}"},
            files={"file": ("tous.csv", content, "text/csv")},
            timeout=WAIT_S,
        )
        answer.raise_for_status()
        self._imported(answer.json()["id"])
        for path in EXPORTS:
            self._open(Address(f"GET {path}", "GET", path, key))

    def _imported(self, import_id: int) -> None:
        """Wait until the jobs have done it."""

        def is_over(session: Session) -> bool:
            return session.get_one(Import, import_id).status is ImportStatus.FINISHED

        if not self._house.wait_until(is_over, end=time.monotonic() + WAIT_S):
            raise RuntimeError(f"the import {import_id} is not over")
