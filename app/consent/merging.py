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
_PARTED = _("Les deux fiches sont séparées de nouveau")


def _join(session: Session, joining: Joining) -> None:
    """What either card's phone refused, the number kept refuses; the number given up still says what it said."""
    space_id, (kept, given_up) = joining.space.id, joining.fingerprints
    if kept == given_up:
        return
    who = _act(joining, joining.survivor.id)
    if service.refuse_too(session, service.find(session, space_id, given_up), kept, **who):
        note(session, joining.merge, _OPT_OUT, {"fingerprint": kept}, MergeAction.KEPT, {"from": given_up})
    took_back = ledger.last_of_sales(session, space_id, given_up)
    given = ledger.last_of_sales(session, space_id, kept)
    if given and took_back and given.act is Act.GIVEN and took_back.act is Act.WITHDRAWN:
        note(session, joining.merge, _AGREEMENT, {"fingerprint": kept}, MergeAction.KEPT, {"entry": given.id})
        following.agree_too(session, took_back, kept, wording=ledger.elsewhere(took_back.wording), **who)


def _part(session: Session, joining: Joining) -> None:
    """Each phone's own words hold again, unless its owner spoke since: by the number that the record names.

    The record of a refusal says which phone it was copied from; that of a merge older than migration 0035, what the
    phone refused before.
    """
    space_id, kinds = joining.space.id, (_OPT_OUT, _AGREEMENT)
    rows = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind.in_(kinds))
    for row in session.scalars(rows.order_by(MergeRow.id)):
        phone = row.key["fingerprint"]
        if "from" in row.before:
            _give_up(session, joining, phone, row.before["from"])
            continue
        if _spoke_since(session, joining, phone):
            continue
        who = _act(joining, _owner(joining, phone))
        if row.kind == _OPT_OUT and row.before["was"] is None:
            service.restore(session, space_id, phone, channel=Channel.FORM, wording=_PARTED, **who)
        elif row.kind == _OPT_OUT:
            opt_out = update(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == phone)
            session.execute(opt_out.values(only_missions=True))
        else:
            entry = select(ConsentEntry).where(ConsentEntry.space_id == space_id)
            if given := session.scalar(entry.where(ConsentEntry.id == row.before["entry"])):
                following.agree_too(session, given, phone, wording=given.wording, **who)


def _give_up(session: Session, joining: Joining, kept: str, given_up: str) -> None:
    """What the merge copied is lifted, wherever it followed; the survivor's own goes with them to a number of since."""
    survivor, space_id = joining.survivor, joining.space.id
    copied, own = service.find(session, space_id, kept), service.find(session, space_id, given_up)
    if copied is None or copied.copied_from != given_up or _objected_since(session, joining, given_up):
        return
    service.give_up(session, copied, wording=_PARTED, **_act(joining, _owner(joining, kept)))
    if joining.takes_number and survivor.fingerprint != kept:
        service.refuse_too(session, own, survivor.fingerprint, **_act(joining, survivor.id))


def _parted(session: Session, joining: Joining) -> None:
    """What the loser's number refused followed a survivor who had it to a number of since: it is not theirs."""
    survivor, theirs = joining.survivor, joining.loser.fingerprint
    row = service.find(session, joining.space.id, survivor.fingerprint)
    is_theirs = row is not None and row.copied_from == theirs
    if row and is_theirs and joining.takes_number and not _objected_since(session, joining, theirs):
        service.give_up(session, row, wording=_PARTED, **_act(joining, survivor.id))


def _objected_since(session: Session, joining: Joining, fingerprint: str) -> bool:
    """Whether a phone said no after the merge: of the one person that both cards were, then and for good."""
    return service.said_since(session, joining.space.id, fingerprint, Act.OBJECTED, since=joining.merge.at)


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
    parted=_parted,
)
