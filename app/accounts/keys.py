"""API keys: a program's right to act in one space with one role."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity, acts, secrets
from app.accounts.models import ApiKey, Role, Space
from app.accounts.principal import KEY, USER, Principal
from app.database.ids import SpaceId, UserId
from app.errors import NotFound
from app.french.language import _

PREFIX = "tbr_"


def make(session: Session, space: Space, *, name: str, role: Role, by: Principal, now: datetime) -> str:
    """A new key of ``space``. It is shown this once and kept by digest."""
    token = PREFIX + secrets.new_token()
    maker = by.id if by.kind == USER else None
    key = ApiKey(
        space_id=space.id, name=name, role=role, digest=secrets.digest(token), made_by_id=maker, created_at=now
    )
    session.add(key)
    session.flush()
    activity.record(session, space.id, acts.KEY_MADE, by=by, now=now, subject_id=key.id, role=role.value)
    return token


def find(session: Session, token: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.digest == secrets.digest(token), ApiKey.revoked_at.is_(None)))


def touch(session: Session, key_id: int, *, now: datetime) -> None:
    """Note that the key is in use."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(used_at=now))


def of_space(session: Session, space_id: SpaceId) -> Sequence[ApiKey]:
    """The keys in use, newest first."""
    return session.scalars(
        select(ApiKey).where(ApiKey.space_id == space_id, ApiKey.revoked_at.is_(None)).order_by(ApiKey.id.desc())
    ).all()


def revoke(session: Session, space_id: SpaceId, key_id: int, *, by: Principal, now: datetime) -> None:
    key = session.scalar(select(ApiKey).where(ApiKey.space_id == space_id, ApiKey.id == key_id))
    if key is None:
        raise NotFound("key_unknown", _("Cette clé n'existe pas."))
    key.revoked_at = now
    activity.record(session, space_id, acts.KEY_REVOKED, by=by, now=now, subject_id=key.id)


def of_maker(session: Session, space_id: SpaceId, user_id: UserId) -> list[ApiKey]:
    """The keys in use that this user made: whoever copied one down acts by it, member or not."""
    return [key for key in of_space(session, space_id) if key.made_by_id == user_id]


def close_those_of(
    session: Session, space_id: SpaceId, user_id: UserId, *, above: Role | None = None, by: Principal, now: datetime
) -> None:
    """Revoke what ``user_id`` made in the space: all of it, or what may do more than the role ``above``."""
    for key in of_maker(session, space_id, user_id):
        if above is None or not above.includes(key.role):
            revoke(session, space_id, key.id, by=by, now=now)


def principal_of(key: ApiKey) -> Principal:
    return Principal(KEY, key.id, key.name)
