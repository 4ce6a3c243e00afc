"""A live space opened by its référente to one named member of the programme, to read, for a set time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity, acts
from app.accounts.models import AccessGrant, Mode, Space, User
from app.accounts.principal import Principal
from app.database.ids import SpaceId, UserId
from app.errors import NotFound, RuleBroken
from app.french.language import _

LASTS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
NOTED_EVERY = timedelta(hours=1)
"""How often an entry leaves a row in the trail; each page would bury the rest."""


def staff(session: Session) -> Sequence[User]:
    """To whom a space can be opened, by name."""
    return session.scalars(
        select(User).where(User.staff.is_not(None), User.disabled_at.is_(None)).order_by(User.name, User.id)
    ).all()


def open_to(
    session: Session, space: Space, user_id: UserId, *, lasts: timedelta, reason: str, by: Principal, now: datetime
) -> AccessGrant:
    """Open the space to one member of the programme. It replaces what was open to them."""
    user = next((each for each in staff(session) if each.id == user_id), None)
    if user is None:
        sentence = _("Choisissez une personne de l'équipe du programme.")
        raise RuleBroken("not_staff", sentence, fields={"user_id": sentence})
    if space.mode is not Mode.LIVE:
        raise RuleBroken("practice_is_open", _("L'équipe du programme entre déjà dans les espaces d'entraînement."))
    for earlier in current(session, space.id, now=now):
        if earlier.user_id == user.id:
            earlier.expires_at = now
    opening = AccessGrant(
        space_id=space.id,
        user_id=user.id,
        opened_by=by.name,
        reason=reason,
        opened_at=now,
        expires_at=now + lasts,
    )
    session.add(opening)
    session.flush()
    hours = round(lasts.total_seconds() / 3600)
    activity.record(
        session,
        space.id,
        acts.SPACE_OPENED,
        by=by,
        now=now,
        subject_id=space.id,
        note=f"{user.name} : {reason}",
        hours=hours,
    )
    return opening


def close(session: Session, space_id: SpaceId, opening_id: int, *, by: Principal, now: datetime) -> None:
    """Close the space to them at once. Raises NotFound."""
    found = next((each for each in current(session, space_id, now=now) if each.id == opening_id), None)
    if found is None:
        raise NotFound("opening_unknown", _("Cette ouverture est déjà finie."))
    found.expires_at = now
    activity.record(session, space_id, acts.SPACE_CLOSED, by=by, now=now, subject_id=space_id, note=found.user.name)


def current(session: Session, space_id: SpaceId, *, now: datetime) -> Sequence[AccessGrant]:
    """Those that still let somebody in, the first to end first."""
    return session.scalars(
        select(AccessGrant)
        .where(AccessGrant.space_id == space_id, AccessGrant.expires_at > now)
        .order_by(AccessGrant.expires_at)
    ).all()


def past(session: Session, space_id: SpaceId, *, now: datetime, limit: int) -> Sequence[AccessGrant]:
    """Those that ended, newest first."""
    query = select(AccessGrant).where(AccessGrant.space_id == space_id, AccessGrant.expires_at <= now)
    return session.scalars(query.order_by(AccessGrant.id.desc()).limit(limit)).all()


def held(session: Session, space_id: SpaceId, user_id: UserId, *, now: datetime) -> AccessGrant | None:
    """What lets this member of the programme read the space at this instant, if anything does."""
    mine = select(AccessGrant).where(AccessGrant.space_id == space_id, AccessGrant.user_id == user_id)
    return session.scalars(mine.where(AccessGrant.expires_at > now).order_by(AccessGrant.expires_at.desc())).first()


def is_noted(session: Session, space_id: SpaceId, visitor: Principal, *, now: datetime) -> bool:
    """Whether the trail already says that ``visitor`` came within the hour."""
    mine = select(AccessGrant.id).where(AccessGrant.space_id == space_id, AccessGrant.user_id == visitor.id)
    return session.scalar(mine.where(AccessGrant.noted_at > now - NOTED_EVERY).limit(1)) is not None


def note_entry(session: Session, space_id: SpaceId, visitor: Principal, *, now: datetime) -> None:
    """Write in the space's trail that ``visitor`` came in."""
    session.execute(
        update(AccessGrant)
        .where(AccessGrant.space_id == space_id, AccessGrant.user_id == visitor.id, AccessGrant.expires_at > now)
        .values(noted_at=now)
    )
    activity.record(session, space_id, acts.SPACE_ENTERED, by=visitor, now=now, subject_id=space_id)
