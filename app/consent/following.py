"""What a person refused follows them from one number to another, in the words they said; what they allowed does not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.consent import ledger, service
from app.consent.families import Family
from app.consent.models import Act, ConsentEntry
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.database.ids import ContactId
from app.french.language import _


def follow(session: Session, contact: Contact, before: str, by: Principal, now: datetime) -> None:
    """A card's new number refuses what the one ``before`` refuses, which stays; as strict as either, never less."""
    space_id, phone = contact.space_id, contact.fingerprint
    refused = service.find(session, space_id, before)
    service.refuse_too(session, refused, phone, contact_id=contact.id, by=by, now=now)
    took_back, own = (ledger.last_of_sales(session, space_id, one) for one in (before, phone))
    if took_back and took_back.act is Act.WITHDRAWN and (own is None or own.act is not Act.WITHDRAWN):
        words = ledger.elsewhere(took_back.wording)
        agree_too(session, took_back, phone, wording=words, contact_id=contact.id, by=by, now=now)


def told(session: Session, contact: Contact, before: str) -> Sequence[str]:
    """What a card's number ``before`` refuses, as the page says that it holds for the new one, and for whom else."""
    name, found = contact.name or _("Cette personne"), []
    refused = service.find(session, contact.space_id, before)
    said = ledger.last_of_sales(session, contact.space_id, before)
    if refused is not None:
        what = (
            _("%(name)s reçoit seulement les SMS de ses missions : cela suit son nouveau numéro.", name=name)
            if refused.only_missions
            else _("%(name)s ne veut plus de SMS : cela suit son nouveau numéro.", name=name)
        )
        back = _("Si elle en veut de nouveau, la référente peut le noter sur sa fiche.")
        found += [f"{what} {back}", *sharing(session, contact)]
    if said is not None and said.act is Act.WITHDRAWN:
        found.append(_("%(name)s a retiré son accord pour les ventes : cela suit son nouveau numéro.", name=name))
    return found


def sharing(session: Session, contact: Contact) -> list[str]:
    """Whom a stop on a card's phone silences too."""
    others = [one.name or _("une personne sans nom") for one in contacts.sharing_phone(session, contact)]
    if not others:
        return []
    one = _("%(names)s partage ce téléphone : l'arrêt vaudra aussi pour cette personne.", names=others[0])
    many = _("%(names)s partagent ce téléphone : l'arrêt vaudra pour toutes ces personnes.", names=", ".join(others))
    return [one if len(others) == 1 else many]


def agree_too(
    session: Session,
    said: ConsentEntry,
    fingerprint: str,
    *,
    wording: str,
    contact_id: ContactId,
    by: Principal,
    now: datetime,
) -> None:
    """What an entry of the ledger says of sales, said of a phone."""
    service.agree(
        session,
        said.space_id,
        fingerprint,
        family=Family.COMMERCIAL,
        given=said.act is Act.GIVEN,
        channel=said.channel,
        wording=wording,
        by=by,
        now=now,
        contact_id=contact_id,
    )
