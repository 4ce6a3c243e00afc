"""What a merge does of consent: the stricter of two cards holds for both, and the ledger keeps both proofs."""

from collections.abc import Sequence
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
    service.refuse_too(session, service.find(session, space_id, given_up), kept, **who)
    took_back = ledger.last_of_sales(session, space_id, given_up)
    given = ledger.last_of_sales(session, space_id, kept)
    if given and took_back and given.act is Act.GIVEN and took_back.act is Act.WITHDRAWN:
        note(session, joining.merge, _AGREEMENT, {"fingerprint": kept}, MergeAction.KEPT, {"entry": given.id})
        following.agree_too(session, took_back, kept, wording=ledger.elsewhere(took_back.wording), **who)


def _part(session: Session, joining: Joining) -> None:
    """Each phone's own words hold again, unless its owner spoke since: by the number that the record names.

    Of refusals only the merges of before migration 0035 have a record; ``_parted`` knows the others by their rows.
    """
    space_id, kinds = joining.space.id, (_OPT_OUT, _AGREEMENT)
    rows = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind.in_(kinds))
    for row in session.scalars(rows.order_by(MergeRow.id)):
        phone = row.key["fingerprint"]
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


def _parted(session: Session, joining: Joining) -> None:
    """Neither phone shares what the other refused, wherever that followed the survivor since."""
    space_id, theirs, mine = joining.space.id, joining.loser.fingerprint, joining.survivor.fingerprint
    if theirs == mine:
        return
    for row in _copied_since(session, joining):
        source = row.copied_from if row in session else None  # one given up before may have taken this one with it
        if source == theirs:
            service.give_up(session, row, wording=_PARTED, **_act(joining, joining.survivor.id))
        elif row.fingerprint == theirs and source:
            service.give_up(session, row, wording=_PARTED, **_act(joining, joining.loser.id))
            own = service.find(session, space_id, source)
            service.refuse_too(session, own, mine, **_act(joining, joining.survivor.id))


def _copied_since(session: Session, joining: Joining) -> Sequence[OptOut]:
    """The refusals that the survivor's phones copied since the merge."""
    said = select(ConsentEntry.id).where(
        ConsentEntry.space_id == joining.space.id,
        ConsentEntry.fingerprint == OptOut.fingerprint,
        ConsentEntry.contact_id == joining.survivor.id,
        ConsentEntry.act == Act.OBJECTED,
        ConsentEntry.at >= joining.merge.at,
    )
    copied = select(OptOut).where(OptOut.space_id == joining.space.id, OptOut.copied_from.is_not(None), said.exists())
    return session.scalars(copied.order_by(OptOut.id)).all()


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
