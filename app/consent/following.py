"""What somebody refused follows them to another number: a « plus de SMS » is a person's, known by their phone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.consent import service
from app.consent.families import Family
from app.consent.models import Act, ConsentEntry, OptOut
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.french.language import _


def renumbered(session: Session, contact: Contact, was: str, by: Principal, now: datetime) -> None:
    """Have the present phone of a contact refuse what the one of before did; ``was`` is the fingerprint of that one.

    Whoever shares the new phone gets no more than they. The ledger says whose words they were, of which number.
    """
    space_id, mine = contact.space_id, contact.fingerprint
    if refused := unsaid(session, space_id, was=was, mine=mine):
        said = service.latest_objection(session, space_id, was)
        service.object_to(
            session,
            space_id,
            mine,
            channel=refused.channel,
            by=by,
            now=now,
            contact_id=contact.id,
            wording=_wording(said.wording if said else ""),
            only_missions=refused.only_missions,
        )
    if took_back := sales_taken_back(session, space_id, was=was, mine=mine):
        service.agree(
            session,
            space_id,
            mine,
            family=Family.COMMERCIAL,
            given=False,
            channel=took_back.channel,
            wording=_wording(took_back.wording),
            by=by,
            now=now,
            contact_id=contact.id,
        )


def unsaid(session: Session, space_id: SpaceId, *, was: str, mine: str) -> OptOut | None:
    """What the phone ``was`` refuses and ``mine`` does not, or less; both are fingerprints."""
    refused, before = service.find(session, space_id, was), service.find(session, space_id, mine)
    if refused is None or (before is not None and (not before.only_missions or refused.only_missions)):
        return None
    return refused


def sales_taken_back(session: Session, space_id: SpaceId, *, was: str, mine: str) -> ConsentEntry | None:
    """How the phone ``was`` took back its consent to offers, which ``mine`` gives."""
    took_back, given = last_of_sales(session, space_id, was), last_of_sales(session, space_id, mine)
    is_against = given and took_back and given.act is Act.GIVEN and took_back.act is Act.WITHDRAWN
    return took_back if is_against else None


def last_of_sales(session: Session, space_id: SpaceId, fingerprint: str) -> ConsentEntry | None:
    """What a phone last said of offers."""
    return session.scalar(
        select(ConsentEntry)
        .where(
            ConsentEntry.space_id == space_id,
            ConsentEntry.fingerprint == fingerprint,
            ConsentEntry.family == Family.COMMERCIAL.value,
        )
        .order_by(ConsentEntry.id.desc())
        .limit(1)
    )


def _wording(words: str) -> str:
    """The ledger's line on the new phone: what was said of the former one, word for word."""
    return (
        _("Dit de l'ancien numéro de cette personne : « %(words)s »", words=words)
        if words
        else _("Dit de l'ancien numéro de cette personne")
    )
