"""What is due is drained: a batch of one row a transaction, until none is left to this process."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.runtime import Runtime
from app.settings import Settings
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

BATCH = 500


class Due(Protocol):
    """A row whose time has come."""

    @property
    def id(self) -> int: ...


RowT = TypeVar("RowT", bound=Due)
ClaimedT_co = TypeVar("ClaimedT_co", bound=Due, covariant=True)
WrittenT_contra = TypeVar("WrittenT_contra", bound=Due, contravariant=True)


class IsDue(Protocol):
    """Whether anything is: a cheap question, so that an idle tick writes nothing."""

    def __call__(self, session: Session, *, now: datetime) -> bool: ...


class Claim(Protocol[ClaimedT_co]):
    """A row that is due, none of those to pass over, held until the transaction ends."""

    def __call__(self, session: Session, *, now: datetime, exclude: Collection[int]) -> ClaimedT_co | None: ...


class Write(Protocol[WrittenT_contra]):
    """Write the next ``limit`` messages of a row, which is due no more after the last."""

    def __call__(
        self, session: Session, row: WrittenT_contra, /, *, limit: int, settings: Settings, now: datetime
    ) -> int: ...


@dataclass(frozen=True)
class Queue(Generic[RowT]):
    """A kind of row that becomes messages when its time has come, and the tick that writes them.

    ``name`` stands in the log. After a restore every queue of the timetable is drained before the carrier is asked.
    """

    name: str
    is_due: IsDue
    claim: Claim[RowT]
    write: Write[RowT]

    def __call__(self, runtime: Runtime, *, ending: Ending = NEVER) -> None:
        """Write every batch that is due, so that no other writer waits long, until asked to end.

        A row that breaks holds up no other: it is logged as ``<name>_failed`` and the next tick tries it again.
        """
        with runtime.database.snapshot() as session:
            if not self.is_due(session, now=runtime.clock(session)):
                return
        broken: set[int] = set()
        while not ending:
            row_id = None
            try:
                with runtime.database.transaction() as session:
                    now = runtime.clock(session)
                    row = self.claim(session, now=now, exclude=broken)
                    if row is None:
                        return
                    row_id = row.id
                    self.write(session, row, limit=BATCH, settings=runtime.settings, now=now)
            except Exception:
                if row_id is None:
                    raise
                log.exception(f"{self.name}_failed", extra={f"{self.name}_id": row_id})
                broken.add(row_id)
