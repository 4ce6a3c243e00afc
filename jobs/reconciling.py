"""The reconcile tick: asks the carrier about letters it has been silent on."""

import asyncio
import logging
from collections.abc import Sequence

from app.carrier.gate import Account
from app.carrier.protocol import Carrier, CarrierSilent, LookUp
from app.clock import utc_now
from app.messaging import doubts
from app.messaging.doubts import Doubt
from app.runtime import Runtime

log = logging.getLogger(__name__)

BATCH = 200
AT_ONCE = 8


def reconcile(runtime: Runtime) -> None:
    """Turn lost claims into doubts, then ask about each doubt whose time has come. Nothing is held while asking."""
    settings = runtime.settings
    with runtime.database.transaction() as session:
        lost = doubts.notice_lost_claims(session, settings=settings, now=utc_now())
    with runtime.database.snapshot() as session:
        waiting = doubts.open_doubts(session, settings=settings, now=utc_now(), limit=BATCH)
    if lost or waiting:
        log.info("reconcile", extra={"lost_claims": lost, "doubts": len(waiting)})
    if not waiting:
        return
    for doubt, found in zip(waiting, asyncio.run(_ask_all(runtime, waiting)), strict=True):
        if found is not None:
            _resolve(runtime, doubt, found)


def _resolve(runtime: Runtime, doubt: Doubt, found: LookUp) -> None:
    """Each doubt in a transaction of its own: one that fails is asked again and holds up no other."""
    try:
        with runtime.database.transaction() as session:
            doubts.resolve(session, doubt, found, now=utc_now())
    except Exception:
        log.exception("doubt_unresolved", extra={"message_id": doubt.message_id})


async def _ask_all(runtime: Runtime, waiting: Sequence[Doubt]) -> list[LookUp | None]:
    carriers: dict[Account, Carrier] = {
        account: runtime.carriers.open(account) for account in {doubt.account for doubt in waiting}
    }
    gate = asyncio.Semaphore(AT_ONCE)
    try:
        return list(await asyncio.gather(*(_ask(carriers[doubt.account], doubt, gate) for doubt in waiting)))
    finally:
        for carrier in carriers.values():
            await carrier.close()


async def _ask(carrier: Carrier, doubt: Doubt, gate: asyncio.Semaphore) -> LookUp | None:
    """What the carrier knows; None when it cannot be asked now."""
    async with gate:
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
