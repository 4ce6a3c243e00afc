"""The read-back tick: what was answered while no web was there to hear it."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import groupby

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Carrier, CarrierSilent, Inbound
from app.clock import utc_now
from app.messaging.inbox import reading_back
from app.messaging.inbox.reading_back import Line
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Accounts asked at the same time."""


def read_back_replies(runtime: Runtime, *, ending: Ending = NEVER) -> int:
    """Keep and obey each text that the carrier has for our numbers and that we have not; how many there were."""
    with runtime.database.snapshot() as session:
        lines = reading_back.lines(session, settings=runtime.settings, now=utc_now())
    found = asyncio.run(_read_all(runtime, lines, ending)) if lines else 0
    if found:
        log.warning("replies_read_back", extra={"replies": found})
    return found


async def _read_all(runtime: Runtime, lines: Sequence[Line], ending: Ending) -> int:
    state = asyncio.Semaphore(AT_ONCE)

    async def read(account: CarrierAccount, numbers: Sequence[Line]) -> int:
        async with state:
            carrier = runtime.carriers.open(account)
            try:
                return sum([await _read_line(runtime, carrier, line) for line in numbers if not ending])
            finally:
                await carrier.close()

    ordered = sorted(lines, key=lambda line: line.account.account_sid)
    by_account = [(account, list(its)) for account, its in groupby(ordered, key=lambda line: line.account)]
    return sum(await asyncio.gather(*(read(account, its) for account, its in by_account)))


async def _read_line(runtime: Runtime, carrier: Carrier, line: Line) -> int:
    """One number; a silent carrier is asked again by the next tick, from where this one began."""
    asked_at = utc_now()
    try:
        texts = await carrier.received_since(line.number, line.since)
    except CarrierSilent as silence:
        log.info("read_back_silent", extra={"reason": str(silence)})
        return 0
    except Exception:
        log.exception("read_back_failed")
        return 0
    failed, kept = await asyncio.to_thread(_keep_all, runtime, line, texts)
    with runtime.database.transaction() as session:
        reading_back.mark(session, line, asked_at, failed=failed)
    return kept


def _keep_all(runtime: Runtime, line: Line, texts: Sequence[Inbound]) -> tuple[list[Inbound], int]:
    """Each in a transaction of its own, in the order they were written; those that failed, how many were new."""
    with runtime.database.snapshot() as session:
        new = reading_back.unknown(session, line, texts)
    failed: list[Inbound] = []
    kept = 0
    for text in new:
        try:
            with runtime.database.transaction() as session:
                kept += reading_back.keep(session, line, text, settings=runtime.settings, now=utc_now())
        except Exception:  # the next tick reads it again
            log.exception("reply_not_kept", extra={"carrier_sid": text.carrier_sid})
            failed.append(text)
    return failed, kept
