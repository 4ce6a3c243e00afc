"""Missions that campaigns ask about: whom they put on the list, and who answered what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.copies import Copying
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR, Principal
from app.campaigns.asking import Question, Said
from app.contacts import history
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.engine import insert_missing
from app.database.ids import ContactId, EventId, MailingId, SpaceId
from app.errors import NotFound
from app.events import acts, messages, service
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration
from app.events.placeholders import EVENT, PLACES, USUAL_QUESTION, USUAL_QUESTION_AGAIN, recipient
from app.events.schemas import EventForm
from app.messaging.models import Mailing, Message
from app.messaging.status import Status

MISSIONS = 20
"""How many of the next missions a page offers."""
_NAMES = frozenset({"prénom", "nom"})
_SAID = {
    Said.YES: (Answer.COMING, Answer.WAITING),
    Said.NO: (Answer.NOT_COMING,),
    Said.NOTHING: (Answer.INVITED,),
}
"""Whoever waits for a seat has said yes."""


@dataclass(frozen=True)
class MissionAsking:
    """``campaigns.asking.Asking`` for missions."""

    purpose: str = EVENT
    places: Sequence[str] = PLACES
    usual: str = USUAL_QUESTION
    again: str = USUAL_QUESTION_AGAIN

    def may_ask(self, session: Session, space: Space, *, now: datetime) -> Sequence[Question]:
        coming = service.upcoming(session, space.id, since=now, limit=MISSIONS)
        return [one for event in coming if (one := _question(space, event, now)).is_open]

    def describe(
        self, session: Session, space: Space, subject_id: int, *, now: datetime, lock: bool = False
    ) -> Question | None:
        try:
            event = service.get(session, space.id, EventId(subject_id), lock=lock)
        except NotFound:
            return None
        return _question(space, event, now)

    def make(
        self, session: Session, space: Space, typed: Mapping[str, str], *, by: Principal, now: datetime
    ) -> Question:
        form = EventForm()
        form.zone = ZoneInfo(space.zone)
        words = form.load({name: typed[name] for name in ("title", "day", "hour", "place") if name in typed})
        return _question(space, service.make(session, space.id, by=by, now=now, **words), now)

    def follow(self, session: Session, space: Space, subject_id: int, mailing: Mailing, body: str) -> None:
        event = service.get(session, space.id, EventId(subject_id), lock=True)
        session.add(
            EventMailing(space_id=space.id, event_id=event.id, mailing_id=mailing.id, about=About.INVITATION, body=body)
        )
        ends = (mailing.expires_at, event.starts_at)
        mailing.expires_at = min(one for one in ends if one is not None)
        session.flush()

    def answered(self, session: Session, space: Space, subject_id: int, people: Collection[int]) -> set[int]:
        said = select(Registration.contact_id).where(
            Registration.space_id == space.id,
            Registration.event_id == subject_id,
            Registration.contact_id.in_(people),
            Registration.answer != Answer.INVITED,
        )
        return set(session.scalars(said))

    def register(
        self,
        session: Session,
        space: Space,
        subject_id: int,
        people: Collection[ContactId],
        *,
        mailing_id: MailingId,
        now: datetime,
    ) -> None:
        rows = [
            {"space_id": space.id, "event_id": subject_id, "contact_id": one, "answer": Answer.INVITED,
             "mailing_id": mailing_id, "made_by_mailing_id": mailing_id, "created_at": now}
            for one in people
        ]  # fmt: skip
        unique = [Registration.event_id, Registration.contact_id]
        new = insert_missing(session, Registration, rows, unique=unique, returning=Registration.contact_id)
        untold = (Registration.event_id == subject_id, Registration.mailing_id.is_(None))
        session.execute(
            update(Registration)
            .where(Registration.space_id == space.id, *untold, Registration.contact_id.in_(people))
            .values(mailing_id=mailing_id)
        )
        history.begin(session, space.id, new)
        if new:
            activity.record(
                session, space.id, acts.INVITED, by=TAMBOUR, now=now, subject_id=subject_id, people=len(new)
            )

    def forget(self, session: Session, space: Space, subject_id: int, *, mailing_id: MailingId) -> None:
        its = (
            Registration.space_id == space.id,
            Registration.event_id == subject_id,
            Registration.answer == Answer.INVITED,
            Registration.contact_id.not_in(_reached(space.id, mailing_id)),
        )
        asked = Registration.mailing_id == mailing_id
        untold = Registration.mailing_id.is_(None)  # stopped from the mission's page, before this
        session.execute(
            delete(Registration).where(*its, Registration.made_by_mailing_id == mailing_id, or_(asked, untold)),
            execution_options={"synchronize_session": False},
        )
        session.execute(
            update(Registration).where(*its, asked).values(mailing_id=None),
            execution_options={"synchronize_session": False},
        )

    def answers(self, session: Session, space: Space, subject_id: int, *, mailing_id: MailingId) -> Mapping[Said, int]:
        rows = session.execute(
            select(Registration.answer, func.count())
            .where(*_asked(space.id, subject_id, mailing_id))
            .group_by(Registration.answer)
        )
        found = {row[0]: int(row[1]) for row in rows}
        return {said: sum(found.get(one, 0) for one in answers) for said, answers in _SAID.items()}

    def people(
        self, session: Session, space: Space, subject_id: int, said: Said, *, mailing_id: MailingId
    ) -> Sequence[Contact]:
        return session.scalars(
            select(Contact)
            .join(Registration, Registration.contact_id == Contact.id)
            .where(*_asked(space.id, subject_id, mailing_id), Registration.answer.in_(_SAID[said]))
            .order_by(Contact.sort_key, Contact.id)
        ).all()

    def silent(self, session: Session, space: Space, subject_id: int) -> Sequence[ContactId]:
        waits = select(Message.id).where(
            Message.space_id == space.id,
            Message.mailing_id == Registration.mailing_id,
            Message.contact_id == Registration.contact_id,
            Message.status.in_(messages.WAITING),
        )
        return session.scalars(
            select(Contact.id)
            .join(Registration, Registration.contact_id == Contact.id)
            .where(Registration.space_id == space.id, Registration.event_id == subject_id, PRESENT)
            .where(Registration.answer == Answer.INVITED, Registration.mailing_id.is_not(None), ~waits.exists())
            .where(Contact.id.not_in(messages.awaited(space.id, EventId(subject_id))))
            .order_by(Contact.id)
        ).all()

    def turn(self, copying: Copying, subject_id: int | None) -> int | None:
        return copying.turn(Event, subject_id)


def _question(space: Space, event: Event, now: datetime) -> Question:
    over = event.state in (EventState.CANCELLED, EventState.HELD) or event.starts_at <= now
    return Question(event.id, event.title, event.place, event.starts_at, not over, _values(space, event))


def _asked(space_id: SpaceId, subject_id: int, mailing_id: MailingId) -> tuple[ColumnElement[bool], ...]:
    """The places, at this mission, of those to whom a text of the mailing was written."""
    written = select(Message.contact_id).where(
        Message.mailing_id == mailing_id,  # by it alone: SQLite would go through all those of the space
        Message.status != Status.WITHDRAWN,
        Message.contact_id.is_not(None),
    )
    return (
        Registration.space_id == space_id,
        Registration.event_id == subject_id,
        or_(Registration.mailing_id == mailing_id, Registration.contact_id.in_(written)),
    )


def _reached(space_id: SpaceId, mailing_id: MailingId) -> CompoundSelect[ContactId]:
    """Those who have read a text of the mailing, or may have."""
    left = Message.status.not_in(messages.WAITING)
    return messages.readers(space_id, Message.mailing_id == mailing_id, left)


def _values(space: Space, event: Event) -> dict[str, str]:
    """What a text says of the mission itself, as every text about it does."""
    nobody = Contact(first_name="", last_name="", phone="", fingerprint="")
    said = recipient(nobody, event, space.zone).values
    return {name: value for name, value in said.items() if name not in _NAMES}
