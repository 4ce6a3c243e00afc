"""One workshop after another in a standing house, and what each was like for the people in it."""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.cli.sign_ins import SignIn
from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.status import FINAL
from bench import measure, verdict
from bench.browser import FILE, PAGE, POLL, POST, Browser, Diary
from bench.classroom import LISTS, MARK, SLOW, Key, Participant, Trainer, Wall
from bench.house import WEBS, House
from bench.programs import Program, children

PEOPLE, HOLDERS = 40, 3
STRETCH_S = 90
"""Long enough for everybody to import and to send, the thirty seconds of afterthought included."""
LAST_MESSAGES_S = 90
NEXT_ROOM = 100
"""Participants of the next room are numbered from there on: no text of one is another's."""
Figures = dict[str, float]


class Rooms:
    """``diary`` and ``since`` (monotonic) tell of the last one, from the moment that everybody sits."""

    def __init__(self, house: House, trainer: SignIn) -> None:
        self._house, self._trainer = house, trainer
        self._address = f"http://127.0.0.1:{house.programs[WEBS[0]].port}"
        self._figures: list[Figures] = []
        self._cpu: Figures = {}
        self.diary, self.since = Diary(), 0.0
        self._began_at = utc_now()

    def run_one(self) -> float:
        """Milliseconds that 95 pages in a hundred stay below. Raises RuntimeError when an answer was wrong."""
        self.diary, wall = Diary(), Wall()
        load = os.getloadavg()[0]
        room = asyncio.run(self._run(wall))
        logged = self._house.errors()
        if self.diary.wrong or logged:
            raise RuntimeError(f"wrong answers: {dict(self.diary.wrong)}, logged: {dict(logged)}")
        of_texts = {**self._of_wall(wall, room), **self._of_sending(room)}
        figures = {**self._of_pages(), **self._of_joining(room), **of_texts, "load before": load}
        self._figures.append(figures | self._cpu)
        return figures["page p95 ms"]

    def medians(self) -> Figures:
        """Each figure over the rooms so far."""
        return {name: round(statistics.median(one[name] for one in self._figures), 2) for name in self._figures[0]}

    async def _run(self, wall: Wall) -> list[Participant]:
        first = 1 + NEXT_ROOM * len(self._figures)
        async with AsyncExitStack() as browsers:
            trainer = Trainer(await browsers.enter_async_context(Browser(self._address, self.diary)), wall)
            await trainer.sign_in(self._trainer.email, self._trainer.password)
            await trainer.open_workshop("Les Amis du Quai")
            room = [
                Participant(await browsers.enter_async_context(Browser(self._address, self.diary)), number)
                for number in range(first, first + PEOPLE)
            ]
            together = asyncio.Barrier(PEOPLE)
            await asyncio.gather(*(one.join(trainer.code, together) for one in room))
            await asyncio.gather(*(one.hold() for one in _holders(room)))
            self.since, self._began_at, before = time.monotonic(), utc_now(), self._cpu_s()
            await asyncio.gather(*(one.work(self.since + STRETCH_S) for one in room))
            took = time.monotonic() - self.since
            self._cpu = {f"cpu of {name} %": (s - before[name]) / took * 100 for name, s in self._cpu_s().items()}
            end = time.monotonic() + LAST_MESSAGES_S
            if not await asyncio.to_thread(self._house.wait_until, _is_told, end=end):
                raise RuntimeError(f"letters still wait {LAST_MESSAGES_S} s after the room")
            await asyncio.sleep(2)  # the wall looks again
            for one in room:
                one.leave()
            await trainer.close_workshop()
        return room

    def _of_pages(self) -> Figures:
        seconds = {
            "page": [took for at, took in self.diary.clicks if at >= self.since],
            "page with its files": [took for at, took in self.diary.shown if at >= self.since],
            "GET": self.diary.times(PAGE, self.since),
            "POST": self.diary.times(POST, self.since),
            "poll": self.diary.times(POLL, self.since),
        }
        asked = [one for one in self.diary.asked if 0 <= one.at - self.since <= STRETCH_S]
        found = {
            "requests a second": len(asked) / STRETCH_S,
            "pages": float(len(seconds["page"])),
            "files asked again": float(len(self.diary.times(FILE, self.since))),
        }
        for name, times in seconds.items():
            found |= _spread(name, times)
        return found

    def _of_joining(self, room: list[Participant]) -> Figures:
        return _spread("join", [one.joined_s for one in room])

    def _of_wall(self, wall: Wall, room: list[Participant]) -> Figures:
        """From the simulator's taking of a text, and from the phone's showing it, to the wall's answer."""
        with self._house.runtime.database.snapshot() as session:
            spaces = {space.id: space for space in session.scalars(select(Space))}
        held = {(one.space_id(spaces.values()), one.held) for one in _holders(room)}
        phones = held | {(space_id, phone) for space_id, phone, _mark in wall.seen if not phone.endswith(SLOW)}
        texts = {key: times for one in phones for key, times in self._texts(spaces[one[0]], one[1]).items()}
        seen = [key for key in texts if key in wall.seen]
        return {
            "texts seen on the wall": float(len(seen)),
            "texts of held phones never seen": float(sum(key[:2] in held and key not in wall.seen for key in texts)),
            **_spread("sent to wall", [wall.seen[key] - texts[key][0] for key in seen]),
            **_spread("landed to wall", [wall.seen[key] - texts[key][1] for key in seen]),
        }

    def _of_sending(self, room: list[Participant]) -> Figures:
        """From a campaign's messages being written to the last of them in the carrier's hands: texts are paced."""
        with self._house.runtime.database.snapshot() as session:
            spaces = session.scalars(select(Space)).all()
            of_room = {one.space_id(spaces) for one in room}
            spans = session.execute(
                select(func.min(Message.created_at), func.max(Message.claimed_at))
                .where(Message.space_id.in_(of_room), Message.created_at >= self._began_at)
                .group_by(Message.mailing_id)
            )
            return _spread("whole sending", [(last - first).total_seconds() for first, last in spans])

    def _texts(self, space: Space, phone: str) -> dict[Key, tuple[float, float]]:
        """When each text of ours to a phone was taken, and when the phone showed it (Unix time)."""
        texts = self._house.ask_simulator(space, "GET", f"handsets/{phone}")["items"]
        instants = [
            (datetime.fromisoformat(one["created_at"]), datetime.fromisoformat(one["landed_at"])) for one in texts
        ]
        return {
            (space.id, phone, mark[1]): (sent.timestamp(), landed.timestamp())
            for one, (sent, landed) in zip(texts, instants, strict=True)
            if (mark := MARK.search(one["body"]))
        }

    def _cpu_s(self) -> dict[str, float]:
        """The processor's seconds of each program so far."""
        return {
            name: sum(measure.cpu_s(pid) for pid in processes(program))
            for name, program in self._house.programs.items()
        }


def processes(program: Program) -> list[int]:
    """A program and its workers."""
    return [program.pid, *children(program.pid)]


def _is_told(session: Session) -> bool:
    """Whether the carrier has said the last of every message, but for the phones it is late or silent about."""
    waiting = select(Message.id).where(
        Message.is_latest,
        Message.status.not_in(FINAL),
        ~Message.phone.endswith(SLOW),
        ~Message.phone.endswith(verdict.UNTOLD),
    )
    return verdict.is_handed_over(session) and session.scalar(waiting.limit(1)) is None


def _holders(room: list[Participant]) -> list[Participant]:
    """Those who write to the longest list, so that the phone they hold rings."""
    return [one for one in room if one.number % LISTS == 0][:HOLDERS]


def _spread(name: str, seconds: Sequence[float]) -> Figures:
    """The middle, the 95th of a hundred and the worst, in milliseconds."""
    if len(seconds) < 2:
        raise RuntimeError(f"nothing to measure: {name}")
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    found = {"p50": statistics.median(seconds), "p95": p95, "max": max(seconds)}
    return {f"{name} {word} ms": took * 1000 for word, took in found.items()}
