"""A second proof besides the password: a number from one's phone, or one of ten recovery codes, each good once."""

import secrets as random
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, acts, secrets
from app.accounts.factor_models import RecoveryCode
from app.accounts.models import Membership, User
from app.accounts.principal import Principal
from app.accounts.signing import signing_in, throttle, totp
from app.database.ids import UserId
from app.errors import Conflict, RuleBroken
from app.french.language import _

RECOVERY_CODES = 10
TRIES_COUNT = timedelta(days=1)
"""How long a wrong number counts: of a million, three are right at once, and whoever has the password has months."""
PRESSED_TWICE = timedelta(minutes=1)
"""So soon after it, the same confirmation is the same press again, whose first answer nobody has seen."""
MODES = ("off", "staff", "all")
"""Of the setting TAMBOUR_SECOND_FACTOR: asked of nobody, of the programme's people, of whoever signs in."""


def is_required(user: User, mode: str) -> bool:
    """Whether the operator asks it of ``user``."""
    return mode == "all" or (mode == "staff" and user.staff is not None)


def is_missing(user: User, mode: str) -> bool:
    """Whether it is asked of ``user``, who has none yet."""
    return user.second_factor_at is None and is_required(user, mode)


def prepare(user: User, *, key: str) -> str:
    """A new secret, which counts once a number of it was typed; in base 32. ``user`` is locked. Raises Conflict."""
    if user.second_factor_at is not None:
        raise Conflict("factor_set", _("La double vérification est déjà en place : retirez-la avant d'en changer."))
    user.factor_sealed, user.factor_step = another(user, key=key), 0
    return totp.unseal(user.factor_sealed, key=key, user_id=user.id) or ""


def another(user: User, *, key: str) -> str:
    """A secret for another phone, sealed. What is in place stays so until ``confirm`` takes a number of this one."""
    secret = random.token_bytes(totp.SECRET_BYTES)
    return totp.seal(secret, random.token_bytes(16), key=key, user_id=user.id)


def was_just_set(user: User, *, now: datetime) -> bool:
    """Whether a press that comes now may be the second half of the one that confirmed it."""
    return user.second_factor_at is not None and now - user.second_factor_at < PRESSED_TWICE


def prepared(user: User, *, key: str, now: datetime) -> str | None:
    """The secret that waits for its first number, or has just had it, in base 32."""
    if not user.factor_sealed or (user.second_factor_at is not None and not was_just_set(user, now=now)):
        return None
    return totp.unseal(user.factor_sealed, key=key, user_id=user.id)


def confirm(
    session: Session, user: User, typed: str, *, key: str, now: datetime, sealed: str | None = None
) -> list[str]:
    """The first number is right: it is asked from now on. The recovery codes, shown this once. ``user`` is locked.

    ``sealed`` is ``another`` secret, which takes the place of the one there is. Confirmed by the same number a moment
    ago, the codes are made anew: a browser shows the last answer alone.
    """
    again = sealed is None and was_just_set(user, now=now)
    last = 0 if sealed else user.factor_step - again
    step = _step(user, sealed or user.factor_sealed, typed, key, now, after=last)
    if step is None or (user.second_factor_at is not None and sealed is None and not again):
        _refuse()
    if again:
        throttle.forget(session, _key(user.id))
        return _new_codes(session, user, now)
    user.factor_sealed, user.factor_step = sealed or user.factor_sealed, step
    user.second_factor_at = now
    throttle.forget(session, _key(user.id))
    activity.record(session, None, acts.FACTOR_SET, by=signing_in.principal_of(user), now=now, subject_id=user.id)
    return _new_codes(session, user, now)


def take_try(session: Session, user_id: UserId, *, now: datetime) -> None:
    """Count a try, or raise TooMany. Its own transaction, before ``check``."""
    throttle.take(session, _key(user_id), now=now, window=TRIES_COUNT)


def check(session: Session, user: User, typed: str, *, key: str, now: datetime) -> None:
    """Take a number, or use up a recovery code. ``user`` is locked. Raises RuleBroken."""
    if not (_takes(user, typed, key, now) or _takes_code(session, user, typed, now)):
        _refuse(is_unreadable=is_unreadable(user, key))
    throttle.forget(session, _key(user.id))


def is_unreadable(user: User, key: str) -> bool:
    """Whether the secret was sealed under another key of the service: no number from the phone is ever right again."""
    return bool(user.factor_sealed) and totp.unseal(user.factor_sealed or "", key=key, user_id=user.id) is None


def codes_left(session: Session, user_id: UserId) -> int:
    """How many recovery codes were not used yet."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def renew_codes(session: Session, user: User, *, now: datetime) -> list[str]:
    """Ten others in place of those there were."""
    activity.record(
        session, None, acts.FACTOR_CODES_MADE, by=signing_in.principal_of(user), now=now, subject_id=user.id
    )
    return _new_codes(session, user, now)


def remove(session: Session, user: User, *, mode: str, now: datetime) -> None:
    """Its owner takes it off. Raises Conflict where the operator asks it of them."""
    if is_required(user, mode):
        raise Conflict("factor_required", _("Le service demande la double vérification à votre compte."))
    clear(session, user)
    activity.record(session, None, acts.FACTOR_REMOVED, by=signing_in.principal_of(user), now=now, subject_id=user.id)


def reset(session: Session, user: User, *, by: Principal, now: datetime) -> None:
    """Somebody of the programme, or whoever keeps the server, takes it off for one who lost phone and codes.

    Every session ends, and each space that the person works in reads of it in its journal. ``user`` is locked.
    """
    if by == signing_in.principal_of(user):
        raise Conflict("factor_own", _("Demandez à une autre personne du programme : personne ne lève la sienne."))
    if user.second_factor_at is None:
        raise RuleBroken("factor_none", _("Ce compte n'a pas de double vérification."))
    clear(session, user)
    signing_in.end_all(session, user, now=now)
    spaces = session.scalars(select(Membership.space_id).where(Membership.user_id == user.id)).all()
    for space_id in (None, *spaces):
        activity.record(
            session, space_id, acts.FACTOR_RESET, by=by, now=now, subject_id=user.id, note=user.name, name=user.name
        )


def clear(session: Session, user: User) -> None:
    """As if it had never been there."""
    user.second_factor_at = user.factor_sealed = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    throttle.forget(session, _key(user.id))


def _takes(user: User, typed: str, key: str, now: datetime) -> bool:
    step = _step(user, user.factor_sealed, typed, key, now, after=user.factor_step)
    if step is None:
        return False
    user.factor_step = step
    return True


def _step(user: User, sealed: str | None, typed: str, key: str, now: datetime, *, after: int) -> int | None:
    secret = totp.unseal(sealed, key=key, user_id=user.id) if sealed else None
    return totp.step_of(secret, typed, after=after, now=now) if secret else None


def _takes_code(session: Session, user: User, typed: str, now: datetime) -> bool:
    word = "".join(sign for sign in typed.lower() if sign.isalnum())
    fresh = (
        RecoveryCode.user_id == user.id,
        RecoveryCode.digest == secrets.digest(word),
        RecoveryCode.used_at.is_(None),
    )
    used = update(RecoveryCode).where(*fresh).values(used_at=now).returning(RecoveryCode.id)
    if session.scalar(used) is None:
        return False
    by = signing_in.principal_of(user)
    activity.record(session, None, acts.FACTOR_CODE_USED, by=by, now=now, subject_id=user.id)
    return True


def _new_codes(session: Session, user: User, now: datetime) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    words = [secrets.new_word() for _number in range(RECOVERY_CODES)]
    rows = [{"user_id": user.id, "digest": secrets.digest(word), "created_at": now} for word in words]
    session.execute(insert(RecoveryCode), rows)
    return [f"{word[:7]}-{word[7:]}" for word in words]


def _key(user_id: UserId) -> str:
    return f"second-factor:{user_id}"


def _refuse(*, is_unreadable: bool = False) -> NoReturn:
    sentence = _("Ce code n'est pas le bon, ou il a déjà servi. Prenez celui que votre application montre maintenant.")
    if is_unreadable:
        sentence = _("La clé du service a changé : les codes de votre application n'ouvrent plus. Prenez un code de "
                     "secours, puis changez de téléphone dans votre profil ; le même convient.")  # fmt: skip
    raise RuleBroken("factor_wrong", sentence, fields={"code": sentence})
