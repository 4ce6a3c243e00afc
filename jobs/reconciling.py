"""The reconcile tick: asks the carrier about messages it has been silent on."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.carrier.carriers import CarrierAccount
from app.carrier.protocol import Carrier, CarrierSilent, LookUp
from app.clock import utc_now
from app.messaging import in_doubt
from app.messaging.in_doubt import InDoubt
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

BATCH = 200
AT_ONCE = 8
"""Questions to one account."""
ENOUGH = 8
"""After so many silences in a row, an account is left alone until the next turn."""


def reconcile(runtime: Runtime, *, ending: Ending = NEVER) -> int:
    """Turn lost claims into doubts, then ask about each doubt whose time has come. Nothing is held while asking.

    How many questions there were, up to ``BATCH``.
    """
    return ask_batch(runtime, ending=ending).due


@dataclass(frozen=True)
class Batch:
    """``due`` were to be asked about, and ``answered`` of them were.

    ``is_silent``: the carrier of real phones answered none of its own. A simulator that is stopped says nothing of it.
    """

    due: int
    answered: int
    is_silent: bool


def ask_batch(runtime: Runtime, *, ending: Ending = NEVER) -> Batch:
    """The same, and how much of it was answered."""
    notice_lost_claims(runtime)
    settings = runtime.settings
    with runtime.database.snapshot() as session:
        waiting = in_doubt.messages_in_doubt(session, settings=settings, now=runtime.clock(session), limit=BATCH)
    if not waiting:
        return Batch(0, 0, is_silent=False)
    log.info("reconcile", extra={"doubts": len(waiting)})
    answers = asyncio.run(_ask_all(runtime, waiting, ending))
    is_silent = any(count == 0 for account, count in answers.items() if not account.practice)
    return Batch(len(waiting), sum(answers.values()), is_silent)


def notice_lost_claims(runtime: Runtime, *, ending: Ending = NEVER) -> None:  # noqa: ARG001 - one short transaction
    """Messages whose dispatcher died with them in hand become doubts, however long the carrier takes to answer."""
    settings = runtime.settings
    with runtime.database.snapshot() as session:
        if not in_doubt.has_lost_claims(session, settings=settings, now=runtime.clock(session)):
            return
    with runtime.database.transaction() as session:
        lost = in_doubt.notice_lost_claims(session, settings=settings, now=runtime.clock(session))
    log.info("lost_claims", extra={"letters": lost})


async def _ask_all(runtime: Runtime, waiting: Sequence[InDoubt], ending: Ending) -> dict[CarrierAccount, int]:
    """Each account is asked a few at a time, beside the others: a silent one holds up nobody else's messages.

    How many answers there were of each.
    """
    by_account: dict[CarrierAccount, list[InDoubt]] = {}
    for doubt in waiting:
        by_account.setdefault(doubt.account, []).append(doubt)
    answers = await asyncio.gather(
        *(_ask_account(runtime, account, mine, ending) for account, mine in by_account.items())
    )
    return dict(zip(by_account, answers, strict=True))


async def _ask_account(runtime: Runtime, account: CarrierAccount, waiting: Sequence[InDoubt], ending: Ending) -> int:
    carrier = runtime.carriers.open(account)
    slots = asyncio.Semaphore(AT_ONCE)
    silences = answers = 0

    async def settle(doubt: InDoubt) -> None:
        nonlocal silences, answers
        async with slots:
            if ending or silences >= ENOUGH:
                return  # the next turn asks: one that is silent costs every other question its whole patience
            found = await _ask(carrier, doubt)
            silences = silences + 1 if found is None else 0
            answers += found is not None
            await asyncio.to_thread(_resolve, runtime, doubt, found)

    try:
        await asyncio.gather(*(settle(doubt) for doubt in waiting))
    finally:
        await carrier.close()
    return answers


def _resolve(runtime: Runtime, doubt: InDoubt, found: LookUp | None) -> None:
    """Each doubt at once, in a transaction of its own: one that fails is asked again and holds up no other."""
    try:
        with runtime.database.transaction() as session:
            now = runtime.clock(session)
            if found is None:
                in_doubt.put_off(session, doubt, settings=runtime.settings, now=now)
            else:
                in_doubt.resolve(session, doubt, _measured_from(now, found), now=now)
    except Exception:
        log.exception("doubt_unresolved", extra={"message_id": doubt.message_id})


def _measured_from(now: datetime, found: LookUp) -> LookUp:
    """The same, the carrier's clock compared with the one that dates claims, ``now``, and not with this machine's."""
    if found.skew_s is None:
        return found
    return replace(found, skew_s=found.skew_s + (utc_now() - now).total_seconds())


async def _ask(carrier: Carrier, doubt: InDoubt) -> LookUp | None:
    """What the carrier knows; None when it cannot be asked now."""
    try:
        if doubt.carrier_sid:
            seen = await carrier.look_up(doubt.carrier_sid)
            return LookUp([seen] if seen else [])
        return await carrier.seen_since(doubt.phone, doubt.claimed_at)
    except CarrierSilent:
        return None
    except Exception:
        log.exception("look_up_failed", extra={"message_id": doubt.message_id})
        return None
