"""Subscriptions: made, removed, put back on; their secret, which is shown once; what is sent again."""

import secrets as random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.database.ids import SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.hooks import acts, addresses, signing
from app.hooks.events import Kind
from app.hooks.models import Delivery, DeliveryState, Hook

MAXIMUM = 10
"""Subscriptions of one space."""


def make(
    session: Session, space: Space, *, name: str, url: str, events: Sequence[Kind], by: Principal, now: datetime
) -> Hook:
    """A new subscription, with its secret. Raises RuleBroken and Conflict."""
    if space.mode is Mode.PRACTICE:
        sentence = _("Un espace d'entraînement ne prévient aucun logiciel : rien n'en sort. Abonnez votre espace réel.")
        raise RuleBroken("practice_stays_inside", sentence)
    if not events:
        sentence = _("Cochez au moins une nouvelle.")
        raise RuleBroken("events_empty", sentence, fields={"events": sentence})
    address = str(addresses.read(url))
    spaces.lock(session, space.id)
    if len(of_space(session, space.id)) >= MAXIMUM:
        raise Conflict("hooks_full", _("Cet espace a déjà %(most)s abonnements : supprimez-en un.", most=MAXIMUM))
    hook = Hook(
        space_id=space.id,
        name=name,
        url=address,
        secret=_new_secret(),
        events=[one.value for one in Kind if one in events],
        next_at=now,
        served_at=now,
        created_by=by.name[:80],
        created_at=now,
    )
    session.add(hook)
    session.flush()
    activity.record(session, space.id, acts.MADE, by=by, now=now, subject_id=hook.id)
    return hook


def of_space(session: Session, space_id: SpaceId) -> Sequence[Hook]:
    """Its subscriptions, the oldest first."""
    return session.scalars(_present(space_id).order_by(Hook.id)).all()


def get(session: Session, space_id: SpaceId, hook_id: int, *, lock: bool = False) -> Hook:
    """One of the space's. Raises NotFound."""
    query = _present(space_id).where(Hook.id == hook_id)
    hook = session.scalar(query.with_for_update(of=Hook, key_share=True) if lock else query)
    if hook is None:
        raise NotFound("hook_unknown", _("Cet abonnement n'existe pas."))
    return hook


def _present(space_id: SpaceId) -> Select[Hook]:
    return select(Hook).where(Hook.space_id == space_id, Hook.removed_at.is_(None))


def remove(session: Session, hook: Hook, *, by: Principal, now: datetime) -> None:
    """Nothing more is written for it nor sent to it. ``hook`` is locked."""
    hook.is_on, hook.removed_at, hook.secret = False, now, ""
    give_up_waiting(session, hook)
    activity.record(session, hook.space_id, acts.REMOVED, by=by, now=now, subject_id=hook.id)


def give_up_waiting(session: Session, hook: Hook) -> None:
    """What waits for it is not sent by itself any more; a replay still may."""
    waiting = update(Delivery).where(Delivery.space_id == hook.space_id, Delivery.hook_id == hook.id)
    session.execute(
        waiting.where(Delivery.state == DeliveryState.PENDING).values(state=DeliveryState.GIVEN_UP),
        execution_options={"synchronize_session": False},
    )


def change_secret(session: Session, hook: Hook, *, by: Principal, now: datetime) -> None:
    """Another secret: what leaves from now on is signed with it."""
    hook.secret = _new_secret()
    activity.record(session, hook.space_id, acts.SECRET_CHANGED, by=by, now=now, subject_id=hook.id)


def enable(session: Session, hook: Hook, *, by: Principal, now: datetime) -> None:
    """Put on again what was stopped by itself."""
    if hook.is_on:
        return
    hook.is_on, hook.why_off, hook.failures, hook.failing_since, hook.next_at = True, "", 0, None, now
    activity.record(session, hook.space_id, acts.ENABLED, by=by, now=now, subject_id=hook.id)


def replay(session: Session, hook: Hook, *, delivery_id: int | None = None, by: Principal, now: datetime) -> int:
    """Send again one delivery, delivered or not, or all that were given up; how many. Raises NotFound, Conflict."""
    if not hook.is_on:
        raise Conflict("hook_off", _("Cet abonnement est arrêté : remettez-le en route d'abord."))
    again = update(Delivery).where(Delivery.space_id == hook.space_id, Delivery.hook_id == hook.id)
    if delivery_id is None:
        again = again.where(Delivery.state == DeliveryState.GIVEN_UP)
    else:
        again = again.where(Delivery.id == delivery_id)
    fresh = {"state": DeliveryState.PENDING, "attempts": 0, "next_at": now}
    found = len(session.execute(again.values(fresh).returning(Delivery.id)).all())
    if delivery_id is not None and not found:
        raise NotFound("delivery_unknown", _("Cette nouvelle n'existe plus : elles sont gardées trente jours."))
    if found:
        hook.next_at = now
        activity.record(session, hook.space_id, acts.REPLAYED, by=by, now=now, subject_id=hook.id, count=found)
    return found


def deliveries(
    session: Session, hook: Hook, *, state: DeliveryState | None = None, before_id: int | None, limit: int
) -> Sequence[Delivery]:
    """A page of what was or will be sent, newest first."""
    query = select(Delivery).where(Delivery.space_id == hook.space_id, Delivery.hook_id == hook.id)
    query = query.where(Delivery.state == state) if state else query
    query = query.where(Delivery.id < before_id) if before_id else query
    return session.scalars(query.order_by(Delivery.id.desc()).limit(limit)).all()


def counts(session: Session, space_id: SpaceId) -> dict[int, dict[DeliveryState, int]]:
    """How many deliveries of each subscription stand where, {hook id: {state: count}}."""
    query = select(Delivery.hook_id, Delivery.state, func.count()).where(Delivery.space_id == space_id)
    found: dict[int, dict[DeliveryState, int]] = {}
    for hook_id, state, count in session.execute(query.group_by(Delivery.hook_id, Delivery.state)):
        found.setdefault(hook_id, {})[state] = count
    return found


def _new_secret() -> str:
    return signing.secret(random.token_bytes(signing.SECRET_BYTES))
