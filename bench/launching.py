"""Launch: messages a second from a schedule to the outbox, against the bare insertion of the same messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, cast

from sqlalchemy import Table, func, insert, select

from app.accounts.models import Mode, Space
from app.campaigns import launching
from app.clock import utc_now
from app.consent.families import Family
from app.messaging.messages import new_public_id
from app.messaging.models import Mailing, MailingState, Message
from app.runtime import Runtime
from bench import crowd
from bench.ground import ground
from bench.measure import Comparison
from jobs.batches import BATCH
from jobs.launching import launch_due_campaigns

PEOPLE = 100_000
TABLE = cast(Table, Message.__table__)


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ground(kind) as runtime:
        space = crowd.populate(runtime, crowd.real_looking(PEOPLE), mode=Mode.LIVE)
        yield Comparison(
            unit="letters/s",
            value=lambda: launch_once(runtime, space),
            limit=lambda: insert_once(runtime, space),
            limit_is=f"one bare insert of the same letters, {BATCH} a transaction",
        )


def launch_once(runtime: Runtime, space: Space) -> float:
    """By the tick that jobs run: one text with each first name and a personal link."""
    campaign = crowd.schedule(runtime, space)
    begun = perf_counter()
    launch_due_campaigns(runtime)
    elapsed_s = perf_counter() - begun
    with runtime.database.snapshot() as session:
        written = session.scalar(select(func.count()).where(Message.mailing_id == campaign.mailing_id))
        if written != PEOPLE or launching.is_due(session, now=utc_now()):
            raise RuntimeError(f"{written} letters written for {PEOPLE} people")
    return PEOPLE / elapsed_s


def insert_once(runtime: Runtime, space: Space) -> float:
    """The messages of the last launch again, in a mailing of their own: the same rows, the same indexes."""
    rows = _copies(runtime, space)
    begun = perf_counter()
    for at in range(0, len(rows), BATCH):
        with runtime.database.engine.begin() as connection:
            connection.execute(insert(TABLE), rows[at : at + BATCH])
    return len(rows) / (perf_counter() - begun)


def _copies(runtime: Runtime, space: Space) -> list[dict[str, Any]]:
    now = utc_now()
    with runtime.database.transaction() as session:
        last = select(func.max(Message.mailing_id)).scalar_subquery()
        found = session.execute(select(TABLE).where(Message.mailing_id == last)).mappings().all()
        mailing = Mailing(
            space_id=space.id,
            sender=crowd.SENDER,
            family=Family.CHARITABLE,
            state=MailingState.CLOSED,
            served_at=now,
            created_at=now,
        )
        session.add(mailing)
        session.flush()
        mailing_id = mailing.id
    kept = [{name: value for name, value in row.items() if name != "id"} for row in found]
    return [{**row, "mailing_id": mailing_id, "public_id": new_public_id("l")} for row in kept]
