"""Whether anything may leave at all: read by every claim, written by whoever finds the database too old."""

from datetime import datetime

from sqlalchemy import Exists, func, select, update
from sqlalchemy.orm import Session

from app.database.engine import insert_missing, upsert
from app.french.language import _
from app.messaging.models import Mailing
from app.messaging.restore.models import SendingState

ONLY = 1
"""The id of the one row."""
LEFT_SINCE = "left_since"
RESTORING = "restoring"
BACKUP = "backup"
_FIRST = {"id": ONLY, "halted_because": ""}

_SENTENCES = {
    LEFT_SINCE: _("L'opérateur a envoyé des SMS que cette base croit en attente : elle vient d'une sauvegarde."),
    BACKUP: _("Une sauvegarde vient d'être restaurée, et l'opérateur n'a pas encore dit ce qui est parti depuis."),
    RESTORING: _("L'opérateur est interrogé sur tout ce qui a pu partir depuis la sauvegarde."),
}

HALT_A_BACKUP = (
    f"INSERT INTO {SendingState.__tablename__} (id, halted_at, halted_because) "  # noqa: S608 - names of ours
    f"VALUES ({ONLY}, CURRENT_TIMESTAMP, '{BACKUP}') "
    f"ON CONFLICT (id) DO UPDATE SET halted_at = CURRENT_TIMESTAMP, halted_because = '{BACKUP}'"
)
"""For a copy that no program of ours has opened yet: either database reads it, at any revision that has the table."""


def is_halted() -> Exists:
    """The condition « nothing leaves », for the claim."""
    return select(SendingState.id).where(SendingState.halted_at.is_not(None)).exists()


def find(session: Session) -> SendingState | None:
    """The row, if jobs ever ran here."""
    return session.get(SendingState, ONLY)


def sentence(why: str) -> str:
    """What to tell whoever keeps the service."""
    return _SENTENCES.get(why, "")


def note_alive(session: Session, *, now: datetime) -> None:
    """A jobs process works on this database, and knows that nothing left without it. Not so while all is halted."""
    known = update(SendingState).where(SendingState.id == ONLY, SendingState.halted_at.is_(None))
    session.execute(known.values(alive_at=now))
    insert_missing(
        session, SendingState, [_FIRST | {"alive_at": now}], unique=[SendingState.id], returning=SendingState.id
    )


def alive_until(session: Session) -> datetime | None:
    """The last instant of which this database surely knows what left; None for one that never sent anything."""
    state = find(session)
    if state is not None and state.alive_at is not None:
        return state.alive_at
    served: datetime | None = session.scalar(select(func.max(Mailing.served_at)))  # before this table was there
    return served


def halt(session: Session, why: str, *, now: datetime) -> datetime:
    """Nothing leaves from now on; since when that is so."""
    state = find(session)
    since = state.halted_at if state is not None and state.halted_at is not None else now
    words = {"halted_at": since, "halted_because": why}
    changed = [SendingState.halted_at, SendingState.halted_because]
    upsert(session, SendingState, _FIRST | words, unique=[SendingState.id], changed=changed)
    return since


def release(session: Session, *, now: datetime) -> None:
    """Let sending go on. Asked about until now, the past is no longer in doubt."""
    words = {"halted_at": None, "halted_because": "", "restored_at": now, "alive_at": now}
    session.execute(update(SendingState).where(SendingState.id == ONLY).values(words))
