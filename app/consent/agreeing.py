"""The consent to be told of sales, as the ledger last says it, and as an imported file says it of many phones."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.consent import ledger, service
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.contacts.pairs import recognising
from app.database.ids import ContactId, SpaceId, id_of


def latest(session: Session, space_id: SpaceId, fingerprint: str) -> ConsentEntry | None:
    """The consent of a phone that holds today, or None."""
    entry = ledger.last_of_sales(session, space_id, fingerprint)
    return entry if entry is not None and entry.act is Act.GIVEN else None


def agree_by_file(
    session: Session,
    space_id: SpaceId,
    people: Mapping[str, tuple[int | None, str]],
    *,
    wording: str,
    by: Principal,
    now: datetime,
) -> Collection[str]:
    """What a file says of sales, {fingerprint: (contact id, evidence)}: an empty evidence is a no.

    A no holds for the phone of those into whom somebody at that phone was merged, too, unless a neighbour who still has
    that phone said it. Said again of whoever agreed
    already, or refused already, it writes nothing. A file may be older than what people said since: it gives a consent
    back to nobody who took theirs back, and these phones are given back.
    """
    declined = {phone: contact_id for phone, (contact_id, evidence) in people.items() if not evidence}
    led = recognising.survivors_of(session, space_id, declined)
    said = {**people, **{one.fingerprint: (one.id, "") for one in led}}
    last = ledger.acts_of_sales(session, space_id, said)
    withdrawn = {phone for phone, (_, evidence) in said.items() if evidence and last.get(phone) is Act.WITHDRAWN}
    for fingerprint, (contact_id, evidence) in said.items():
        if fingerprint not in withdrawn and (last.get(fingerprint) is Act.GIVEN) is not bool(evidence):
            service.agree(
                session, space_id, fingerprint, family=Family.COMMERCIAL, given=bool(evidence), channel=Channel.IMPORT,
                wording=wording, evidence=evidence, by=by, now=now, contact_id=id_of(ContactId, contact_id),
            )  # fmt: skip
    return withdrawn
