"""An SMS about an application, with a link of its own, from the programme's space; or why it could not leave."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.accounts import secrets
from app.accounts.models import Space
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.database.ids import ApplicationId, MailingId, SpaceId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import budget, mailings, notices, posting, withdrawal
from app.messaging.archive import redacting
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications.models import Application, ApplicationLetter, ApplicationLink
from app.programme.applications.wordings import LINK, Letter
from app.settings import Settings

PATH = "/candidature"
_WORD = re.compile(rf"{PATH}/([2-9a-z]{{14}})")
LOST = frozenset({Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN})
REACHED = frozenset({Status.ACCEPTED, Status.SENT, Status.DELIVERED})
"""What a notice must be to count as sent: the carrier took it, and nobody said since that it was lost."""


@dataclass(frozen=True)
class Told:
    """The mailing of an SMS that waits for its turn, or the sentence of why there is none."""

    mailing_id: MailingId | None
    problem: str = ""


def new_link(session: Session, application: Application, *, name: str, now: datetime) -> str:
    """The word of a new link to the application, kept by digest alone; ``name`` is whose it is."""
    word = secrets.new_word()
    session.add(
        ApplicationLink(application_id=application.id, digest=secrets.digest(word), name=name[:80], created_at=now)
    )
    session.flush()
    return word


def address(settings: Settings, word: str) -> str:
    """Where a link leads, whole."""
    return f"{settings.public_url.rstrip('/')}{PATH}/{word}"


def sample(settings: Settings) -> str:
    """A link as those who read a letter again see it: its beginning alone."""
    return address(settings, "…")


def tell(
    session: Session,
    programme: Space | None,
    application: Application,
    *,
    body: str,
    settings: Settings,
    now: datetime,
    name: str = "",
) -> Told:
    """Queue ``body`` for the number on file, its ``{lien}`` a new link for ``name``, or for the contact."""
    if not application.contact_phone:
        return Told(None, _("ce dossier n'a plus de numéro"))
    word = new_link(session, application, name=name or application.contact_name, now=now)
    text = body.replace(LINK, address(settings, word))
    told = queue(session, programme, application.contact_phone, text, settings=settings, now=now)
    if told.mailing_id is None:  # a link that nobody was given
        session.execute(delete(ApplicationLink).where(ApplicationLink.digest == secrets.digest(word)))
    return told


def tell_kept(
    session: Session,
    programme: Space | None,
    application: Application,
    title: Letter,
    body: str,
    *,
    settings: Settings,
    now: datetime,
) -> Told:
    """Tell them by SMS, and keep the letter with what became of it."""
    told = tell(session, programme, application, body=body, settings=settings, now=now)
    session.add(
        ApplicationLetter(
            application_id=application.id, title=title.value, body=body, mailing_id=told.mailing_id,
            problem=told.problem[:300], written_at=now,
        )
    )  # fmt: skip
    session.flush()
    return told


def take_back(
    session: Session,
    application: Application,
    *,
    titles: Collection[Letter] = tuple(Letter),
    now: datetime,
) -> None:
    """What waits to say something of the application that is true no more does not leave: letters, and a notice."""
    letters = select(ApplicationLetter.mailing_id).where(
        ApplicationLetter.application_id == application.id,
        ApplicationLetter.title.in_([one.value for one in titles]),
        ApplicationLetter.mailing_id.is_not(None),
    )
    ids = _told_by(session, application, letters)
    if ids:
        mailings.end(session, ids, reason=withdrawal.CHANGED, now=now)


def forget_texts(session: Session, application: Application, *, space_id: SpaceId | None, now: datetime) -> None:
    """Nothing that was sent for the application can be read any more; how many and what they cost stays."""
    take_back(session, application, now=now)
    letters = select(ApplicationLetter.mailing_id).where(ApplicationLetter.application_id == application.id)
    ids = _told_by(session, application, letters)
    if ids and space_id is not None:
        redacting.redact(session, space_id, ids, now=now)
    forget_links(session, application, space_id=space_id, now=now)


def _told_by(session: Session, application: Application, letters: Select[MailingId | None]) -> Sequence[MailingId]:
    """The mailings of these letters, and of the notice that it will be erased."""
    found = [*session.scalars(letters), application.notice_mailing_id]
    return [one for one in found if one is not None]


def forget_links(session: Session, application: Application, *, space_id: SpaceId | None, now: datetime) -> None:
    """No link of the application opens anything any more, none that waits for its hour leaves, and their texts go."""
    links = select(ApplicationLink.digest).where(ApplicationLink.application_id == application.id)
    digests = set(session.scalars(links))
    sent = select(Message).where(Message.space_id == space_id, Message.phone == application.contact_phone)
    carrying = [
        one.mailing_id
        for one in session.scalars(sent)
        if any(secrets.digest(word) in digests for word in _WORD.findall(one.body))
    ]
    if carrying and space_id is not None:
        mailings.end(session, carrying, reason=withdrawal.CHANGED, now=now)
        redacting.redact(session, space_id, carrying, now=now)
    session.execute(delete(ApplicationLink).where(ApplicationLink.application_id == application.id))


def untold(
    session: Session, programme_id: SpaceId | None, application_ids: Collection[ApplicationId]
) -> set[ApplicationId]:
    """Those of these whose last letter never arrived, and to whom nobody said it otherwise since."""
    query = (
        select(ApplicationLetter.application_id, ApplicationLetter.problem, Message.status)
        .outerjoin(Message, (Message.mailing_id == ApplicationLetter.mailing_id) & (Message.space_id == programme_id))
        .where(ApplicationLetter.application_id.in_(application_ids))
        .order_by(ApplicationLetter.id, Message.id)
    )
    last = {row[0]: bool(row[1]) or row[2] in LOST for row in session.execute(query)}
    return {one for one, is_lost in last.items() if is_lost}


def queue(
    session: Session, programme: Space | None, phone: str, text: str, *, settings: Settings, now: datetime
) -> Told:
    """Queue a text for a number (E.164) from the programme's space, within its budget; or say why not."""
    if programme is None:
        return Told(None, _("le programme n'a pas encore d'espace"))
    try:
        with session.begin_nested():
            one = Recipient(None, phone, secrets.fingerprint(phone, key=settings.fingerprint_key))
            posting.check_sender(programme.sender)
            _allowed, refused = posting.admit(session, programme, [one], family=Family.SERVICE, now=now)
            if refused:
                raise RuleBroken("refuses_sms", _("Ce numéro ne veut plus de SMS du programme."))
            parts = sum(posting.parts_of(programme, [one], body=text, settings=settings))
            budget.hold(session, programme)
            budget.check(session, programme, parts * settings.part_price_micros, people=1, now=now)
            message = notices.send(
                session, programme, one, body=text, family=Family.SERVICE, settings=settings, now=now
            )
    except RuleBroken as refusal:
        return Told(None, refusal.sentence)
    return Told(message.mailing_id)


def status_of(session: Session, programme: Space | None, mailing_id: MailingId | None) -> Status | None:
    """Where the SMS of a mailing of the programme's space stands; None for one that never was."""
    if programme is None or mailing_id is None:
        return None
    return session.scalar(
        select(Message.status)
        .where(Message.space_id == programme.id, Message.mailing_id == mailing_id)
        .order_by(Message.id.desc())
        .limit(1)
    )
