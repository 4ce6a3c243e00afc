"""Inviting by SMS: each person gets a link of their own, where they say whether they come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences import seen
from app.audiences.rules import Condition
from app.consent import service as consent
from app.consent.families import Family
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.events import acts, choosing, messages
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import EVENT, PLACES, recipient
from app.french.language import _
from app.messaging.body.rules import check_body
from app.messaging.body.text import fields_of
from app.messaging.messages import LinkTarget, Window
from app.messaging.models import Mailing
from app.messaging.posting import check_sender, post
from app.settings import Settings

_UNTOLD = Condition("registered", "unknown")
"""Nobody's rule: those who have had no SMS are told apart by who they are alone."""


def untold(session: Session, event: Event) -> Sequence[tuple[Registration, Contact]]:
    """Who is on the list, has not answered and has had no SMS about it, but for those who want none."""
    rows = session.execute(
        select(Registration, Contact)
        .join(Contact, Contact.id == Registration.contact_id)
        .where(
            Registration.event_id == event.id,
            Registration.answer == Answer.INVITED,
            Registration.mailing_id.is_(None),
            PRESENT,
        )
        .order_by(Contact.id)
    ).all()
    blocked = consent.blocked(session, event.space_id, Family.SERVICE, {row[1].fingerprint for row in rows})
    return [(row[0], row[1]) for row in rows if row[1].fingerprint not in blocked]


def word_of(people: Sequence[tuple[Registration, Contact]]) -> str:
    """What a page carries of the untold that it showed, for ``send``."""
    return seen.seen(_UNTOLD, [person.id for _registration, person in people])


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
        choosing.check_seen(_UNTOLD, [person.id for _registration, person in people], word)
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
    """A text about the event, its link opening the event's page, to each of ``people``. Raises RuleBroken."""
    return post(
        session,
        space,
        [recipient(person, event, space.zone) for person in people],
        body=body,
        family=Family.SERVICE,
        window=Window(now, event.starts_at),
        settings=settings,
        now=now,
        open_mailing=lambda: messages.open_mailing(session, space, event, about, body=body, now=now),
        target=LinkTarget(EVENT, event.id),
        known=PLACES,
    )


def _check(space: Space, event: Event, body: str, *, now: datetime) -> None:
    if event.state in (EventState.CANCELLED, EventState.HELD) or event.starts_at <= now:
        raise RuleBroken("event_over", _("Cette date est annulée ou passée : personne n'y est plus invité."))
    check_sender(space.sender)
    check_body(body, two_way=space.two_way, known=PLACES)
    if "lien" not in fields_of(body, known=PLACES):
        sentence = _("Gardez {lien} dans le texte : c'est par là que chacun répond, ou ne veut plus de SMS.")
        raise RuleBroken("link_missing", sentence, fields={"body": sentence})
