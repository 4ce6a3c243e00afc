"""How a mailing and a message stand, in words: the same wherever they are shown, whoever owns them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.carrier.codes import Action, Explanation, explain
from app.consent import hours
from app.french.language import _, ngettext
from app.french.typography import show_day, show_instant
from app.messaging import afterthought, rates, withdrawal
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import MOVING, Status, exact

UNHEARD_AFTER = timedelta(minutes=15)
"""How long after the last of a mailing left what has not answered is « sans nouvelles »; a choice of the house."""
ALL_STOPPED = _("Rien ne part, tout est arrêté")
"""The state of what would be leaving; each page says at its top since when, and why."""


def unheard(counts: Mapping[Status, int], *, served_at: datetime, now: datetime) -> int:
    """How many messages of a mailing that has nothing more to send nobody has heard of since they left."""
    if counts.get(Status.QUEUED) or served_at > now - UNHEARD_AFTER:
        return 0
    return sum(counts.get(status, 0) for status in MOVING)


def words(mailing: Mailing, counts: Mapping[Status, int], *, now: datetime, all_stopped: bool) -> str:
    """Where a mailing of which messages were written is, in a few words; ``all_stopped``: nothing leaves."""
    waits = counts.get(Status.QUEUED)
    if waits and mailing.state is MailingState.PAUSED:
        return _("En pause")
    if waits and mailing.state is MailingState.CANCELLED:
        return _("Arrêté")
    if waits:
        return ALL_STOPPED if all_stopped else _("Envoi en cours")
    return after_the_last(counts, served_at=mailing.served_at, now=now)


def after_the_last(counts: Mapping[Status, int], *, served_at: datetime, now: datetime) -> str:
    """The same of a mailing of which nothing waits to leave."""
    if silent := unheard(counts, served_at=served_at, now=now):
        return ngettext("%(n)s sans nouvelles", "%(n)s sans nouvelles", silent)
    return _("Tout est parti") if any(counts.get(status) for status in MOVING) else _("Terminé")


def held(session: Session, mailing: Mailing, *, now: datetime) -> str:
    """What keeps an open mailing waiting, a stop of all sending or a word of the carrier; nothing of a paused one."""
    if mailing.state is not MailingState.OPEN:
        return ""
    if stopped := halt.said(session, now=now, zone=ZoneInfo(session.get_one(Space, mailing.space_id).zone)):
        return stopped
    said = rates.held_by(session, mailing.space_id, mailing.sender, now=now)
    return held_by(session.get_one(Space, mailing.space_id), mailing, said, now=now) if said else ""


def held_by(space: Space, mailing: Mailing, said: Explanation, *, now: datetime) -> str:
    """What this word of the carrier does to a mailing: the day on which its rest leaves, where it is not tomorrow."""
    day = other_day(space, mailing, now=now) if said.action is Action.POSTPONE else ""
    return _("Limite du jour atteinte. La suite part %(day)s.", day=day) if day else said.sentence


def other_day(space: Space, mailing: Mailing, *, now: datetime) -> str:
    """The day of the first opening after today, when tomorrow is closed; empty otherwise."""
    zone = ZoneInfo(space.zone)
    tomorrow = (now.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    opens_at = hours.slot(mailing.family, space.zone, tomorrow, holds=space.hours_hold).opens_at
    return "" if opens_at.astimezone(zone).date() == tomorrow.date() else show_day(opens_at, zone)


def why(message: Message, *, now: datetime, held: str = "") -> str:
    """Why a message is where it is, in a sentence; ``held`` is why its mailing waits, if it does."""
    if held and message.status is Status.QUEUED:
        return held
    if message.reason:
        return withdrawal.sentence(message.reason)
    if message.error_code is not None:
        return explain(message.error_code).told
    if message.status is Status.QUEUED and message.not_before > now + afterthought.AFTERTHOUGHT:
        return _("Partira %(when)s : les heures d'envoi sont fermées.",
                 when=show_instant(message.not_before, ZoneInfo(message.zone)))  # fmt: skip
    return exact(message.status)
