"""Why a message was taken back before it left, and the taking back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.consent import service as consent
from app.database.ids import ContactId
from app.french.language import _
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Message
from app.messaging.status import FINAL, Status

CANCELLED = "cancelled"
TOO_LATE = "too_late"
OVER_CAP = "over_cap"
FICTION = "fiction"
REAL = "real_number"
NEVER_LEFT = "never_left"
FIRST_ARRIVED = "first_arrived"
REMOVED = "removed"
CHANGED = "changed"
ARRIVED = "arrived"
MERGED = "merged"
SHARED = "shared"

_SENTENCES = {
    consent.OPTED_OUT: _("Cette personne ne veut plus de SMS."),
    consent.ONLY_MISSIONS: _("Cette personne veut seulement les SMS de ses missions."),
    consent.NO_CONSENT: _("Pas d'accord enregistré pour recevoir des offres."),
    CANCELLED: _("L'envoi a été annulé avant son départ."),
    TOO_LATE: _("Trop tard : il n'a pas pu partir aux heures permises."),
    OVER_CAP: _("Le budget de cet envoi était atteint."),
    FICTION: _("Numéro fictif : un espace réel n'y envoie rien."),
    REAL: _("Vrai numéro : un espace d'entraînement n'y envoie rien."),
    FIRST_ARRIVED: _("Le premier essai était parti : ce second essai a été retiré."),
    NEVER_LEFT: _("L'opérateur ne l'a jamais reçu ; un nouvel essai l'a remplacé."),
    REMOVED: _("Cette personne a été retirée avant son départ."),
    MERGED: _("Cette personne avait deux fiches : elle reçoit ce SMS par l'autre."),
    SHARED: _("Quelqu'un reçoit déjà ce SMS à son nouveau numéro, qu'ils partagent."),
    CHANGED: _("Ce qu'il disait n'était plus vrai : il n'est pas parti."),
    ARRIVED: _("Le premier essai était arrivé : celui-ci n'est pas parti."),
}


def sentence(reason: str) -> str:
    """What to tell the référente; empty when there is no reason."""
    return _SENTENCES.get(reason, "")


def take_back(
    session: Session,
    *,
    reason: str,
    now: datetime,
    contact_id: ContactId | None = None,
    mailing_ids: Collection[int] | None = None,
    attempt: Message | None = None,
) -> int:
    """Withdraw the messages that have not left of a person, of some mailings, or of a person in some mailings.

    ``attempt`` means the later attempts of that message. How many were withdrawn. What a dispatcher holds has left; of
    a person in some mailings, it is given no second try if their phone was off.
    """
    waiting = select(Message.id).where(Message.status == Status.QUEUED)
    if contact_id is not None:
        waiting = waiting.where(Message.contact_id == contact_id)
    if mailing_ids is not None:
        waiting = waiting.where(Message.mailing_id.in_(mailing_ids))
    if attempt is not None:
        later = (Message.phone == attempt.phone, Message.attempt > attempt.attempt)
        waiting = waiting.where(Message.mailing_id == attempt.mailing_id, *later)
    if contact_id is None and mailing_ids is None and attempt is None:
        raise ValueError("say whose messages are taken back")
    ids = session.scalars(waiting.order_by(Message.id).with_for_update(key_share=True)).all()
    apply_changes(session, {one: StatusChange(Status.WITHDRAWN, reason=reason) for one in ids}, now=now)
    if contact_id is not None and mailing_ids is not None:
        left = (Message.contact_id == contact_id, Message.mailing_id.in_(mailing_ids), Message.status.not_in(FINAL))
        session.execute(update(Message).where(*left, Message.not_after > now).values(not_after=now))
    return len(ids)
