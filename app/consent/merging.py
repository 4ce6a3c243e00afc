"""What a merge does of consent: the stricter of two cards holds for both, and the ledger keeps both proofs."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.consent import following, ledger, service
from app.consent.models import Act, Channel, ConsentEntry, OptOut
from app.contacts.merging.models import MergeAction, MergeRow
from app.contacts.merging.moving import Joining, Moved, Moves, note
from app.database.ids import ContactId
from app.french.language import _, ngettext

_OPT_OUT = "opt_outs"
_AGREEMENT = "agreement"


def _join(session: Session, joining: Joining) -> None:
    """What either card's phone refused, the number kept refuses; the number given up still says what it said."""
    space_id, (kept, given_up) = joining.space.id, joining.fingerprints
    if kept == given_up:
        return
    refused = following.stricter(session, space_id, given_up, than=kept)
    who = _act(joining, joining.survivor.id)
    if refused is not None:
        before = service.find(session, space_id, kept)
        was = None if before is None else {"only_missions": before.only_missions}
        note(session, joining.merge, _OPT_OUT, {"fingerprint": kept}, MergeAction.KEPT, {"was": was})
        following.refuse_too(session, refused, kept, **who)
    took_back = ledger.last_of_sales(session, space_id, given_up)
    given = ledger.last_of_sales(session, space_id, kept)
    if given and took_back and given.act is Act.GIVEN and took_back.act is Act.WITHDRAWN:
        note(session, joining.merge, _AGREEMENT, {"fingerprint": kept}, MergeAction.KEPT, {"entry": given.id})
        following.agree_too(session, took_back, kept, wording=following.elsewhere(took_back), **who)


def _part(session: Session, joining: Joining) -> None:
    """Each phone's own words hold again, unless its owner spoke since: by the number that the record names."""
    space_id, kinds = joining.space.id, (_OPT_OUT, _AGREEMENT)
    rows = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind.in_(kinds))
    for row in session.scalars(rows.order_by(MergeRow.id)):
        phone = row.key["fingerprint"]
        if _spoke_since(session, joining, phone):
            continue
        who = _act(joining, _owner(joining, phone))
        if row.kind == _OPT_OUT and row.before["was"] is None:
            words = _("Les deux fiches sont séparées de nouveau")
            service.restore(session, space_id, phone, channel=Channel.FORM, wording=words, **who)
        elif row.kind == _OPT_OUT:
            opt_out = update(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == phone)
            session.execute(opt_out.values(only_missions=True))
        else:
            entry = select(ConsentEntry).where(ConsentEntry.space_id == space_id)
            if given := session.scalar(entry.where(ConsentEntry.id == row.before["entry"])):
                following.agree_too(session, given, phone, wording=given.wording, **who)


def _act(joining: Joining, contact_id: ContactId) -> dict[str, Any]:
    return {"contact_id": contact_id, "by": joining.by, "now": joining.now}


def _owner(joining: Joining, fingerprint: str) -> ContactId:
    """Whose a number is once the cards are separated."""
    goes_back = joining.takes_number and fingerprint == joining.survivor.fingerprint
    return joining.loser.id if goes_back else joining.survivor.id


def _spoke_since(session: Session, joining: Joining, fingerprint: str) -> bool:
    """Whether a phone said anything after the merge."""
    return (
        session.scalar(
            select(ConsentEntry.id)
            .where(
                ConsentEntry.space_id == joining.space.id,
                ConsentEntry.fingerprint == fingerprint,
                ConsentEntry.at > joining.merge.at,
                ConsentEntry.at < joining.now,
            )
            .limit(1)
        )
        is not None
    )


MOVES = Moves(
    tables=(
        Moved(
            table=ConsentEntry,
            came_at="at",
            told=lambda n: ngettext("%(n)s mot sur les SMS depuis", "%(n)s mots sur les SMS depuis", n),
        ),
    ),
    join=_join,
    part=_part,
)
