"""The consent to be told of sales, as the ledger last says it, and as an imported file says it of many phones."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.consent import following, service
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.database.ids import ContactId, SpaceId, id_of


def latest(session: Session, space_id: SpaceId, fingerprint: str) -> ConsentEntry | None:
    """The consent of a phone that holds today, or None."""
    entry = following.last_of_sales(session, space_id, fingerprint)
    return entry if entry is not None and entry.act is Act.GIVEN else None


def agree_by_file(
    session: Session,
    space_id: SpaceId,
    people: Mapping[str, tuple[int | None, str]],
    *,
    wording: str,
    by: Principal,
    now: datetime,
) -> None:
    """What a file says of sales, {fingerprint: (contact id, evidence)}: an empty evidence is a no.

    Said again of whoever agreed already, or refused already, it writes nothing.
    """
    agreed = service.consenting(session, space_id, people)
    for fingerprint, (contact_id, evidence) in people.items():
        if (fingerprint in agreed) is not bool(evidence):
            service.agree(
                session, space_id, fingerprint, family=Family.COMMERCIAL, given=bool(evidence), channel=Channel.IMPORT,
                wording=wording, evidence=evidence, by=by, now=now, contact_id=id_of(ContactId, contact_id),
            )  # fmt: skip
