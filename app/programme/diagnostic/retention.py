"""What goes: who answered, and what each said alone, once the cohort has long been over, or they are erased."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import associations
from app.clock import PARIS
from app.contacts.models import Contact
from app.database.ids import RespondentId
from app.messaging import withdrawal
from app.programme.cohorts.models import AssociationPerson, Cohort
from app.programme.diagnostic import texting
from app.programme.diagnostic.models import Diagnostic, OwnAnswer, Respondent

AFTER_CLOSING = timedelta(days=180)
"""For as long after a cohort was closed, names and own answers are kept (P)."""
AFTER_ITS_END = timedelta(days=365)
"""After the last day of a cohort that nobody closed (P)."""


def forget_names(session: Session, *, now: datetime) -> int:
    """Erase who answered, their numbers, links and own answers; how many people.

    Functions stay, for the count of who took part; the agreed answers and their scores stay too.
    """
    last_day = (now - AFTER_ITS_END).astimezone(PARIS).date()
    over = select(Diagnostic.id).join(Cohort, Cohort.id == Diagnostic.cohort_id).where(
        or_(
            Cohort.closed_at <= now - AFTER_CLOSING,
            and_(Cohort.closed_at.is_(None), Cohort.ends_on < last_day),
        )
    )  # fmt: skip
    named = select(Respondent.id).where(Respondent.diagnostic_id.in_(over), Respondent.name != "")
    return _blank(session, session.scalars(named).all())


def naming(session: Session, contact: Contact) -> Sequence[Respondent]:
    """Where somebody of the programme's contacts is named: chosen there, or typed with their name in their association.

    Their number beside another first name is somebody else's.
    """
    own = select(AssociationPerson).where(AssociationPerson.contact_id == contact.id).subquery()
    names = {associations.fold(one) for one in (contact.name, f"{contact.first_name} {contact.last_name}")}
    named = Respondent.folded.in_(names - {""})
    query = select(Respondent).join(Diagnostic, Diagnostic.id == Respondent.diagnostic_id).where(
        or_(
            Respondent.person_id.in_(select(own.c.id)),
            and_(named, Diagnostic.association_id.in_(select(own.c.association_id))),
            and_(named, Respondent.phone == contact.phone),
        )
    )  # fmt: skip
    return session.scalars(query.order_by(Respondent.id)).all()


def forget_person(session: Session, contact: Contact, *, now: datetime) -> int:
    """Somebody is erased: the same of them alone at once, with the link that has not left; how many places."""
    found = naming(session, contact)
    ids = [one.id for one in found]
    texting.take_back(session, Respondent.id.in_(ids), reason=withdrawal.REMOVED, now=now)
    return _blank(session, ids)


def _blank(session: Session, ids: Sequence[RespondentId]) -> int:
    if not ids:
        return 0
    session.execute(delete(OwnAnswer).where(OwnAnswer.respondent_id.in_(ids)))
    blank = {
        "name": "", "folded": cast(Respondent.id, String), "phone": "", "token_digest": None, "person_id": None,
    }  # fmt: skip
    session.execute(update(Respondent).where(Respondent.id.in_(ids)).values(blank))
    return len(ids)
