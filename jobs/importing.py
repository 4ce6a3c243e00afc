"""The import tick: a batch of each waiting file in turn, so that a long one holds up nobody."""

import logging

from app.clock import utc_now
from app.contacts.importing import consents
from app.contacts.importing import service as importing
from app.database.ids import ImportId
from app.errors import AppError
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Files read into memory together by one process."""


def run_imports(
    runtime: Runtime,
    *,
    opted_out: importing.OptedOut,
    object_to: consents.ObjectTo,
    agree: consents.Agree | None = None,
    ending: Ending = NEVER,
    size: int = importing.BATCH,
) -> None:
    """Store rows, ``size`` at once, until no import waits, those left are in other hands, or it is asked to end.

    Killed at any point and run again, or run twice at once, it stores each row once.
    """
    plans: dict[int, importing.Plan] = {}
    broken: set[int] = set()
    while not ending:
        with runtime.database.snapshot() as session:
            waiting = [at for at in importing.waiting(session, limit=AT_ONCE + len(broken)) if at not in broken]
        plans = {at: plans[at] for at in waiting if at in plans}
        moved = False
        for import_id in waiting:
            try:
                moved |= _advance(runtime, import_id, plans, opted_out, object_to, agree, size)
            except Exception:
                log.exception("import_failed", extra={"import_id": import_id})
                broken.add(import_id)  # the next tick tries again, a few times
                _note_error(runtime, import_id)
        if not moved:
            return


def _advance(
    runtime: Runtime,
    import_id: ImportId,
    plans: dict[int, importing.Plan],
    opted_out: importing.OptedOut,
    object_to: consents.ObjectTo,
    agree: consents.Agree | None,
    size: int,
) -> bool:
    """One batch of one import; False when another process holds it."""
    refusal = _read(runtime, import_id, plans, size)
    with runtime.database.transaction() as session:
        one = importing.claim(session, import_id)
        if one is None:
            return False
        if refusal:
            importing.refuse(session, one, refusal, now=utc_now())
        else:
            importing.run_batch(
                session,
                one,
                plans[import_id],
                key=runtime.settings.fingerprint_key,
                opted_out=opted_out,
                object_to=object_to,
                agree=agree,
                now=utc_now(),
                size=size,
            )
    return True


def _note_error(runtime: Runtime, import_id: ImportId) -> None:
    with runtime.database.transaction() as session:
        one = importing.claim(session, import_id)
        if one is not None:
            importing.note_error(session, one, now=utc_now())


def _read(runtime: Runtime, import_id: ImportId, plans: dict[int, importing.Plan], size: int) -> str:
    """Read the file and its next rows, outside of any writing transaction; why it cannot be read, or ""."""
    try:
        with runtime.database.snapshot() as session:
            if import_id not in plans:
                plans[import_id] = importing.plan_of(session, import_id)
            importing.next_rows(session, import_id, plans[import_id], size=size)
    except AppError as refusal:
        return refusal.sentence
    return ""
