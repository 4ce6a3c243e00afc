"""One-time codes by SMS, which signing in asks for."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.contacts.phone import check_country, read_phone
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import budget, notices
from app.messaging.restore import halt
from app.web import requests


def send_code(session: Session, phone: str, body: str, now: datetime) -> SpaceId:
    """One-time codes leave from the programme's own live space, whose id it gives, within its budget.

    Raises RuleBroken while it is not ready, has spent its month, or while all sending is stopped.
    """
    settings = requests.runtime().settings
    space = session.scalar(select(Space).where(Space.slug == settings.programme_space))
    if space is None or not space.sender:
        raise RuleBroken("no_code_sender", _("Le programme ne peut pas encore envoyer de codes : appelez-le."))
    check_country(phone, settings.foreign_countries)
    if halt.standstill(session):  # it would leave when it no longer works
        raise RuleBroken("sending_stopped", _("Les envois sont arrêtés : aucun code ne part. Appelez le programme."))
    spaces.lock(session, space.id)
    notices.send_code(session, space, phone=phone, body=body, settings=settings, now=now)
    if space.budget_micros is not None and budget.spent_this_month(session, space.id, now=now) > space.budget_micros:
        sentence = _("Le budget de ce mois ne suffit plus pour les codes : appelez le programme.")
        raise RuleBroken("over_monthly_budget", sentence)
    return space.id


def read_own_phone(raw: str) -> str:
    """A user's own mobile, of a country that the programme writes to. Raises RuleBroken."""
    phone = read_phone(raw)
    check_country(phone, requests.runtime().settings.foreign_countries)
    return phone
