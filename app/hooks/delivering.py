"""Deliveries on their way: claimed in one transaction, posted in none, settled in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Mode, Space
from app.accounts.principal import TAMBOUR
from app.french.language import _
from app.hooks import acts, events, service, signing, waits
from app.hooks.models import Delivery, DeliveryState, Hook
from app.hooks.wire import AT_ONCE, Answer, Post

LEASE = timedelta(minutes=2)
"""How long whoever claimed it has it alone: more than an attempt can last. After a stop in the middle it goes again."""
HOOKS_AT_ONCE = 32
EACH = 16
"""Deliveries of one subscription at once; of one that fails, a single one, which tells whether it answers again."""
GONE = 410


@dataclass(frozen=True)
class Claimed:
    """One attempt in hand; ``attempt`` counts from 1."""

    delivery_id: int
    hook_id: int
    attempt: int
    post: Post


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether anything may leave: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Hook.id).limit(1)) is not None


@dataclass(frozen=True)
class Waiting:
    """Deliveries that wait for a receiver, since when the oldest does, and the subscriptions stopped by themselves."""

    count: int
    since: datetime | None
    stopped: int


def waiting(session: Session) -> Waiting:
    """Of every space, for whoever keeps the service."""
    told = select(func.count(), func.min(Delivery.created_at)).join(Hook, Hook.id == Delivery.hook_id)
    # What is written while its subscription is stopped or removed waits for nobody.
    count, since = session.execute(told.where(*_WAITING, Hook.is_on, Hook.removed_at.is_(None))).one()
    off = select(func.count()).select_from(Hook).where(Hook.is_on.is_(False), Hook.removed_at.is_(None))
    return Waiting(count, since, session.scalar(off) or 0)


def claim(session: Session, *, now: datetime) -> list[Claimed]:
    """What leaves now, a few of each subscription in turn; nobody else has them until the lease ends.

    No more than ``wire`` posts at once: none waits for another's slowness, and a stop for one attempt at most.
    """
    hooks = session.scalars(
        _due(now).order_by(Hook.served_at, Hook.id).limit(HOOKS_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True, of=Hook)
    ).all()  # fmt: skip
    claimed: list[Claimed] = []
    for hook in hooks:
        room = AT_ONCE - len(claimed)
        if not room:
            break
        if waits.is_old(hook.failing_since, hook.served_at, now=now):
            hook.failures, hook.failing_since = 1, now  # counted anew, yet asked once at a time
        hook.served_at = now
        query = select(Delivery).where(Delivery.hook_id == hook.id, *_WAITING, Delivery.next_at <= now)
        query = query.order_by(Delivery.next_at, Delivery.id).limit(1 if hook.failures else min(EACH, room))
        for one in session.scalars(query.with_for_update(skip_locked=True, of=Delivery)):
            one.attempts, one.next_at, one.tried_at = one.attempts + 1, now + LEASE, now
            claimed.append(Claimed(one.id, hook.id, one.attempts, _post(hook, one, now)))
    return claimed


def settle(session: Session, answers: Sequence[tuple[Claimed, Answer]], *, now: datetime) -> None:
    """Write down what the receivers said. A delivery that was claimed anew, or replayed, meanwhile stays as it is."""
    by_hook: dict[int, list[tuple[Claimed, Answer]]] = {}
    for claimed, answer in answers:
        by_hook.setdefault(claimed.hook_id, []).append((claimed, answer))
    for hook_id in sorted(by_hook):
        hook = session.scalar(select(Hook).where(Hook.id == hook_id).with_for_update(key_share=True, of=Hook))
        if hook is None or hook.removed_at is not None:
            continue
        for claimed, answer in by_hook[hook_id]:
            _settle_one(session, claimed, answer, now)
        _judge(session, hook, [answer for _claimed, answer in by_hook[hook_id]], now)


def _due(now: datetime) -> Select[Hook]:
    waiting = select(Delivery.id).where(Delivery.hook_id == Hook.id, *_WAITING, Delivery.next_at <= now)
    on = (Hook.is_on, Hook.removed_at.is_(None), Hook.next_at <= now, Space.mode == Mode.LIVE)
    return select(Hook).join(Space, Space.id == Hook.space_id).where(*on, waiting.exists())


_WAITING = (Delivery.state == DeliveryState.PENDING,)


def _post(hook: Hook, one: Delivery, now: datetime) -> Post:
    body = events.body(public_id=one.public_id, kind=one.kind, space=hook.space.slug, at=one.created_at, data=one.data)
    return Post(hook.url, body, signing.headers(hook.secret, one.public_id, body, at=now))


def _settle_one(session: Session, claimed: Claimed, answer: Answer, now: datetime) -> None:
    if answer.is_yes:
        state, next_at = DeliveryState.DELIVERED, now
    else:
        again = waits.next_attempt(claimed.attempt, now=now)
        state, next_at = (DeliveryState.PENDING, again) if again else (DeliveryState.GIVEN_UP, now)
    mine = update(Delivery).where(Delivery.id == claimed.delivery_id, Delivery.attempts == claimed.attempt, *_WAITING)
    words = {"state": state, "next_at": next_at, "status_code": answer.status, "problem": answer.problem or ""}
    session.execute(mine.values(words), execution_options={"synchronize_session": False})


def _judge(session: Session, hook: Hook, answers: Sequence[Answer], now: datetime) -> None:
    """Leave a receiver that fails alone for a while, and stop calling one that has failed for days."""
    if not hook.is_on:
        return
    if any(one.is_yes for one in answers):
        hook.failures, hook.failing_since, hook.next_at = 0, None, now
        return
    hook.failures += 1
    hook.failing_since = hook.failing_since or now
    hook.next_at = waits.rest(hook.failures, now=now)
    if any(one.status == GONE for one in answers):
        _stop(session, hook, _("Le logiciel a répondu 410 : il ne veut plus de ces nouvelles."), now)
    elif waits.is_lost(hook.failures, hook.failing_since, now=now):
        _stop(session, hook, _("Personne n'y répond depuis trois jours."), now)


def _stop(session: Session, hook: Hook, why: str, now: datetime) -> None:
    hook.is_on, hook.why_off = False, why
    service.give_up_waiting(session, hook)
    activity.record(session, hook.space_id, acts.DISABLED, by=TAMBOUR, now=now, subject_id=hook.id)
