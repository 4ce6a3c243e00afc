"""The personal link by SMS, from the programme's own space and within its month's money; taken back while it waits."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.accounts import quotas
from app.accounts.models import Space
from app.accounts.secrets import fingerprint
from app.audiences.recipients import Recipient
from app.consent.families import Family
from app.database.ids import CohortId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import budget, mailings, notices, withdrawal
from app.messaging.body.parts import GSM, part_count
from app.messaging.body.text import simplify
from app.messaging.posting import admit, check_sender
from app.programme.diagnostic.models import Diagnostic, Respondent
from app.settings import Settings

LASTS = timedelta(days=3)
"""How long the SMS may wait for its hours; after that somebody gives the link by hand."""
A_DAY, A_MONTH = 3, 10
"""SMS to one respondent (P)."""
_LONG = _("%(name)s : 30 questions sur vos outils, 10 minutes, seul et sans compte : %(link)s")
_SHORT = _("Diagnostic de %(name)s : %(link)s")


def address(settings: Settings, token: str) -> str:
    """Where somebody answers."""
    return f"{settings.public_url.rstrip('/')}/diagnostic/{token}"


def body(association: str, link: str) -> str:
    """One SMS where the name lets it be one; what an SMS has no sign for is left out of the name."""
    name = "".join(sign for sign in simplify(association) if sign in GSM and sign not in "{}[]^~|\\€\f\r\n")
    name = " ".join(name.split())[:40].rstrip()
    texts = [words % {"name": name, "link": link} for words in (_LONG, _SHORT)]
    return next((text for text in texts if part_count(text) == 1), texts[-1])


def send(
    session: Session,
    programme: Space | None,
    respondent: Respondent,
    *,
    association: str,
    link: str,
    settings: Settings,
    now: datetime,
) -> None:
    """Queue the link for the respondent's phone; the allowed hours hold.

    Raises RuleBroken where it cannot leave, TooMany for somebody who had it again and again: the programme pays.
    """
    if programme is None:
        raise RuleBroken("no_programme_space", _("le programme n'a pas encore d'espace pour écrire."))
    check_sender(programme.sender)
    text = body(association, link)
    person = Recipient(None, respondent.phone, fingerprint(respondent.phone, key=settings.fingerprint_key))
    allowed, refused = admit(session, programme, [person], family=Family.SERVICE, now=now)
    if not allowed:
        raise RuleBroken("phone_refuses", next(iter(refused.values())))
    quotas.take(session, f"diagnostic:{respondent.id}", a_day=A_DAY, a_month=A_MONTH, now=now)
    budget.hold(session, programme)
    budget.check(session, programme, part_count(text) * settings.part_price_micros, people=1, now=now)
    message = notices.send(
        session, programme, person, body=text, family=Family.SERVICE, settings=settings, now=now,
        expires_at=now + LASTS,
    )  # fmt: skip
    respondent.texted_at, respondent.link_mailing_id = now, message.mailing_id


def take_back(session: Session, whose: ColumnElement[bool], *, reason: str = withdrawal.CHANGED, now: datetime) -> None:
    """The SMS with a link of these respondents that wait for their hours do not leave: the link opens nothing now."""
    query = select(Respondent.link_mailing_id).where(Respondent.link_mailing_id.is_not(None), whose)
    ids = [one for one in session.scalars(query) if one is not None]
    if ids:
        mailings.end(session, ids, reason=reason, now=now)


def association_left(session: Session, cohort_id: CohortId, association_id: int, *, now: datetime) -> None:
    """The same of an association that has left a cohort: its diagnostics there change no more."""
    its = select(Diagnostic.id).where(Diagnostic.association_id == association_id, Diagnostic.cohort_id == cohort_id)
    take_back(session, Respondent.diagnostic_id.in_(its), now=now)


def person_left(session: Session, *, association_id: int, person_id: int, now: datetime) -> None:
    """The same of somebody whom the programme knew in an association, and who is of it no more."""
    its = select(Diagnostic.id).where(Diagnostic.association_id == association_id)
    whose = and_(Respondent.person_id == person_id, Respondent.diagnostic_id.in_(its))
    take_back(session, whose, reason=withdrawal.REMOVED, now=now)


def cohort_closed(session: Session, cohort_id: CohortId, *, now: datetime) -> None:
    """The same of a whole cohort that was closed."""
    its = select(Diagnostic.id).where(Diagnostic.cohort_id == cohort_id)
    take_back(session, Respondent.diagnostic_id.in_(its), now=now)
