"""Who is in a space, with which role. A space always keeps a référente."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import access_grants, activity, acts, keys
from app.accounts.models import Membership, Mode, Role, Space, User
from app.accounts.principal import USER, Principal
from app.accounts.signing import one_times
from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import SpaceId, UserId
from app.errors import Forbidden, NotFound, RuleBroken
from app.french.language import _

SEEN_EVERY = timedelta(hours=1)
"""How fresh a membership's ``seen_at`` is kept."""


def members(session: Session, space_id: SpaceId) -> Sequence[Membership]:
    """Everybody of the space, by name."""
    return session.scalars(
        select(Membership).join(Membership.user).where(Membership.space_id == space_id).order_by(User.name, User.id)
    ).all()


def holders(session: Session, space_id: SpaceId, role: Role) -> list[str]:
    """The names of those of the space who may do what ``role`` may, the least able first: whom one asks first."""
    able = [one for one in members(session, space_id) if one.role.includes(role)]
    return [one.user.name for one in sorted(able, key=lambda one: one.role.includes(Role.REFERENTE))]


def get(session: Session, space_id: SpaceId, user_id: UserId) -> Membership:
    """One member. Raises NotFound."""
    found = session.scalar(select(Membership).where(Membership.space_id == space_id, Membership.user_id == user_id))
    if found is None:
        raise NotFound("member_unknown", _("Cette personne n'est pas dans l'équipe."))
    return found


def add(session: Session, space: Space, user: User, *, role: Role, by: Principal, now: datetime) -> None:
    """Put ``user`` in the space; somebody already there keeps their role.

    A password link made by a référente elsewhere stops working: it would now open this space too.
    """
    refuse_staff(space, user)
    session.get_one(User, user.id, with_for_update=True)
    row = {"space_id": space.id, "user_id": user.id, "role": role, "created_at": now}
    made = insert_missing(
        session, Membership, [row], unique=[Membership.space_id, Membership.user_id], returning=Membership.id
    )
    if made:
        one_times.void(session, user.id, one_times.PASSWORD, now=now)
        activity.record(
            session, space.id, acts.MEMBER_JOINED, by=by, now=now, subject_id=user.id, note=user.name, role=role.value
        )


def refuse_visitors(by: Principal) -> None:
    """A workshop seat may hold a role; it lets nobody into accounts."""
    if by.kind != USER:
        raise Forbidden("needs_account", _("Il faut un compte à soi pour faire un lien."))


def refuse_staff(space: Space, user: User) -> None:
    """Staff are never members of a live space: its référente opens it to them for a time."""
    if user.staff is not None and space.mode is Mode.LIVE:
        sentence = _(
            "%(name)s est de l'équipe du programme : ouvrez-lui plutôt l'espace pour un temps, page « Ouvertures ».",
            name=user.name,
        )
        raise RuleBroken("staff_in_live", sentence, fields={"email": sentence})


def change_role(
    session: Session,
    space: Space,
    user_id: UserId,
    *,
    role: Role,
    keeps_keys: bool = False,
    by: Principal,
    now: datetime,
) -> None:
    """Give a member another role. Raises RuleBroken when no référente would be left.

    The keys they made that may do more are closed, unless kept.
    """
    _lock(session, space)
    member = get(session, space.id, user_id)
    if member.role is role:
        return
    if role is not Role.REFERENTE:
        _keep_a_referente(session, member)
    member.role = role
    if not keeps_keys:
        keys.close_those_of(session, space.id, user_id, above=role, by=by, now=now)
    activity.record(
        session,
        space.id,
        acts.ROLE_CHANGED,
        by=by,
        now=now,
        subject_id=user_id,
        note=member.user.name,
        role=role.value,
    )


def remove(
    session: Session, space: Space, user_id: UserId, *, keeps_keys: bool = False, by: Principal, now: datetime
) -> None:
    """Take a member out of the space. Raises RuleBroken when no référente would be left.

    The keys they made are closed, unless kept: a key copied down is a role that nobody sees.
    """
    _lock(session, space)
    member = get(session, space.id, user_id)
    _keep_a_referente(session, member)
    name = member.user.name
    session.delete(member)
    if not keeps_keys:
        keys.close_those_of(session, space.id, user_id, by=by, now=now)
    activity.record(session, space.id, acts.MEMBER_REMOVED, by=by, now=now, subject_id=user_id, note=name)


def password_link(session: Session, space: Space, user_id: UserId, *, by: Principal, now: datetime) -> str:
    """A one-time link for a member who lost their password; the token.

    It gives the whole account: it is refused for somebody who belongs to another space, and for staff.
    """
    user = get(session, space.id, user_id).user
    session.get_one(User, user.id, with_for_update=True)  # joining another space waits for us, or we for it
    refuse_visitors(by)
    if by.id == user.id:
        raise RuleBroken("own_link", _("C'est votre propre compte : changez votre mot de passe dans votre profil."))
    if not may_be_mended_by_referente(session, user, space.id):
        raise RuleBroken(
            "link_not_yours",
            _(
                "%(name)s a aussi accès ailleurs, et ce lien y donnerait accès. "
                "Un code par SMS suffit si son téléphone est vérifié ; sinon l'équipe du programme peut l'aider.",
                name=user.name,
            ),
        )
    token = one_times.make_link(session, user, one_times.PASSWORD, now=now)
    activity.record(session, space.id, acts.LINK_MADE, by=by, now=now, subject_id=user.id, note=user.name)
    return token


def operator_link(session: Session, user: User, *, by: Principal, now: datetime) -> str:
    """A password link for anybody, from whoever runs the service; the trail of each of their spaces says so."""
    session.get_one(User, user.id, with_for_update=True)
    token = one_times.make_link(session, user, one_times.PASSWORD, now=now)
    homes: list[SpaceId | None] = list(
        session.scalars(select(Membership.space_id).where(Membership.user_id == user.id))
    )
    for space_id in homes or [None]:
        activity.record(session, space_id, acts.LINK_MADE, by=by, now=now, subject_id=user.id, note=user.name)
    return token


def may_be_mended_by_referente(session: Session, user: User, space_id: SpaceId) -> bool:
    """Whether this space is all that the account opens."""
    elsewhere = select(Membership.id).where(Membership.user_id == user.id, Membership.space_id != space_id).limit(1)
    return user.staff is None and session.scalar(elsewhere) is None


def _lock(session: Session, space: Space) -> None:
    """One change of the team at a time: two référentes must not step down at once."""
    session.get_one(Space, space.id, with_for_update=True)


def _keep_a_referente(session: Session, leaving: Membership) -> None:
    if leaving.role is not Role.REFERENTE:
        return
    other = session.scalar(
        select(Membership.id)
        .join(Membership.user)
        .where(
            Membership.space_id == leaving.space_id,
            Membership.role == Role.REFERENTE,
            Membership.id != leaving.id,
            User.disabled_at.is_(None),
        )
        .limit(1)
    )
    if other is None:
        raise RuleBroken(
            "last_referente", _("Un espace garde toujours une référente : donnez d'abord ce rôle à quelqu'un d'autre.")
        )


class Note(Protocol):
    """What is written of somebody who opened a page of a space."""

    def __call__(self, session: Session, space_id: SpaceId, who: Principal, /, *, now: datetime) -> None: ...


def to_note(session: Session, space_id: SpaceId, who: Principal, *, is_visiting: bool, now: datetime) -> Note | None:
    """What nobody has written for an hour: a visit of the programme's staff, or where somebody of several spaces is."""
    if is_visiting:
        return None if access_grants.is_noted(session, space_id, who, now=now) else access_grants.note_entry
    rows = session.execute(select(Membership.space_id, Membership.seen_at).where(Membership.user_id == who.id))
    seen = {row.space_id: row.seen_at for row in rows}
    at = seen.get(space_id)
    is_fresh = at is not None and now - at <= SEEN_EVERY
    return _note_seen if len(seen) > 1 and space_id in seen and not is_fresh else None


def _note_seen(session: Session, space_id: SpaceId, who: Principal, /, *, now: datetime) -> None:
    its = update(Membership).where(Membership.space_id == space_id, Membership.user_id == who.id)
    session.execute(its.values(seen_at=now))


def zone_of(session: Session, user: User) -> str:
    """On whose clock a user reads what is of no space: of their first one, Paris for the programme's own people."""
    own = select(Space.zone).join(Membership, Membership.space_id == Space.id).where(Membership.user_id == user.id)
    zone = session.scalar(own.order_by(Space.mode, Space.id).limit(1)) if user.staff is None else None
    return zone or PARIS.key
