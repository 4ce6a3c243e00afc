"""One text to one contact: the rules of a campaign, for a single letter."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.consent import service as consent
from app.consent.families import Family
from app.contacts import rules
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.language import _
from app.messaging import acts, budget, letters, notices, withdrawal
from app.messaging.letters import Recipient
from app.messaging.models import Message
from app.messaging.wording import check_body
from app.settings import Settings


def send(
    session: Session,
    space: Space,
    contact: Contact,
    *,
    body: str,
    family: Family,
    by: Principal,
    settings: Settings,
    now: datetime,
) -> Message:
    """Queue one letter for the first allowed instant. Raises RuleBroken for a text or a person that cannot be."""
    check_body(body, two_way=space.two_way)
    if not space.sender:
        raise RuleBroken("sender_missing", _("Il manque le nom d'expéditeur : choisissez-le dans les réglages."))
    rules.check_age(contact.birth_year, phone_is_parents=contact.phone_is_parents, now=now)
    reason = consent.blocked(session, space.id, family, {contact.fingerprint}).get(contact.fingerprint)
    if reason:
        raise RuleBroken(reason, withdrawal.sentence(reason), fields={"contact_id": withdrawal.sentence(reason)})
    values = {"prénom": contact.first_name, "nom": contact.last_name}
    message = notices.send(
        session,
        space,
        Recipient(contact.id, contact.phone, contact.fingerprint, values),
        body=letters.with_link(body),
        family=family,
        settings=settings,
        now=now,
    )
    if space.budget_micros is not None and budget.spent_this_month(session, space.id, now=now) > space.budget_micros:
        raise RuleBroken("over_monthly_budget", _("Le budget de ce mois ne suffit pas pour ce SMS."))
    activity.record(session, space.id, acts.MESSAGE_SENT, by=by, now=now, subject_id=message.id, contact=contact.id)
    return message
