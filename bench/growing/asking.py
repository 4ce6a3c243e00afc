"""Everything that a tick, a poll or a page asks of a house."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.signing import signing_in
from app.accounts.web.session_cookie import COOKIE
from app.assembly import create_app
from app.clock import utc_now
from app.health import service as health
from app.messaging import messages, tallies
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.runtime import Runtime
from bench.growing.filling import FIRST
from jobs.dispatching import Dispatcher
from jobs.ending import NEVER
from jobs.starting import StartCheck
from jobs.timetable import TICKS
from tests.matrix.doors import LinkTarget, doors, plain
from tests.matrix.world import World

Ask = Callable[[], object]
WHOLE: Mapping[str, str] = {
    "/e/<slug>/contacts/export.csv": "exports everybody",
    "/e/<slug>/contacts/export.xlsx": "exports everybody",
    "/api/v1/contacts/export.csv": "exports everybody",
    "/api/v1/contacts/export.xlsx": "exports everybody",
    "/e/<slug>/selections": "counts the people of each ready-made rule: the bench of segments is about them",
    "/e/<slug>/selections/<segment_id>": "reads the people of a rule",
    "/e/<slug>/selections/<segment_id>/personnes": "reads the people of a rule",
    "/e/<slug>/selections/<segment_id>/laissees": "reads the people of a rule",
}
"""What reads all of a space because that is what it is asked for."""
TOKEN = "a token of the benches"


def questions(runtime: Runtime, world: World) -> dict[str, Ask]:
    """{what is asked: a call that asks it}."""
    return {**ticks(runtime), **polls(runtime), **pages(runtime, world)}


def ticks(runtime: Runtime) -> dict[str, Ask]:
    """Each tick of the timetable, a turn of the idle dispatcher, the start of jobs."""
    asked: dict[str, Ask] = {f"tick {tick.name}": partial(tick.job, runtime, ending=NEVER) for tick in TICKS}
    asked["claim"] = lambda: asyncio.run(Dispatcher(runtime).drain())
    asked["start of jobs"] = lambda: StartCheck(runtime)
    return asked


def polls(runtime: Runtime) -> dict[str, Ask]:
    """What open pages ask again and again, and what a callback of the carrier looks up."""
    mailing_id, settings = FIRST + 7, runtime.settings
    incoming = Incoming(settings.twilio_account_sid, "SM0", "+33610000077", "+33937000099", "Bonjour")

    def read(ask: Callable[[Session], object]) -> None:
        with runtime.database.snapshot() as session:
            ask(session)

    asked: dict[str, Callable[[Session], object]] = {
        "progress": lambda session: tallies.progress(session, mailing_id),  # type: ignore[arg-type]
        "mark of a mailing": lambda session: tallies.mailing_mark(session, mailing_id),  # type: ignore[arg-type]
        "page of a mailing": lambda session: messages.of_mailing(
            session,
            mailing_id,
            statuses=(),
            after_id=0,
            limit=50,  # type: ignore[arg-type]
        ),
        "replies that press": lambda session: replies.pressing(session, 1),  # type: ignore[arg-type]
        "space of a reply": lambda session: replies.space_of(session, incoming, settings=settings),
        "health": lambda session: health.read(session, now=utc_now()),
        "oldest due": lambda session: health.oldest_due(session, now=utc_now()),
    }
    return {f"poll {name}": partial(read, ask) for name, ask in asked.items()}


def pages(runtime: Runtime, world: World) -> dict[str, Ask]:
    """Every address that only reads, as whoever may open it."""
    app = create_app(runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    return {one.name: partial(_open, app, one) for one in addresses(app, runtime, world)}


@dataclass(frozen=True)
class Address:
    """What a program of ours is asked, and by whom: its headers say it. ``name`` is the method and the rule."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]


def addresses(app: Flask, runtime: Runtime, world: World) -> list[Address]:
    """All that read: by a référente, the programme's staff, a trainer, a key."""
    with runtime.database.transaction() as session:
        cookies = {
            caller: signing_in.start(session, session.get_one(User, world.users[caller]), browser="b", now=utc_now())
            for caller in ("referente", "programme", "trainer")
        }
    return [
        Address(
            str(target), target.method, target.address(world.ids, slug=world.slug), _headers(target, world, cookies)
        )
        for target in doors(app)
        if not target.changes and plain(target.rule) not in WHOLE
    ]


def _headers(target: LinkTarget, world: World, cookies: Mapping[str, str]) -> dict[str, str]:
    if target.rule == "/metrics":
        return {"Authorization": f"Bearer {TOKEN}"}
    if target.rule.startswith("/api/"):
        return {"Authorization": f"Bearer {world.keys['referente']}"}
    staff = "trainer" if target.guard.kind == "staff" else "programme"
    return {"Cookie": f"{COOKIE}={cookies['referente' if target.rule.startswith('/e/') else staff]}"}


def _open(app: Flask, asked: Address) -> None:
    client = app.test_client(use_cookies=False)
    answer = client.open(asked.path, method=asked.method, headers=asked.headers)
    if answer.status_code >= 500:
        raise RuntimeError(f"{asked.name} answers {answer.status_code}")
    answer.get_data()
