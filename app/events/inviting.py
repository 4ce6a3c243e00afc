"""Inviting by SMS: each person gets a link of their own, where they say whether they come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences import seen
from app.audiences.rules import Condition
from app.consent import service as consent
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.database.ids import MailingId
from app.errors import NotFound, RuleBroken
from app.events import acts, choosing, messages, reviewing
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import EVENT, PLACES, recipient
from app.events.reviewing import Review
from app.french.language import _
from app.messaging import afterthought
from app.messaging.body.rules import check_body
from app.messaging.body.text import fields_of
from app.messaging.messages import LinkTarget
from app.messaging.models import Mailing, Message
from app.messaging.posting import check_sender, post
from app.settings import Settings

FAMILY = messages.family_of(About.INVITATION)
_UNTOLD = Condition("registered", "unknown")
"""Nobody's rule: those who have had no SMS are told apart by who they are alone."""


def candidates(session: Session, event: Event) -> Sequence[tuple[Registration, Contact]]:
    """Who is on the list, has not answered and has had no SMS about it, those who want none among them."""
    rows = session.execute(
        select(Registration, Contact)
        .join(Contact, Contact.id == Registration.contact_id)
        .where(
            Registration.space_id == event.space_id,
            Registration.event_id == event.id,
            Registration.answer == Answer.INVITED,
            Registration.mailing_id.is_(None),
            PRESENT,
        )
        .order_by(Contact.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def untold(session: Session, event: Event) -> Sequence[tuple[Registration, Contact]]:
    """Of the candidates, those who do not object to a call."""
    rows = candidates(session, event)
    fingerprints = {person.fingerprint for _registration, person in rows}
    blocked = consent.blocked(session, event.space_id, FAMILY, fingerprints)
    return [(registration, person) for registration, person in rows if person.fingerprint not in blocked]


def review(session: Session, space: Space, event: Event, *, body: str, settings: Settings, now: datetime) -> Review:
    """What the invitation would do: to whom, and why not to the others of the list. Raises RuleBroken."""
    _check(space, event, body, now=now)
    people = [person for _registration, person in candidates(session, event)]
    return reviewing.read(session, space, event, people, body=body, family=FAMILY, settings=settings, at=now)


def word_of(people: Sequence[tuple[Registration, Contact]]) -> str:
    """What a page carries of the untold that it showed, for ``send``."""
    return seen.seen(_UNTOLD, [person.id for _registration, person in people])


def check_seen(session: Session, event: Event, word: str) -> None:
    """Raises Conflict with how many came and left, when the untold are not those that ``word`` was made of."""
    choosing.check_seen(_UNTOLD, [person.id for _registration, person in untold(session, event)], word)


def send(
    session: Session,
    space: Space,
    event: Event,
    *,
    body: str,
    word: str = "",
    by: Principal,
    settings: Settings,
    now: datetime,
) -> int:
    """Write to everybody untold, once a phone; how many texts. ``event`` is locked. Raises RuleBroken.

    ``word`` is of those whom a page showed: Conflict when they are others by now.
    """
    _check(space, event, body, now=now)
    people = untold(session, event)
    if word:
        check_seen(session, event, word)
    if not people:
        raise RuleBroken("nobody_untold", _("Chacun a déjà son invitation, a répondu, ou ne veut pas de SMS."))
    mailing = write(
        session, space, event, [person for _registration, person in people], body=body, settings=settings, now=now
    )
    for registration, _person in people:
        registration.mailing_id = mailing.id  # of two on one phone both are told, by one text
    texts = len({person.phone for _registration, person in people})
    activity.record(session, space.id, acts.TOLD, by=by, now=now, subject_id=event.id, people=texts)
    return texts


def write(
    session: Session,
    space: Space,
    event: Event,
    people: Sequence[Contact],
    *,
    body: str,
    settings: Settings,
    now: datetime,
    about: About = About.INVITATION,
) -> Mailing:
    """A text about the event, its link opening the event's page, to each of ``people``. Raises RuleBroken.

    None leaves before the time to think again is over.
    """
    return post(
        session,
        space,
        [recipient(person, event, space.zone) for person in people],
        body=body,
        family=messages.family_of(about),
        window=afterthought.window(now, expires_at=event.starts_at),
        settings=settings,
        now=now,
        open_mailing=lambda: messages.open_mailing(session, space, event, about, body=body, now=now),
        target=LinkTarget(EVENT, event.id),
        known=PLACES,
    )


def stop(session: Session, space: Space, event: Event, mailing_id: MailingId, *, by: Principal, now: datetime) -> bool:
    """Take back what of a mailing about the event has not left; whether that is all of it. Raises NotFound."""
    if mailing_id not in [mailing.id for _row, mailing in messages.of_event(session, event.id)]:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    people, in_time = afterthought.stop(session, space, mailing_id, now=now)
    forget_unsent(session, space, mailing_id)
    if people:
        activity.record(
            session, space.id, acts.MAILING_STOPPED, by=by, now=now, subject_id=event.id, people=len(people)
        )
    return in_time


def forget_unsent(session: Session, space: Space, mailing_id: MailingId) -> None:
    """Whoever an ended mailing did not reach is « pas encore invité » again, those who share their phone too."""
    gone = select(Message.phone).where(
        Message.space_id == space.id, Message.mailing_id == mailing_id, Message.status.not_in(afterthought.UNSENT)
    )
    told = select(Contact.id).where(Contact.space_id == space.id, Contact.phone.in_(gone))
    session.execute(
        update(Registration)
        .where(Registration.space_id == space.id, Registration.mailing_id == mailing_id)
        .where(Registration.contact_id.not_in(told))
        .values(mailing_id=None)
    )


def _check(space: Space, event: Event, body: str, *, now: datetime) -> None:
    if event.state in (EventState.CANCELLED, EventState.HELD) or event.starts_at <= now:
        raise RuleBroken("event_over", _("Cette mission est annulée ou passée : personne n'y est plus invité."))
    check_sender(space.sender)
    check_body(body, two_way=space.two_way, known=PLACES)
    if "lien" not in fields_of(body, known=PLACES):
        sentence = _("Gardez {lien} dans le texte : c'est par là que chacun répond, ou ne veut plus de SMS.")
        raise RuleBroken("link_missing", sentence, fields={"body": sentence})
