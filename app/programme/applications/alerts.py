"""« Être prévenus de la prochaine »: numbers kept until a later cohort takes applications, told once, and forgotten."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.accounts import quotas, spaces
from app.accounts.secrets import fingerprint
from app.clock import PARIS
from app.database.engine import upsert
from app.errors import TooMany
from app.french.typography import show_plain_day
from app.programme.applications import service, telling, wordings
from app.programme.applications.models import ApplicationAlert
from app.programme.applications.rules import Season
from app.settings import Settings

KEPT = timedelta(days=550)
"""A year and a half without another cohort: nobody waits for it any more (P)."""
ALL_A_DAY = 200
"""Numbers kept in a day, and SMS that tell them: strangers type them, and the programme pays (P)."""
AGAIN = timedelta(hours=6)
"""When to look again at one whose SMS the budget or the sender did not allow."""


def ask(session: Session, phone: str, *, key: str, now: datetime) -> None:
    """Keep a number (E.164) until the next applications open; asked twice, it is told once. Raises TooMany."""
    quotas.take(session, "apply-alert:asked", a_day=ALL_A_DAY, now=now)
    row = {"phone": phone, "fingerprint": fingerprint(phone, key=key), "asked_at": now, "due_at": now}
    unique, changed = [ApplicationAlert.fingerprint], [ApplicationAlert.asked_at, ApplicationAlert.due_at]
    upsert(session, ApplicationAlert, row, unique=unique, changed=changed)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether applications are open that somebody asked to be told of."""
    due = _due(session, now)
    return due is not None and session.scalar(due.with_only_columns(ApplicationAlert.id).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> ApplicationAlert | None:
    """One to tell, held until the transaction ends."""
    due = _due(session, now)
    if due is None:
        return None
    query = due.where(ApplicationAlert.id.not_in(exclude)).order_by(ApplicationAlert.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def tell(session: Session, alert: ApplicationAlert, /, *, limit: int, settings: Settings, now: datetime) -> int:  # noqa: ARG001 - queues have it
    """Tell one and forget its number; where no SMS can leave, later."""
    try:
        quotas.take(session, "apply-alert:told", a_day=ALL_A_DAY, now=now)
    except TooMany as tomorrow:
        alert.due_at = now + timedelta(seconds=tomorrow.retry_after_s)
        return 0
    cohort, _season = service.accepting(session, now=now)
    closes = cohort.applications_close_at if cohort else None
    words = wordings.OPENED if closes else wordings.OPENED_LONG
    body = wordings.sms(words, name="", day=show_plain_day(closes, PARIS) if closes else "")
    text = body.replace(wordings.LINK, f"{settings.public_url.rstrip('/')}{telling.PATH}")
    programme = spaces.find(session, settings.programme_space)
    told = telling.queue(session, programme, alert.phone, text, settings=settings, now=now)
    if told.mailing_id is None:
        alert.due_at = now + AGAIN
        return 0
    session.delete(alert)
    return 1


def forget(session: Session, *, now: datetime) -> int:
    """Drop the numbers that have waited too long; how many."""
    gone = delete(ApplicationAlert).where(ApplicationAlert.asked_at <= now - KEPT).returning(ApplicationAlert.id)
    return len(session.scalars(gone).all())


def _due(session: Session, now: datetime) -> Select[ApplicationAlert] | None:
    """Those who asked before the applications that are open now had opened."""
    cohort, season = service.accepting(session, now=now)
    if cohort is None or season is not Season.OPEN or cohort.applications_open_at is None:
        return None
    opened = cohort.applications_open_at
    return select(ApplicationAlert).where(ApplicationAlert.due_at <= now, ApplicationAlert.asked_at < opened)
