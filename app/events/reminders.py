"""Reminders: rules kept as rows, whose messages are written when their time has come."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR, Principal
from app.audiences import segments
from app.consent import hours, wording
from app.consent.families import Family
from app.contacts import lists
from app.contacts.models import Contact
from app.database.ids import EventId, ListId, SegmentId
from app.errors import NotFound, RuleBroken
from app.events import acts, messages, timing, whom
from app.events.acts import About
from app.events.models import Event, EventState, Reminder
from app.events.placeholders import EVENT, PLACES, recipient
from app.french.language import _
from app.messaging import budget
from app.messaging import messages as outbox_messages
from app.messaging.body.rules import check_body
from app.messaging.messages import LinkTarget, Window
from app.messaging.models import Mailing
from app.messaging.posting import check_sender
from app.settings import Settings

BY = TAMBOUR
LATE = timedelta(hours=6)
"""A message that could not leave for so long after the hours opened is kept back: late is worse than never."""


def make(
    session: Session,
    space: Space,
    event: Event,
    *,
    before: timedelta,
    body: str,
    list_id: ListId | None = None,
    segment_id: SegmentId | None = None,
    by: Principal,
    now: datetime,
) -> Reminder:
    """A reminder that leaves ``before`` the event, to a list, a segment or those who come. Raises AppError."""
    due_at = check(session, space, event, before=before, body=body, list_id=list_id, segment_id=segment_id, now=now)
    reminder = Reminder(
        space_id=space.id,
        event_id=event.id,
        list_id=list_id,
        segment_id=segment_id,
        before_s=int(before.total_seconds()),
        body=body,
        due_at=due_at,
        created_by=by.name,
        created_at=now,
    )
    session.add(reminder)
    session.flush()
    activity.record(session, space.id, acts.REMINDER_MADE, by=by, now=now, subject_id=reminder.id, event_id=event.id)
    return reminder


def check(
    session: Session,
    space: Space,
    event: Event,
    *,
    before: timedelta,
    body: str,
    list_id: ListId | None,
    segment_id: SegmentId | None,
    now: datetime,
) -> datetime:
    """When a reminder as ``make`` makes it would be due. Raises AppError."""
    if before <= timedelta(0) or before > timedelta(days=60):
        sentence = _("Un rappel part entre une heure et 60 jours avant.")
        raise RuleBroken("reminder_time", sentence, fields={"before": sentence})
    check_body(body, two_way=space.two_way, known=PLACES)
    check_sender(space.sender)
    if event.state in (EventState.CANCELLED, EventState.HELD):
        raise RuleBroken("event_over", _("Cette mission est annulée ou passée : elle n'a plus de rappel."))
    due_at = timing.due_at(event.starts_at, before, space.zone)
    _check_moment(space, event, due_at, now=now)
    _check_whom(session, space, list_id, segment_id)
    _refuse_twin(of_event(session, event.id), before=before, to=(list_id, segment_id))
    return due_at


def leaves_at(space: Space, due_at: datetime) -> datetime:
    """When a reminder due then leaves, where the space is."""
    return hours.slot(Family.SERVICE, space.zone, due_at, holds=space.hours_hold).opens_at


def departure(space: Space, due_at: datetime) -> str:
    """When a reminder due then leaves, in words; empty when it is then."""
    return wording.departure(Family.SERVICE, space.zone, due_at, holds=space.hours_hold)


def get(session: Session, event: Event, reminder_id: int, *, lock: bool = False) -> Reminder:
    """A reminder of this date. Raises NotFound."""
    query = select(Reminder).where(Reminder.event_id == event.id, Reminder.id == reminder_id)
    reminder = session.scalar(query.with_for_update() if lock else query)
    if reminder is None:
        raise NotFound("reminder_unknown", _("Ce rappel n'existe pas."))
    return reminder


def of_event(session: Session, event_id: EventId) -> Sequence[Reminder]:
    """Its reminders, the first to leave first."""
    return session.scalars(select(Reminder).where(Reminder.event_id == event_id).order_by(Reminder.due_at)).all()


def remove(session: Session, reminder: Reminder, *, by: Principal, now: datetime) -> None:
    """Forget a reminder that has not left."""
    if reminder.mailing_id is not None:
        raise RuleBroken("reminder_left", _("Ce rappel est déjà parti."))
    activity.record(session, reminder.space_id, acts.REMINDER_REMOVED, by=by, now=now, subject_id=reminder.id)
    session.delete(reminder)


def resume(session: Session, space: Space, reminder: Reminder, *, by: Principal, now: datetime) -> None:
    """Let a held reminder leave, its segment mended. Raises RuleBroken while it is not."""
    if fault := whom.fault(session, space, reminder.segment_id):
        raise RuleBroken("segment_broken", fault)
    if reminder.held_reason:
        reminder.held_reason = ""
        activity.record(
            session, space.id, acts.REMINDER_RESUMED, by=by, now=now, subject_id=reminder.id, event_id=reminder.event_id
        )


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether some reminder must leave now: cheap, so that an idle tick writes nothing."""
    return session.scalar(_due(now).with_only_columns(Reminder.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> Reminder | None:
    """A reminder whose time has come, not one of ``exclude``, held with its event until the transaction ends.

    The event is held too, so that nobody cancels or moves it between its reading and the messages.
    """
    query = _due(now).where(Reminder.id.not_in(exclude)).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True, of=(Reminder, Event)))


def write_batch(session: Session, reminder: Reminder, *, limit: int, settings: Settings, now: datetime) -> int:
    """Write its next messages; how many people were looked at, fewer than ``limit`` at the end."""
    space = session.get_one(Space, reminder.space_id)
    event = session.get_one(Event, reminder.event_id)
    if fault := whom.fault(session, space, reminder.segment_id):
        _hold(session, reminder, reason=fault, now=now)
        return 0
    mailing = _mailing(session, space, event, reminder, now=now)
    query = whom.people(session, space, reminder, now=now).where(Contact.id > reminder.reached_id)
    people = session.scalars(query.order_by(Contact.id).limit(limit)).all()
    everyone = [recipient(one, event, space.zone) for one in people]
    allowed, _refused = whom.admit(session, space, everyone, event_id=event.id, now=now)
    outbox_messages.write(
        session,
        mailing,
        allowed,
        space=space,
        body=outbox_messages.with_link(reminder.body, known=PLACES),
        window=Window(now, event.starts_at, late=LATE),
        settings=settings,
        now=now,
        target=LinkTarget(EVENT, event.id),
    )
    if people:
        reminder.reached_id = people[-1].id
    if len(people) < limit:
        reminder.fired_at = now
        activity.record(
            session, space.id, acts.REMINDER_SENT, by=BY, now=now, subject_id=reminder.id, event_id=event.id
        )
    return len(people)


def _check_moment(space: Space, event: Event, due_at: datetime, *, now: datetime) -> None:
    """A reminder of the past, or one that the hours hold until the event has begun, would never leave."""
    sentence = ""
    if due_at <= now:
        code, sentence = "reminder_past", _("Ce moment est passé : choisissez un rappel plus proche de la mission.")
    elif leaves_at(space, due_at) >= event.starts_at:
        code = "reminder_hours"
        sentence = _("Il attendrait les heures d'envoi, et la mission aurait commencé : choisissez plus tôt.")
    if sentence:
        raise RuleBroken(code, sentence, fields={"before": sentence})


def _check_whom(session: Session, space: Space, list_id: ListId | None, segment_id: SegmentId | None) -> None:
    """Raises NotFound for a list or a segment that the space has not, RuleBroken for a segment to be mended."""
    if list_id is not None:
        lists.get(session, space.id, list_id)
    if segment_id is not None:
        segments.get(session, space.id, segment_id)
        if fault := whom.fault(session, space, segment_id):
            raise RuleBroken("segment_broken", fault, fields={"to": fault})


def _refuse_twin(others: Sequence[Reminder], *, before: timedelta, to: tuple[int | None, int | None]) -> None:
    """A second press on the button would text everybody twice."""
    if any(one.before_s == before.total_seconds() and (one.list_id, one.segment_id) == to for one in others):
        sentence = _("Ce rappel existe déjà, au même moment et pour les mêmes personnes.")
        raise RuleBroken("reminder_twice", sentence, fields={"before": sentence})


def _due(now: datetime) -> Select[Reminder]:
    return (
        select(Reminder)
        .join(Event, Event.id == Reminder.event_id)
        .where(
            Reminder.fired_at.is_(None),
            Reminder.held_reason == "",
            Reminder.due_at <= now,
            Event.starts_at > now,
            Event.state != EventState.CANCELLED,
        )
        .order_by(Reminder.due_at, Reminder.id)
    )


def _hold(session: Session, reminder: Reminder, *, reason: str, now: datetime) -> None:
    """Keep back what is no longer for the people that were meant: mended and resumed, it goes on."""
    reminder.held_reason = reason
    activity.record(
        session,
        reminder.space_id,
        acts.REMINDER_HELD,
        by=BY,
        now=now,
        subject_id=reminder.id,
        event_id=reminder.event_id,
    )


def _mailing(session: Session, space: Space, event: Event, reminder: Reminder, *, now: datetime) -> Mailing:
    if reminder.mailing_id is not None:
        return session.get_one(Mailing, reminder.mailing_id)
    budget.hold(session, space)
    cap = budget.left_this_month(session, space, now=now)
    body = outbox_messages.with_link(reminder.body, known=PLACES)
    mailing = messages.open_mailing(session, space, event, About.REMINDER, body=body, cap_micros=cap, now=now)
    reminder.mailing_id = mailing.id
    return mailing
