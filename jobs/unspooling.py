"""The spool ticks: what the carrier brought while the database was busy is kept, texts by their space."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from sqlalchemy.exc import OperationalError

from app.clock import utc_now
from app.database.engine import is_busy
from app.errors import Forbidden
from app.messaging.group_commit import MAXIMUM
from app.messaging.inbox import arrivals, inbound
from app.messaging.inbox.arrivals import Arrival
from app.messaging.inbox.spool import Spooled
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def take_spooled_texts(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Keep and obey each, in the order they came, as of when they came; its file goes once that is committed."""
    for one in inbound.SPOOL.waiting(runtime.settings.data_dir):
        if ending:
            return
        text = one.item
        try:
            with runtime.database.transaction() as session:
                inbound.take(
                    session, text.incoming, settings=runtime.settings, now=utc_now(), said_at=one.at, raw=text.raw
                )
            one.path.unlink(missing_ok=True)
        except Exception:  # the next tick tries again; one that cannot be kept holds up no other
            log.exception("spooled_text_failed", extra={"carrier_sid": text.incoming.carrier_sid})


def take_spooled_receipts(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Record them, some together, in the order they came; their files go once that is committed."""
    waiting = arrivals.SPOOL.waiting(runtime.settings.data_dir)
    while not ending and (batch := list(islice(waiting, MAXIMUM))):
        try:
            _record(runtime, batch)
        except Exception as error:
            if isinstance(error, OperationalError) and is_busy(error):
                return  # still: the next tick tries again
            for one in batch:
                _record_alone(runtime, one)


def _record_alone(runtime: Runtime, one: Spooled[Arrival]) -> None:
    """One that cannot be recorded takes nobody with it, and is tried again by the next tick."""
    try:
        _record(runtime, [one])
    except Forbidden:  # as the webhook would have answered, had it been able to look
        log.warning("spooled_receipt_refused", extra={"public_id": one.item.public_id})
        one.path.unlink(missing_ok=True)
    except Exception:
        log.exception("spooled_receipt_failed", extra={"public_id": one.item.public_id})


def _record(runtime: Runtime, batch: Sequence[Spooled[Arrival]]) -> None:
    came = [replace(one.item, report=replace(one.item.report, at=one.at)) for one in batch]
    with runtime.database.transaction() as session:
        arrivals.record(session, came, settings=runtime.settings, now=utc_now())
    for one in batch:
        one.path.unlink(missing_ok=True)
