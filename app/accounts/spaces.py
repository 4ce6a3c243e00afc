"""Spaces: making one, finding one, and who may do what in it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from app.accounts import activity, acts
from app.accounts.models import AccessGrant, Membership, Mode, Role, Space, Staff, User
from app.accounts.principal import Principal
from app.carrier.carriers import CarrierAccount
from app.clock import ZONES
from app.database.ids import SpaceId
from app.errors import NotFound, RuleBroken
from app.french.folding import without_accents
from app.french.language import _
from app.settings import Settings

Led = Select[int]
"""The ids of the practice spaces that somebody leads. Workshops stand above us: assembly hands the query over."""


@dataclass(frozen=True)
class Fold:
    """Practice spaces that go together, those of one workshop, for a page to show them folded under its name."""

    name: str
    address: str
    is_over: bool
    space_ids: Sequence[SpaceId]
    archived: Collection[int] = ()
    """Those that were made anew since, or whose workshop is over."""


_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}|\+?[0-9]{4,15}")
_MOBILE = re.compile(r"(0|\+?33)[67]\d{8}$")
_GENERIC = {"sms", "info", "infos", "notif", "alerte", "message", "rappel"}


def make(
    session: Session,
    *,
    name: str,
    mode: Mode,
    settings: Settings,
    by: Principal,
    now: datetime,
    slug: str | None = None,
    sender: str = "",
    two_way: bool = False,
    zone: str = "Europe/Paris",
) -> Space:
    """A new space. A practice space gets its own account at the simulator; its mode never changes."""
    practice = mode is Mode.PRACTICE
    space = Space(
        slug=_free_slug(session, slug or slugify(name)),
        name=name,
        mode=mode,
        sender=checked_sender(sender) if sender else "",
        two_way=two_way,
        zone=checked_zone(zone),
        hours_hold=not practice,
        rate_per_s=settings.practice_rate_per_s if practice else settings.live_rate_per_s,
        carrier_account_sid=f"AC{token_hex(16)}" if practice else None,
        carrier_auth_token=token_hex(16) if practice else None,
        created_at=now,
    )
    session.add(space)
    session.flush()
    activity.record(session, space.id, acts.SPACE_MADE, by=by, now=now, subject_id=space.id, mode=mode.value)
    return space


def get(session: Session, slug: str, *, lock: bool = False) -> Space:
    """The space of a slug. Raises NotFound."""
    space = find(session, slug, lock=lock)
    if space is None:
        raise NotFound("space_unknown", _("Cet espace n'existe pas."))
    return space


def find(session: Session, slug: str, *, lock: bool = False) -> Space | None:
    """The space of a slug, if there is one."""
    query = select(Space).where(Space.slug == slug)
    # PostgreSQL takes no NUL in a text, and an address may hold one.
    return session.scalar(query.with_for_update() if lock else query) if slug.isprintable() else None


def live(session: Session) -> Sequence[Space]:
    """Every live space, by name."""
    return session.scalars(select(Space).where(Space.mode == Mode.LIVE).order_by(Space.name)).all()


def of_carrier_account(session: Session, sid: str) -> Space | None:
    """The practice space that owns an account at the simulator."""
    return session.scalar(select(Space).where(Space.carrier_account_sid == sid))


def live_numbers(session: Session) -> list[str]:
    """The numbers that live spaces write from, which people may answer."""
    senders = session.scalars(select(Space.sender).where(Space.mode == Mode.LIVE, Space.sender.startswith("+")))
    return sorted(set(senders))


def lock(session: Session, space_id: SpaceId) -> None:
    """Until the transaction ends, nobody else spends the space's money, brings people in, or takes its next step.

    Whoever writes a row that points to the space does not wait.
    """
    session.execute(select(Space.id).where(Space.id == space_id).with_for_update(key_share=True))


def account_of(space: Space | Row[*tuple[Any, ...]], settings: Settings) -> CarrierAccount:
    """The carrier account that this space's texts go through; a row with the three columns it takes will do."""
    if space.mode is Mode.PRACTICE:
        return CarrierAccount(space.carrier_account_sid or "", space.carrier_auth_token or "", practice=True)
    return CarrierAccount(settings.twilio_account_sid, settings.twilio_auth_token, practice=False)


def role_in(session: Session, user: User, space: Space, *, led: Led, now: datetime) -> Role | None:
    """What ``user`` may do in ``space``. ``led`` are the practice spaces of the workshops they lead.

    The programme's own staff act freely in every practice space, a trainer in those she leads; in others she has the
    role she was given, if any. A live space they read, and only while its référente has opened it to them.
    """
    if user.staff is None or space.mode is Mode.PRACTICE:
        leads = select(Space.id).where(Space.id == space.id, Space.id.in_(led))
        if user.staff is Staff.PROGRAMME or (user.staff is not None and session.scalar(leads) is not None):
            return Role.REFERENTE
        return session.scalar(
            select(Membership.role).where(Membership.space_id == space.id, Membership.user_id == user.id)
        )
    opened = session.scalar(
        select(AccessGrant.id).where(
            AccessGrant.space_id == space.id, AccessGrant.user_id == user.id, AccessGrant.expires_at > now
        )
    )
    return Role.LECTRICE if opened is not None else None


def of_user(session: Session, user: User, *, led: Led, now: datetime) -> Sequence[Space]:
    """Every space this user may enter, by name, as ``role_in`` says."""
    given = Space.id.in_(select(Membership.space_id).where(Membership.user_id == user.id))
    reachable: ColumnElement[bool] = given
    if user.staff is not None:
        opened = select(AccessGrant.space_id).where(AccessGrant.user_id == user.id, AccessGrant.expires_at > now)
        own = true() if user.staff is Staff.PROGRAMME else or_(given, Space.id.in_(led))
        reachable = or_(Space.id.in_(opened), and_(Space.mode == Mode.PRACTICE, own))
    return session.scalars(select(Space).where(reachable).order_by(Space.name, Space.id)).all()


def checked_zone(zone: str) -> str:
    """The name of a time zone that an association may be in. Raises RuleBroken."""
    if zone not in ZONES:
        sentence = _("Ce fuseau horaire n'est pas dans la liste.")
        raise RuleBroken("zone_unknown", sentence, fields={"zone": sentence})
    return zone


def change_settings(
    session: Session,
    space: Space,
    *,
    sender: str,
    contact_name: str,
    contact_phone: str,
    budget_micros: int | None,
    hours_hold: bool,
    zone: str = "",
    by: Principal,
    now: datetime,
) -> None:
    """What its référente may set. In a live space the hours always hold, and a number is rented by the programme."""
    practice = space.mode is Mode.PRACTICE
    if sender != space.sender:
        space.two_way = _answers(checked_sender(sender)) if sender else False
        if space.two_way and not practice:
            sentence = _("Un numéro qui reçoit les réponses se loue : demandez-le à l'équipe du programme.")
            raise RuleBroken("sender_rented", sentence, fields={"sender": sentence})
    wanted = {
        "sender": sender,
        "contact_name": contact_name,
        "contact_phone": contact_phone,
        "budget_micros": budget_micros,
        "hours_hold": hours_hold or not practice,
        "zone": checked_zone(zone) if zone and zone != space.zone else space.zone,
    }
    changed = [name for name, value in wanted.items() if getattr(space, name) != value]
    for name in changed:
        setattr(space, name, wanted[name])
    if changed:
        activity.record(
            session, space.id, acts.SETTINGS_CHANGED,
            by=by, now=now, subject_id=space.id, changed=" ".join(changed),
        )  # fmt: skip


def _answers(sender: str) -> bool:
    """Whether people can reply to this sender: a number, never a name."""
    return not any(character.isalpha() for character in sender)


def checked_sender(sender: str) -> str:
    """The sender as the networks take it. Raises RuleBroken (length and signs: af2m's rules for France)."""
    if not _SENDER.fullmatch(sender):
        raise RuleBroken(
            "sender_invalid",
            _("Le nom d'expéditeur a de 3 à 11 lettres ou chiffres, sans espace ni accent, avec au moins une lettre."),
            fields={"sender": _("De 3 à 11 lettres ou chiffres, par exemple « AmisDuQuai ».")},
        )
    if _MOBILE.match(sender):
        raise RuleBroken(
            "sender_mobile",
            _("Un envoi automatique ne peut pas partir d'un numéro de mobile : les opérateurs le refusent."),
            fields={"sender": _("Prenez un nom, par exemple « AmisDuQuai ».")},
        )
    if sender.lower() in _GENERIC:
        raise RuleBroken(
            "sender_generic",
            _(
                "« %(sender)s » est trop général : les opérateurs le bloquent. Prenez le nom de votre association.",
                sender=sender,
            ),
            fields={"sender": _("Prenez le nom de votre association.")},
        )
    return sender


def slugify(name: str) -> str:
    """« Les Amis d'Amiens » -> ``les-amis-d-amiens``, 32 characters at most."""
    return re.sub(r"[^a-z0-9]+", "-", without_accents(name.casefold())).strip("-")[:32].strip("-") or "espace"


def _free_slug(session: Session, wanted: str) -> str:
    taken = set(session.scalars(select(Space.slug).where(Space.slug.startswith(wanted))))
    free = wanted
    number = 2
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free
