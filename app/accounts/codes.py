"""Codes by SMS cost the programme money: each is counted by person, by number and in all, and stands in its journal."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts import activity, quotas, secrets
from app.accounts.models import User
from app.accounts.principal import Principal, job
from app.errors import TooMany
from app.language import _

A_DAY, A_MONTH = 6, 20
"""Codes for one person, and for one number."""
ALL = "codes"


class CodeSender(Protocol):
    """Sends a text to a phone; the id of the space that pays it, where there is one. Raises RuleBroken.

    Accounts stand below messaging: the one who assembles the house hands this over.
    """

    def __call__(self, session: Session, phone: str, body: str, now: datetime) -> int | None: ...


def text(code: str) -> str:
    """One SMS: every sign of it is in the basic alphabet."""
    return _("Tambour : votre code est %(code)s. Il marche 15 minutes. Ne le donnez à personne.", code=code)


def check_open(session: Session, *, per_day: int, now: datetime) -> None:
    """Raise TooMany once all of today's codes have left."""
    if quotas.is_used_up(session, ALL, a_day=per_day, now=now):
        _refuse_all(now)


def send(
    session: Session, user: User, code: str, *, phone: str, send: CodeSender, per_day: int, by: Principal, now: datetime
) -> None:
    """Text ``code`` to ``phone``, within what the number and everybody together may have.

    Raises TooMany or RuleBroken; then nothing leaves and nothing is counted.
    """
    quotas.take(session, f"code-to:{secrets.digest(phone)[:32]}", a_day=A_DAY, a_month=A_MONTH, now=now)
    if quotas.is_used_up(session, ALL, a_day=per_day, now=now):
        _refuse_all(now)
    used = quotas.take(session, ALL, a_day=per_day, now=now)
    space_id = send(session, phone, text(code), now)
    activity.record(session, space_id, "code.sent", by=by, now=now, subject_id=user.id, note=user.name)
    if used >= per_day:
        activity.record(session, space_id, "code.day_used_up", by=job("Tambour"), now=now, codes=used)


def _refuse_all(now: datetime) -> None:
    sentence = _(
        "Tous les codes du jour sont partis : le service n'en enverra plus avant demain. Appelez le programme."
    )
    raise TooMany("codes_used_up", sentence, retry_after_s=quotas.rest(now))
