"""Codes by SMS cost the programme money: each is counted by person, by number and in all, and stands in its journal."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts import activity, acts, quotas, secrets
from app.accounts.models import User
from app.accounts.principal import TAMBOUR, Principal
from app.database.ids import SpaceId
from app.errors import TooMany
from app.french.language import _

A_DAY, A_MONTH = 6, 20
"""Codes for one person."""
NUMBER_A_DAY, NUMBER_A_MONTH = 12, 40
"""Codes to one number. What strangers may ask for leaves its owner some."""
WARNED_FROM = 3
"""The day's code from which the owner of the number is told that there are many."""
ALL = "codes"


class CodeSender(Protocol):
    """Sends a text to a phone; the id of the space that pays it, where there is one. Raises RuleBroken.

    Accounts stand below messaging: the one who assembles the house hands this over.
    """

    def __call__(self, session: Session, phone: str, body: str, now: datetime) -> SpaceId | None: ...


def text(code: str, *, today: int = 1) -> str:
    """One SMS: every sign of it is in the basic alphabet. ``today`` counts the number's codes of the day, this one too.

    Somebody else may be asking for them: the owner hears of it.
    """
    words = _("Tambour : votre code est %(code)s. Il marche 15 minutes. Ne le donnez à personne.", code=code)
    if today >= WARNED_FROM:
        words += " " + _("%(n)se code du jour : si ce n'est pas vous, appelez le programme.", n=today)
    return words


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
    key = f"code-to:{secrets.digest(phone)[:32]}"
    today = quotas.take(session, key, a_day=NUMBER_A_DAY, a_month=NUMBER_A_MONTH, now=now)
    if quotas.is_used_up(session, ALL, a_day=per_day, now=now):
        _refuse_all(now)
    used = quotas.take(session, ALL, a_day=per_day, now=now)
    space_id = send(session, phone, text(code, today=today), now)
    activity.record(session, space_id, acts.CODE_SENT, by=by, now=now, subject_id=user.id, note=user.name)
    if used >= per_day:
        activity.record(session, space_id, acts.CODES_USED_UP, by=TAMBOUR, now=now, codes=used)


def _refuse_all(now: datetime) -> None:
    sentence = _(
        "Tous les codes du jour sont partis : revenez demain, ou demandez un lien à la référente de votre association."
    )
    raise TooMany("codes_used_up", sentence, retry_after_s=quotas.rest(now))
