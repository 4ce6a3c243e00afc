"""The counts of one month of an association's own space: the only place of the programme that reads one."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.events.models import Answer, Event, EventState, Registration
from app.messaging.models import Mailing, Message
from app.messaging.status import CARRIED
from app.programme.sharing import rules
from app.programme.sharing.rules import Figures


def count(session: Session, space_id: SpaceId, month: date, *, now: datetime) -> Figures:
    """What would be shared of a month, as far as it has come by ``now``. Ages are those of today."""
    first, end = rules.bounds(month)
    return rules.figures(
        texts=_texts(session, space_id, first, end),
        dates=_dates(session, space_id, first, min(end, now)),
        places=_places(session, space_id, first, min(end, now)),
        ages=rules.ages(_people(session, space_id), now=now),
    )


def _texts(session: Session, space_id: SpaceId, first: datetime, end: datetime) -> int:
    """Of the mailings that live in the month alone, an index tells how many left; of the others, each text its time."""
    began_before, went_on = Mailing.created_at < first, Mailing.served_at >= end
    across = or_(began_before & (Mailing.served_at >= first), went_on & (Mailing.created_at < end))
    within = (Mailing.created_at >= first) & (Mailing.served_at < end)
    left_at = func.coalesce(Message.claimed_at, Message.created_at)
    of_others = across & (left_at >= first) & (left_at < end)
    return _count(session, space_id, within) + _count(session, space_id, of_others)


def _count(session: Session, space_id: SpaceId, which: ColumnElement[bool]) -> int:
    query = (
        select(func.count())
        .select_from(Message)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Mailing.space_id == space_id, Message.status.in_(CARRIED), which)
    )
    return session.scalar(query) or 0


def _dates(session: Session, space_id: SpaceId, first: datetime, end: datetime) -> int:
    query = select(func.count()).where(
        Event.space_id == space_id,
        Event.state != EventState.CANCELLED,
        Event.starts_at >= first,
        Event.starts_at < end,
    )
    return session.scalar(query) or 0


def _places(session: Session, space_id: SpaceId, first: datetime, end: datetime) -> int:
    came = or_(
        Registration.attended.is_(True), (Registration.attended.is_(None)) & (Registration.answer == Answer.COMING)
    )
    query = (
        select(func.count())
        .select_from(Registration)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.space_id == space_id,
            Event.state != EventState.CANCELLED,
            Event.starts_at >= first,
            Event.starts_at < end,
            came,
        )
    )
    return session.scalar(query) or 0


def _people(session: Session, space_id: SpaceId) -> dict[tuple[int | None, str], int]:
    """How many there are of each (year of birth, band as it was said)."""
    rows = session.execute(
        select(Contact.birth_year, Contact.age_band, func.count().label("people"))
        .where(Contact.space_id == space_id, Contact.archived_at.is_(None), Contact.merged_into_id.is_(None))
        .group_by(Contact.birth_year, Contact.age_band)
    )
    return {(row.birth_year, row.age_band): row.people for row in rows}
