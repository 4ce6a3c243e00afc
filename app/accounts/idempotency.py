"""The same demand twice, one effect: the first answer under a program's own word, given again for 24 hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Idempotency
from app.accounts.retention import ANSWERS_KEPT
from app.database.engine import insert_missing
from app.errors import Conflict, RuleBroken
from app.french.language import _

DEAD_AFTER = timedelta(seconds=60)
"""How old a demand without answer is before its process is taken for dead; no request of ours lives that long."""


@dataclass(frozen=True)
class KeyedRequest:
    """What a key asks under its own ``word``; ``digest`` is of the method, the path and the body."""

    api_key_id: int
    word: str
    digest: str


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Lease:
    """The right to act on a demand, until somebody takes it over."""

    id: int
    begun_at: datetime


def begin(session: Session, demand: KeyedRequest, *, now: datetime) -> Lease | Answer:
    """A turn for the first to ask, the kept answer for the others.

    Raises RuleBroken for another body under the same word, Conflict while the first is at work.
    """
    mine = (Idempotency.api_key_id == demand.api_key_id, Idempotency.word == demand.word)
    session.execute(delete(Idempotency).where(*mine, Idempotency.created_at < now - ANSWERS_KEPT))
    row = {"api_key_id": demand.api_key_id, "word": demand.word, "digest": demand.digest, "created_at": now}
    unique = [Idempotency.api_key_id, Idempotency.word]
    for made_id in insert_missing(session, Idempotency, [row], unique=unique, returning=Idempotency.id):
        return Lease(made_id, now)
    found = session.scalar(select(Idempotency).where(*mine).with_for_update())
    if found is not None and found.digest != demand.digest:
        raise RuleBroken(
            "idempotency_key_reused", _("Ce mot a déjà servi pour une autre demande : prenez-en un autre.")
        )
    if found is not None and found.status is not None:
        return Answer(found.status, found.content_type, found.answer)
    if found is None or found.created_at >= now - DEAD_AFTER:
        raise Conflict("idempotency_running", _("La même demande est en cours : reposez-la dans un instant."))
    found.created_at = now
    return Lease(found.id, now)


def finish(session: Session, turn: Lease, answer: Answer) -> None:
    """Keep the answer, in the transaction of what it tells. Raises Conflict when the turn was taken over."""
    kept = session.scalar(
        update(Idempotency)
        .where(Idempotency.id == turn.id, Idempotency.created_at == turn.begun_at, Idempotency.status.is_(None))
        .values(status=answer.status, content_type=answer.content_type, answer=answer.body)
        .returning(Idempotency.id)
    )
    if kept is None:
        raise Conflict("idempotency_lost", _("La même demande a été reprise ailleurs : reposez-la dans un instant."))


def give_up(session: Session, turn: Lease) -> None:
    """Forget a demand that failed for a reason of ours: it may be made again at once."""
    session.execute(
        delete(Idempotency).where(
            Idempotency.id == turn.id, Idempotency.created_at == turn.begun_at, Idempotency.status.is_(None)
        )
    )
