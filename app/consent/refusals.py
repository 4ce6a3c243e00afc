"""The refusal of a phone, and whose words it is.

A phone has one refusal at most, « plus de SMS » or « seulement mes missions ». ``copied_from`` is None where the phone
said so itself, else the fingerprint of the other phone of the same person whose refusal was noted of it too: that of a
number of before, or of a card merged into theirs.

A copy makes a phone stricter, never milder. Where it hardens « seulement mes missions », ``missions_from`` keeps whose
words that was: the phone's own fingerprint where they were its own.

A phone that speaks for itself has its own refusal from then on, copied from nobody. A refusal that is lifted lifts what
was copied from it, and what was copied from that; what a copy had hardened holds again. One that becomes milder makes
its copies milder alike. Nothing else moves, least of all what a lifted refusal was itself copied from. Two cards that
are separated give up what their merge copied, unless the phone it was copied from said no again since: that was said of
the one person whom both cards were.

Rows older than migration 0035 say of no phone where they come from: each counts as its phone's own.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.consent.models import Channel, OptOut
from app.database.engine import insert_missing, upsert
from app.database.ids import SpaceId

_UNIQUE = (OptOut.space_id, OptOut.fingerprint)


def find(session: Session, space_id: SpaceId, fingerprint: str, *, lock: bool = False) -> OptOut | None:
    """The phone's refusal, if it has one."""
    query = select(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == fingerprint)
    return session.scalar(query.with_for_update() if lock else query)


def say(
    session: Session, space_id: SpaceId, fingerprint: str, *, only_missions: bool, channel: Channel, now: datetime
) -> list[str]:
    """A phone refuses by itself. The phones whose copy of its refusal is milder by that."""
    said = {"only_missions": only_missions, "copied_from": None, "missions_from": None}
    row = {"space_id": space_id, "fingerprint": fingerprint, "at": now, "channel": channel, **said}
    changed = [OptOut.only_missions, OptOut.copied_from, OptOut.missions_from]
    upsert(session, OptOut, row, unique=_UNIQUE, changed=changed)
    return _loosen_copies(session, space_id, fingerprint, to_missions=True) if only_missions else []


def copy(session: Session, refused: OptOut, fingerprint: str, *, now: datetime) -> bool:
    """A phone refuses what another of the same person does; whether it refused less until now."""
    own = find(session, refused.space_id, fingerprint, lock=True)
    if own is None:
        row = {
            "space_id": refused.space_id, "fingerprint": fingerprint, "only_missions": refused.only_missions, "at": now,
            "channel": refused.channel, "copied_from": refused.fingerprint,
        }  # fmt: skip
        return bool(insert_missing(session, OptOut, [row], unique=_UNIQUE, returning=OptOut.id))
    if refused.only_missions or not own.only_missions:
        return False
    own.missions_from = own.copied_from or fingerprint
    own.only_missions, own.copied_from = False, refused.fingerprint
    session.flush()
    return True


def lift(session: Session, space_id: SpaceId, fingerprint: str) -> list[str]:
    """A phone refuses nothing any more; this phone, and those whose copy of its refusal is lifted or milder by that."""
    session.execute(delete(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == fingerprint))
    return [fingerprint, *_loosen_copies(session, space_id, fingerprint, to_missions=False)]


def give_up(session: Session, copied: OptOut) -> list[str]:
    """A phone does not share another's refusal any more; this phone, and those that refuse less by that."""
    return _loosen(session, copied, str(copied.copied_from), to_missions=False)


def _loosen_copies(session: Session, space_id: SpaceId, source: str, *, to_missions: bool) -> list[str]:
    """What was copied from a phone that refuses nothing any more, or ``to_missions``: all but its missions."""
    copies = select(OptOut).where(
        OptOut.space_id == space_id, or_(OptOut.copied_from == source, OptOut.missions_from == source)
    )
    found = session.scalars(copies.where(OptOut.fingerprint != source).order_by(OptOut.id).with_for_update()).all()
    return [phone for row in found for phone in _loosen(session, row, source, to_missions=to_missions)]


def _loosen(session: Session, row: OptOut, source: str, *, to_missions: bool) -> list[str]:
    phone, under = row.fingerprint, row.missions_from if row.missions_from != source else None
    if row.copied_from != source:
        row.missions_from = row.missions_from if to_missions else under
        return []
    if to_missions and row.only_missions:
        return []
    if under or to_missions:
        row.only_missions, row.missions_from = True, None
        row.copied_from = source if under is None else under if under != phone else None
        session.flush()
        return [phone, *_loosen_copies(session, row.space_id, phone, to_missions=True)]
    space_id = row.space_id
    session.delete(row)
    session.flush()
    return [phone, *_loosen_copies(session, space_id, phone, to_missions=False)]
