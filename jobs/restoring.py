"""``python -m jobs.restoring``: after a restore, ask the carrier what left since the copy, then let sending go on."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app import logs
from app.assembly import build_runtime
from app.carrier.protocol import CarrierSilent, Sighting
from app.carrier.twilio import LOOK_BACK
from app.clock import utc_now
from app.database.labels import require_fit
from app.database.revisions import SchemaError
from app.health import stopping
from app.messaging.restore import halt
from app.messaging.restore import service as restore
from app.messaging.restore.service import Whose
from app.runtime import Runtime
from app.settings import SettingsError, read_settings
from jobs.batches import Queue
from jobs.listening import read_back_replies
from jobs.timetable import TICKS

log = logging.getLogger(__name__)

BATCH = 100
"""Texts of one transaction."""
WRITE_TRIES = 60
QUEUES = tuple(tick.job for tick in TICKS if isinstance(tick.job, Queue))
"""Whatever becomes messages by itself."""


@dataclass
class Found:
    """What the carrier told. ``strange``: texts of ours that no row here speaks of; ``is_over``: nobody was silent.

    ``waiting``: what had not left, once all of it is told.
    """

    replies: int = 0
    left: int = 0
    strange: int = 0
    is_over: bool = True
    waiting: stopping.Waiting | None = None


def ask_what_left(runtime: Runtime, *, sleep: Callable[[float], None] = time.sleep) -> Found:
    """Nothing leaves meanwhile, nor after while a live account is silent: call again.

    What was due is written first, so that a campaign launched since the copy is known again by its texts. A request
    that was on its way when the programs stopped has ended by the time the carrier is asked.
    """
    with runtime.database.transaction() as session:
        since = halt.alive_until(session)
        halted_at = halt.halt(session, halt.RESTORING, now=runtime.clock(session))
    _write_due(runtime, sleep)
    found = Found(replies=read_back_replies(runtime))
    with runtime.database.snapshot() as session:
        rest_s = runtime.settings.doubt_after_s - (runtime.clock(session) - halted_at).total_seconds()
    if since is not None:
        if rest_s > 0:
            sleep(rest_s)
        _ask_accounts(runtime, since - LOOK_BACK, found)
    if found.is_over:
        with runtime.database.transaction() as session:
            found.waiting = stopping.release(session, now=runtime.clock(session))
        log.info("sending_goes_on", extra={"left": found.left, "strange": found.strange})
    return found


def _write_due(runtime: Runtime, sleep: Callable[[float], None]) -> None:
    """Another process may be at a launch: wait for its end, though not for ever for one that fails."""
    for _try in range(WRITE_TRIES):
        for queue in QUEUES:
            queue(runtime)
        with runtime.database.snapshot() as session:
            now = runtime.clock(session)
            if not any(queue.is_due(session, now=now) for queue in QUEUES):
                return
        sleep(1.0)
    log.error("due_not_written")


def _ask_accounts(runtime: Runtime, since: datetime, found: Found) -> None:
    with runtime.database.snapshot() as session:
        accounts = restore.accounts(session, settings=runtime.settings)
    for whose in accounts:
        try:
            sightings = asyncio.run(_sent(runtime, whose, since))
        except CarrierSilent:
            found.is_over &= whose.account.practice  # a simulator that is away texts nobody
            continue
        _bind_all(runtime, whose, sightings, found)


async def _sent(runtime: Runtime, whose: Whose, since: datetime) -> list[Sighting]:
    carrier = runtime.carriers.open(whose.account)
    try:
        return list(await carrier.sent_since(since))
    finally:
        await carrier.close()


def _bind_all(runtime: Runtime, whose: Whose, sightings: list[Sighting], found: Found) -> None:
    """Again while some are found: a text's second try is written when its first one is bound."""
    while True:
        bound = strange = 0
        for at in range(0, len(sightings), BATCH):
            with runtime.database.transaction() as session:
                batch = sightings[at : at + BATCH]
                some = restore.bind(session, whose, batch, settings=runtime.settings, now=utc_now())
            bound, strange = bound + some[0], strange + some[1]
        found.left += bound
        if not bound:
            found.strange += strange
            return


def main() -> int:
    """The exit code: 2 for a setting or a schema that is not right, 1 while a live account is silent."""
    try:
        runtime = build_runtime(read_settings())
        require_fit(runtime.database, runtime.settings.fingerprint_key)
    except (SettingsError, SchemaError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.set_up(level=logging.ERROR)  # whoever waits for it reads sentences, and these say the rest
    sys.stdout.write("L'opérateur est interrogé, ce qui prend une minute ou plus ; rien ne part pendant ce temps.\n")
    sys.stdout.flush()
    found = ask_what_left(runtime)
    with runtime.database.snapshot() as session:
        rest = halt.stopped(session)
    runtime.database.close()
    sys.stdout.write(f"Partis depuis la sauvegarde et retrouvés : {found.left}. Réponses relues : {found.replies}.\n")
    if found.strange:
        sys.stdout.write(
            f"{found.strange} SMS sont partis d'envois que la sauvegarde ne connaît pas : relisez vos envois prévus.\n"
        )
    if not found.is_over:
        sys.stderr.write("L'opérateur ne répond pas : rien ne part. Relancez « tambour restored ».\n")
        return 1
    if found.waiting and (found.waiting.total or found.waiting.held):
        sys.stdout.writelines(f"{line}\n" for line in stopping.lines(found.waiting))
    if rest is not None:
        sys.stdout.write(f"{rest.by} avait tout arrêté ({halt.ended(rest.why)}) Lancez « tambour resume-sending ».\n")
        return 0
    sys.stdout.write("L'envoi reprend.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
