"""One-time secrets: links given by hand, codes sent by SMS. Unknown, spent and expired ones look the same."""

from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import OneTime, Role, Space, User
from app.database.ids import SpaceId, UserId
from app.errors import NotFound, RuleBroken
from app.french.language import _

JOIN = "join"
PASSWORD = "password"  # noqa: S105 - the name of a purpose
RECOVER = "recover"
PHONE = "phone"

LINK_LASTS = timedelta(days=7)
CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5


def make_link(
    session: Session, user: User, purpose: str, *, now: datetime, space: Space | None = None, role: Role | None = None
) -> str:
    """The token of a link that opens once, within 7 days. It is shown this once and kept by digest.

    It replaces the earlier ones of the same purpose, user and space.
    """
    space_id = space.id if space else None
    void(session, user.id, purpose, now=now, space_id=space_id)
    token = secrets.new_token()
    session.add(
        OneTime(
            user_id=user.id,
            purpose=purpose,
            digest=secrets.digest(token),
            space_id=space_id,
            role=role,
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    return token


def get_link(session: Session, token: str, *, now: datetime, lock: bool = False) -> OneTime:
    """The link that ``token`` still opens. Raises NotFound, whatever the reason."""
    query = select(OneTime).where(
        OneTime.digest == secrets.digest(token),
        OneTime.purpose.in_((JOIN, PASSWORD)),
        OneTime.used_at.is_(None),
        OneTime.expires_at > now,
    )
    link = session.scalar(query.with_for_update(of=OneTime) if lock else query)
    if link is None or link.user.disabled_at is not None:
        sentence = _("Ce lien ne marche plus. Demandez-en un autre à la personne qui vous l'a donné.")
        raise NotFound("link_spent", sentence)
    return link


def make_code(
    session: Session, user: User, purpose: str, *, phone: str, now: datetime, asked_by: str | None = None
) -> str:
    """Eight digits for ``phone``; the earlier ones of the same purpose stop working.

    Those that a stranger's browser asked for, by its secret ``asked_by``, touch no other browser's: neither its code
    nor its five tries.
    """
    if asked_by is None:
        void(session, user.id, purpose, now=now)
    code = secrets.new_code()
    session.add(
        OneTime(
            user_id=user.id,
            purpose=purpose,
            digest=_code_digest(user.id, code),
            phone=phone,
            asked_by=asked_by and secrets.digest(asked_by),
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    session.flush()
    return code


def find_code(session: Session, user_id: UserId, purpose: str, *, now: datetime) -> OneTime | None:
    """The code that the user still has to type."""
    return session.scalar(select(OneTime).where(*_open_code(user_id, purpose, now)))


def take_try(
    session: Session, user_id: UserId, purpose: str, *, now: datetime, asked_by: str | None = None
) -> int | None:
    """Use one of the five tries of the user's code; the code's id, or None when there is none left.

    Its own transaction, before ``use_code``: guesses sent at once must not share one try.
    """
    taken: int | None = session.scalar(
        update(OneTime)
        .where(*_open_code(user_id, purpose, now, asked_by), OneTime.failures < CODE_TRIES)
        .values(failures=OneTime.failures + 1)
        .returning(OneTime.id)
    )
    return taken


def use_code(session: Session, one_time_id: int | None, code: str, *, now: datetime) -> OneTime:
    """Spend the code of ``take_try``. Raises RuleBroken when it is not the one."""
    found = session.get(OneTime, one_time_id, with_for_update={"of": OneTime}) if one_time_id else None
    digits = "".join(sign for sign in code if sign.isdigit())
    # Tries and minutes protect a code, not its digest: there are but a hundred million.
    expected = found.digest if found and found.used_at is None and found.expires_at > now else ""
    if found is None or not compare_digest(_code_digest(found.user_id, digits), expected):
        sentence = _("Ce code n'est pas le bon, ou il a plus de 15 minutes. Vérifiez-le, ou demandez-en un autre.")
        raise RuleBroken("code_wrong", sentence, fields={"code": sentence})
    found.used_at = now
    return found


def void(session: Session, user_id: UserId, *purposes: str, now: datetime, space_id: SpaceId | None = None) -> None:
    """Close the user's unused secrets: those of ``purposes``, of ``space_id``, or all of them."""
    query = update(OneTime).where(OneTime.user_id == user_id, OneTime.used_at.is_(None))
    if purposes:
        query = query.where(OneTime.purpose.in_(purposes))
    if space_id is not None:
        query = query.where(OneTime.space_id == space_id)
    session.execute(query.values(used_at=now))


def _open_code(
    user_id: UserId, purpose: str, now: datetime, asked_by: str | None = None
) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTime.user_id == user_id,
        OneTime.purpose == purpose,
        OneTime.used_at.is_(None),
        OneTime.expires_at > now,
        OneTime.asked_by == secrets.digest(asked_by) if asked_by else OneTime.asked_by.is_(None),
    )


def _code_digest(user_id: UserId, code: str) -> str:
    return secrets.digest(f"{user_id}:{code}")
