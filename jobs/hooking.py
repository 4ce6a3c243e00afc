"""The tick of webhooks: what programs want to hear of is told, and told again until they have heard it."""

import logging

from sqlalchemy import select

from app.hooks import delivering
from app.hooks.wire import Wire
from app.messaging.restore import halt
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def deliver_hooks(runtime: Runtime, *, ending: Ending = NEVER, wire: Wire | None = None) -> int:
    """Until nothing is due; how many attempts were made. Nothing leaves while a restore is under way."""
    wire, made = wire or Wire(), 0
    while not ending:
        with runtime.database.snapshot() as session:
            now = runtime.clock(session)
            if session.scalar(select(halt.is_behind())) or not delivering.is_due(session, now=now):
                return made
        with runtime.database.transaction() as session:
            claimed = delivering.claim(session, now=runtime.clock(session))
        if not claimed:  # another process has them
            return made
        answers = wire.send([one.post for one in claimed])
        with runtime.database.transaction() as session:
            delivering.settle(session, list(zip(claimed, answers, strict=True)), now=runtime.clock(session))
        made += len(claimed)
        failed = sum(not one.is_yes for one in answers)
        log.info("hooks_delivered", extra={"attempts": len(claimed), "failed": failed})
    return made
