"""What is kept of each person's history says what messages, replies and registrations say, whatever came before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.people import recipient
from app.carrier.protocol import Accepted, NotSent, Outgoing, Refused, Unknown
from app.contacts import history
from app.contacts import service as contacts
from app.contacts.history import Came, News
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact
from app.events import attendance, service
from app.events.models import Answer, Event, Presence, Registration
from app.messaging import applying, messages, receipts, settling
from app.messaging.claims import Claimed
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.messaging.models import Message, Receipt, Reply
from app.messaging.receipts import Report
from app.messaging.sharing import service as sharing
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status
from tests.events.stage import make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_mailing, make_message, make_space
from tests.together import together

HOUR = timedelta(hours=1)
WORDS = ("queued", "sent", "delivered", "undelivered", "failed", "canceled", "gone")
OUTCOMES = (Accepted("SM1"), Refused(21614), Refused(21611), Unknown(), NotSent(5.0))
Known = tuple[datetime | None, datetime | None, date | None, int, int]
NEVER: Known = (None, None, None, 0, 0)


def recounted(session: Session, space: Space, off: Mapping[int, datetime]) -> dict[int, Known]:
    """What the rows say, one person at a time; ``off`` are answers of registrations that are no more."""
    zone, found = ZoneInfo(space.zone), {}
    for contact_id in session.scalars(select(Contact.id).where(Contact.space_id == space.id)):
        shared = select(MessageSharer.message_id).where(MessageSharer.contact_id == contact_id)
        own = or_(Message.contact_id == contact_id, Message.id.in_(shared))
        texts = session.scalars(select(Message).where(own)).all()
        came = session.execute(
            select(Registration, Event).join(Event).where(Registration.contact_id == contact_id)
        ).all()
        taken = {Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED}
        left = [left_at(session, one) for one in texts if one.carrier_sid or one.status in taken]
        lost = [one for one in texts if one.status is Status.UNDELIVERED]
        lost += [one for one in texts if one.status is Status.FAILED and not one.reason]
        said = list(session.scalars(select(Reply.at).where(Reply.contact_id == contact_id)))
        said += [one.answered_at for one, _event in came if one.answered_at]
        said += [off[contact_id]] if contact_id in off else []
        days = [event.starts_at.astimezone(zone).date() for one, event in came if one.attended]
        found[contact_id] = (
            max(left, default=None),
            max(said, default=None),
            max(days, default=None),
            len(days),
            len(lost),
        )
    return found


def left_at(session: Session, text: Message) -> datetime:
    """When it was handed over; of one that the carrier had said it would not take, its first report."""
    told = select(Receipt.at).where(Receipt.message_id == text.id, Receipt.word != "gone").order_by(Receipt.id)
    return text.claimed_at or session.scalars(told).first() or NOON


def kept(session: Session, space: Space) -> dict[int, Known]:
    rows = session.scalars(select(ContactActivity).where(ContactActivity.space_id == space.id))
    return {
        row.contact_id: (
            row.last_contacted_at, row.last_answered_at, row.last_came_on, row.times_came, row.undelivered_count
        )
        for row in rows
    }  # fmt: skip


class Room:
    """A space with three people and two dates, where anything may happen in any order."""

    def __init__(self, session: Session, app_settings: Any) -> None:
        self.session, self.settings = session, app_settings
        self.space = make_space(session, zone="Indian/Reunion")
        self.people = [make_contact(session, self.space, first_name=name) for name in ("Ana", "Ben", "Zoé")]
        starts = (datetime(2026, 3, 7, 19, 30, tzinfo=UTC), datetime(2026, 3, 7, 20, 30, tzinfo=UTC))
        self.events = [make_event(session, self.space, starts_at=at) for at in starts]
        self.mailing = make_mailing(session, self.space)
        self.texts: list[Message] = []
        self.off: dict[int, datetime] = {}
        self.now = NOON

    def do(self, act: str, who: int, which: int) -> None:
        self.now += HOUR
        getattr(self, act)(self.people[who], which)
        self.session.flush()
        self.session.expire_all()

    def text(self, person: Contact, which: int) -> None:
        words: dict[str, Any] = {"contact_id": person.id, "phone": f"+336990000{len(self.texts):02d}"}
        claimed_at = self.now - which * 3 * HOUR
        made = make_message(self.session, self.mailing, status=Status.SENDING, claimed_at=claimed_at, **words)
        self.texts.append(made)

    def answer_of_the_carrier(self, _person: Contact, which: int) -> None:
        if self.texts:
            text = self.texts[which % len(self.texts)]
            if text.status is Status.QUEUED:  # handed back: the carrier answers what is claimed again
                text.status, text.claimed_at = Status.SENDING, self.now
                self.session.flush()
            held = Claimed(
                text.id,
                text.mailing_id,
                text.space_id,
                cast(Any, None),
                Outgoing("DON", text.phone, "", "", 60),
                self.now,
            )
            settling.settle(self.session, [(held, OUTCOMES[which % len(OUTCOMES)])], now=self.now)

    def reports(self, _person: Contact, which: int) -> None:
        if self.texts:
            first, second = self.texts[which % len(self.texts)], self.texts[-1]
            arrived = [(first.id, Report(WORDS[which % 7], f"SM{first.id}", None))]
            arrived += [(second.id, Report(WORDS[(which + at) % 7], f"SM{second.id}", None)) for at in range(which % 3)]
            known = receipts.find(self.session, {text.public_id for text in (first, second)}, settings=self.settings)
            held = {one.message.id: one for one in known.values()}
            receipts.record_in_order(self.session, [(held[one], said) for one, said in arrived], now=self.now)

    def another_try(self, _person: Contact, which: int) -> None:
        if self.texts and (text := self.texts[which % len(self.texts)]).status in (Status.FAILED, Status.UNDELIVERED):
            again = messages.write_again(self.session, text, now=self.now)
            again.phone, again.status, again.claimed_at = f"+336980000{len(self.texts):02d}", Status.SENDING, self.now
            self.texts.append(again)

    def share(self, person: Contact, which: int) -> None:
        """Somebody's phone turns out to be that of a text written before, but for one that came back unsent."""
        text = self.texts[which % len(self.texts)] if self.texts else None
        if text and text.claimed_at:
            sharer = replace(recipient(person), phone=text.phone)
            applying.tell_late(self.session, sharing.add(self.session, self.mailing, [sharer]))

    def reply(self, person: Contact, which: int) -> None:
        said = Incoming("AC1", f"IN{self.now}", person.phone, self.space.sender, "OUI")
        replies.receive(
            self.session, self.space, said, settings=self.settings, now=self.now, said_at=self.now - which * HOUR
        )

    def answer(self, person: Contact, which: int) -> None:
        event = self.events[which % 2]
        service.invite(self.session, event, [person], by=SOMEBODY, now=self.now)
        said = (Answer.COMING, Answer.NOT_COMING)[which % 3 % 2]
        service.answer(self.session, event.id, person.id, said, by=SOMEBODY, now=self.now)

    def attend(self, person: Contact, which: int) -> None:
        event, present = self.events[which % 2], {one.id for one in self.people[: which % 4]} | {person.id}
        service.invite(self.session, event, self.people[: which % 3], by=SOMEBODY, now=self.now)
        noted = {one.id: Presence.CAME if one.id in present and which % 5 else Presence.ABSENT for one in self.people}
        attendance.note(self.session, event, noted, by=SOMEBODY, now=self.now)

    def move(self, _person: Contact, which: int) -> None:
        event = self.events[which % 2]
        starts_at = event.starts_at + which * timedelta(hours=5)
        ends_at = starts_at + HOUR
        service.edit(self.session, event, by=SOMEBODY, now=self.now, starts_at=starts_at, ends_at=ends_at)

    def take_off(self, person: Contact, which: int) -> None:
        event = self.events[which % 2]
        place = service.find_registration(self.session, event.id, person.id)
        if place is not None and place.answered_at is not None:
            self.off[person.id] = max(place.answered_at, self.off.get(person.id, place.answered_at))
        service.take_off(self.session, event, person.id, by=SOMEBODY, now=self.now)


ACTS = st.sampled_from(
    ("text", "text", "share", "answer_of_the_carrier", "reports", "reports", "another_try", "reply", "answer",
     "attend", "move", "take_off")
)  # fmt: skip


def test_history_is_exact_after_anything(database, settings):
    @trials(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.lists(st.tuples(ACTS, st.integers(0, 2), st.integers(0, 11)), min_size=4, max_size=25))
    def play(acts: list[tuple[str, int, int]]) -> None:
        with database.transaction() as session:
            room = Room(session, settings)
            for act in acts:
                room.do(*act)
                truth = recounted(session, room.space, room.off)
                known = kept(session, room.space)
                assert {one: known.get(one, NEVER) for one in truth} == truth, act

    play()


def test_history_goes_with_its_person(database):
    with database.transaction() as session:
        space = make_space(session)
        person, other = make_contact(session, space), make_contact(session, space)
        history.note(session, News(contacted={person.id: NOON, other.id: NOON}))
        contacts.remove(session, person, by=SOMEBODY, now=NOON)
        history.note(session, News(answered={person.id: NOON}))
        assert list(kept(session, space)) == [other.id]


def test_two_who_note_the_same_people_never_wait_for_each_other_in_a_circle(database):
    with database.transaction() as session:
        space = make_space(session)
        ids = [make_contact(session, space).id for _person in range(6)]

    def note(backwards: bool) -> None:
        order = list(reversed(ids)) if backwards else ids
        with database.transaction() as session:
            history.note(session, News(contacted=dict.fromkeys(order[:4], NOON), undelivered=dict.fromkeys(order, 1)))

    together(*[lambda at=at: note(bool(at % 2)) for at in range(6)])
    with database.snapshot() as session:
        assert [row[4] for row in kept(session, space).values()] == [6] * 6


def test_who_came_is_counted_once_the_rows_are_held(database):
    """Two dates noted at once: the later of the two sees what the first one wrote."""
    with database.transaction() as session:
        space = make_space(session)
        person = make_contact(session, space)
        events = [make_event(session, space) for _date in range(4)]
        for event in events:
            service.invite(session, event, [person], by=SOMEBODY, now=NOON)

    def note(event_id: int) -> None:
        with database.transaction() as session:
            event = service.get(session, space.id, event_id, lock=True)
            attendance.note(session, event, {person.id: Presence.CAME}, by=SOMEBODY, now=NOON)

    together(*[lambda event_id=event.id: note(event_id) for event in events])
    with database.snapshot() as session:
        row = history.find(session, space.id, person.id)
        assert row is not None and (row.times_came, row.last_came_on) == (4, date(2026, 3, 7))
    with database.transaction() as session:
        history.recount_came(session, [person.id], lambda _ids: {person.id: Came(1, date(2026, 1, 1))})
    with database.snapshot() as session:
        assert kept(session, space)[person.id][2:4] == (date(2026, 1, 1), 1)
