"""Whether anything may leave at all: one row, read by every claim and again before the carrier is called.

Two hold it, apart from one another: a database found too old, until `tambour restored`, and a person, until one says
to go on. Neither ends what the other began.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.engine import insert_missing, upsert
from app.french.language import _
from app.french.typography import show_instant, show_time
from app.messaging import acts
from app.messaging.models import Mailing
from app.messaging.restore.models import SendingState

ONLY = 1
"""The id of the one row."""
LEFT_SINCE = "left_since"
RESTORING = "restoring"
BACKUP = "backup"
_FIRST = {"id": ONLY, "halted_because": "", "stopped_because": "", "stopped_by": ""}
LONGEST_REASON = 200

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


@dataclass(frozen=True)
class Standstill:
    """Nothing leaves ``since`` then. ``why`` is a sentence; ``by`` who stopped it, empty after a restore."""

    since: datetime
    why: str
    by: str = ""

    @property
    def sentence(self) -> str:
        """``why`` by itself."""
        return ended(self.why[:1].upper() + self.why[1:])


def is_halted() -> Exists:
    """The condition « nothing leaves », whoever holds it, for the claim."""
    held = or_(SendingState.halted_at.is_not(None), SendingState.stopped_at.is_not(None))
    return select(SendingState.id).where(held).exists()


def is_behind() -> Exists:
    """The condition « this database does not know what left », for whatever tells others what happened."""
    return select(SendingState.id).where(SendingState.halted_at.is_not(None)).exists()


def stopped(session: Session) -> Standstill | None:
    """What a person stopped, if one did."""
    row = find(session)
    if row is None or row.stopped_at is None:
        return None
    return Standstill(row.stopped_at, row.stopped_because, row.stopped_by)


def standstill(session: Session) -> Standstill | None:
    """Why nothing leaves, for people who send: what a person said, before what a restore waits for."""
    if find(session) is None:
        return None
    return stopped(session) or halted(session)


def halted(session: Session) -> Standstill | None:
    """What a restore holds, if one does."""
    row = find(session)
    if row is None or row.halted_at is None:
        return None
    why = sentence(row.halted_because)
    return Standstill(row.halted_at, why[:1].lower() + why[1:])


def told(found: Standstill, *, now: datetime, zone: ZoneInfo) -> str:
    """The sentence that people who send read, wherever they are."""
    is_today = found.since.astimezone(zone).date() == now.astimezone(zone).date()
    since = show_time(found.since, zone) if is_today else _("le %(day)s", day=show_instant(found.since, zone))
    return _(
        "Les envois sont arrêtés pour tous depuis %(since)s : %(why)s "
        "Ce qui attend repartira, sauf ce dont l'heure sera passée.",
        since=since, why=ended(found.why),
    )  # fmt: skip


def said(session: Session, *, now: datetime, zone: ZoneInfo) -> str:
    """The same of this instant; empty when all goes well."""
    found = standstill(session)
    return told(found, now=now, zone=zone) if found else ""


def ended(reason: str) -> str:
    """A reason that somebody typed, as a sentence."""
    return reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."


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


def stop(session: Session, *, why: str, by: Principal, now: datetime) -> bool:
    """Nothing leaves any more, until ``resume``; False when it was stopped already: the first reason stands."""
    insert_missing(session, SendingState, [_FIRST], unique=[SendingState.id], returning=SendingState.id)
    words = {"stopped_at": now, "stopped_because": why[:LONGEST_REASON], "stopped_by": by.name[:80]}
    free = update(SendingState).where(SendingState.id == ONLY, SendingState.stopped_at.is_(None))
    is_new = session.scalar(free.values(words).returning(SendingState.id)) is not None
    if is_new:
        activity.record(session, None, acts.SENDING_STOPPED, by=by, now=now, note=why[:LONGEST_REASON])
    return is_new


def resume(session: Session, *, by: Principal, now: datetime) -> bool:
    """Let leave what a person had stopped; False when nobody had. What a restore holds stays held."""
    words = {"stopped_at": None, "stopped_because": "", "stopped_by": ""}
    held = update(SendingState).where(SendingState.id == ONLY, SendingState.stopped_at.is_not(None))
    was_stopped = session.scalar(held.values(words).returning(SendingState.id)) is not None
    if was_stopped:
        activity.record(session, None, acts.SENDING_RESUMED, by=by, now=now)
    return was_stopped


def release(session: Session, *, now: datetime) -> None:
    """Let sending go on after a restore. Asked about until now, the past is no longer in doubt."""
    words = {"halted_at": None, "halted_because": "", "restored_at": now, "alive_at": now}
    session.execute(update(SendingState).where(SendingState.id == ONLY).values(words))
