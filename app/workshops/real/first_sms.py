"""The first real SMS: from the live space, to the référente's own verified phone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts import activity, secrets, spaces
from app.accounts.models import Activity, Mode, Space, User
from app.accounts.principal import Principal
from app.audiences.recipients import Recipient
from app.carrier.carriers import is_fiction
from app.consent.families import Family
from app.contacts.phone import check_country
from app.database.ids import MailingId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.messaging import acts as messaging_acts
from app.messaging import mailings, messages, withdrawal
from app.messaging.body.rules import check_body
from app.messaging.following import sent
from app.messaging.messages import Window
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.posting import post
from app.messaging.status import Status
from app.settings import Settings
from app.workshops import acts
from app.workshops.models import RealStart
from app.workshops.real import points

USUAL = _("Bonjour {prénom}, ceci est le premier vrai SMS de {association}. Si vous le lisez, tout marche !")
FAILED = (Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN)


def is_first() -> ColumnElement[bool]:
    """Whether a mailing is that of a first real SMS of its space: of the latest, or of one that failed before it."""
    its = select(Message.id).join(RealStart, RealStart.space_id == Mailing.space_id)
    its = its.where(Message.mailing_id == Mailing.id)  # by it alone: SQLite would go through all those of the space
    told = select(Activity.id).where(
        Activity.space_id == Mailing.space_id,
        Activity.subject == acts.FIRST_SMS_SENT.subject,
        Activity.subject_id == Message.id,
        Activity.verb == acts.FIRST_SMS_SENT.verb,
    )
    return its.where(or_(RealStart.message_id == Message.id, told.exists())).exists()


def latest(session: Session, space: Space, mailing_ids: Collection[MailingId]) -> Mapping[MailingId, Message]:
    """Of those of these mailings that are of a first real SMS, its message by the latest attempt."""
    query = select(Mailing.id).where(Mailing.space_id == space.id, Mailing.id.in_(mailing_ids), is_first())
    return sent.firsts(session, space.id, session.scalars(query).all())


def is_done(session: Session, space: Space) -> bool:
    """Whether a live space has begun to be used for real."""
    return session.get(RealStart, space.id) is not None


def find(session: Session, space: Space) -> Message | None:
    """The message, by its latest attempt."""
    start = session.get(RealStart, space.id)
    first = session.get(Message, start.message_id) if start and start.message_id else None
    if first is None or first.is_latest:
        return first
    return session.scalar(select(Message).where(Message.mailing_id == first.mailing_id, Message.is_latest))


def send(
    session: Session, space: Space, user: User, *, body: str, by: Principal, settings: Settings, now: datetime
) -> Message:
    """Send it, once. Raises RuleBroken with what is missing, Conflict on a second press."""
    spaces.lock(session, space.id)
    _check(session, space, user, settings=settings, now=now)
    check_body(body, two_way=space.two_way)
    phone = user.phone or ""
    mark = secrets.fingerprint(phone, key=settings.fingerprint_key)
    mailing = post(
        session,
        space,
        [Recipient(None, phone, mark, {"prénom": user.name.partition(" ")[0]})],
        body=body,
        family=Family.SERVICE,
        window=Window(now),
        settings=settings,
        now=now,
    )
    message = messages.only(session, mailing)
    session.merge(RealStart(space_id=space.id, message_id=message.id, started_at=now))
    activity.record(session, space.id, acts.FIRST_SMS_SENT, by=by, now=now, subject_id=message.id)
    return message


def paused(session: Session, space: Space) -> Mailing | None:
    """Its mailing, when an error stopped it before the message left."""
    message = find(session, space)
    if message is None or message.status is not Status.QUEUED:
        return None
    mailing = session.get_one(Mailing, message.mailing_id)
    return mailing if mailing.state is MailingState.PAUSED else None


def resume(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """What stopped it is mended: let it go on. Raises Conflict when it is not paused."""
    mailing = _paused(session, space)
    mailings.resume(session, mailing.id, now=now)
    activity.record(session, space.id, messaging_acts.MAILING_RESUMED, by=by, now=now, subject_id=mailing.id)


def end(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """It does not leave; another may then be written. Raises Conflict when it is not paused."""
    mailing = _paused(session, space)
    mailings.end(session, [mailing.id], reason=withdrawal.CANCELLED, now=now)
    activity.record(session, space.id, messaging_acts.MAILING_CANCELLED, by=by, now=now, subject_id=mailing.id)


def _paused(session: Session, space: Space) -> Mailing:
    spaces.lock(session, space.id)
    mailing = paused(session, space)
    if mailing is None:
        raise Conflict("not_paused", _("Votre premier SMS n'est plus en pause : regardez où il en est."))
    return mailing


def _check(session: Session, space: Space, user: User, *, settings: Settings, now: datetime) -> None:
    if space.mode is not Mode.LIVE:
        raise RuleBroken("not_live", _("Le premier vrai SMS part d'un espace réel."))
    today = now.astimezone(ZoneInfo(space.zone)).date()
    lacking = points.missing(points.points(session, space, user, settings=settings, today=today))
    if lacking:
        titles = ", ".join(f"« {point.title} »" for point in lacking)
        raise RuleBroken("not_ready", _("Rien n'est parti. Il manque encore : %(points)s.", points=titles))
    if is_fiction(user.phone or ""):
        sentence = _("Votre téléphone est un numéro inventé : un espace réel n'y envoie rien. Mettez le vôtre.")
        raise RuleBroken("phone_fiction", sentence)
    check_country(user.phone or "", settings.foreign_countries)
    first = find(session, space)
    if first is not None and first.status not in FAILED:
        raise Conflict("first_sms_sent", _("Votre premier SMS est déjà parti : regardez votre téléphone."))
