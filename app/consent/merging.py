"""What a merge does of consent: the stricter of two cards holds for both, and the ledger keeps both proofs."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.consent import following, service
from app.consent.families import Family
from app.consent.models import Channel, ConsentEntry, OptOut
from app.contacts.merging.models import MergeAction, MergeRow
from app.contacts.merging.moving import Joining, Moved, Moves, note
from app.french.language import _, ngettext

_OPT_OUT = "opt_outs"
_AGREEMENT = "agreement"


def _join(session: Session, joining: Joining) -> None:
    """What the phone that goes refused, the one that the survivor has in the end refuses too."""
    space_id, mine, theirs = joining.space.id, joining.survivor.fingerprint, joining.loser.fingerprint
    if mine == theirs:
        return
    if "phone" in joining.merge.chosen:
        mine, theirs = theirs, mine
    if refused := following.unsaid(session, space_id, was=theirs, mine=mine):
        before = service.find(session, space_id, mine)
        said = service.latest_objection(session, space_id, theirs)
        was = None if before is None else {"only_missions": before.only_missions}
        note(session, joining.merge, _OPT_OUT, {"fingerprint": mine}, MergeAction.KEPT, {"was": was})
        service.object_to(
            session,
            space_id,
            mine,
            channel=refused.channel,
            by=joining.by,
            now=joining.now,
            contact_id=joining.survivor.id,
            wording=_wording(said.wording if said else ""),
            only_missions=refused.only_missions,
        )
    took_back = following.sales_taken_back(session, space_id, was=theirs, mine=mine)
    given = following.last_of_sales(session, space_id, mine)
    if took_back and given:
        note(session, joining.merge, _AGREEMENT, {"fingerprint": mine}, MergeAction.KEPT, {"entry": given.id})
        wording = _wording(took_back.wording)
        _agree(session, joining, mine, given=False, channel=took_back.channel, wording=wording)


def _part(session: Session, joining: Joining) -> None:
    """Each phone's own words hold again, unless its owner spoke since."""
    space_id, mine = joining.space.id, joining.survivor.fingerprint
    for row in session.scalars(select(MergeRow).where(MergeRow.merge_id == joining.merge.id).order_by(MergeRow.id)):
        if row.key.get("fingerprint") != mine or _spoke_since(session, joining):
            continue
        if row.kind == _OPT_OUT and row.before["was"] is None:
            words = _("Les deux fiches sont séparées de nouveau")
            service.restore(
                session, space_id, mine, channel=Channel.FORM, by=joining.by, now=joining.now,
                contact_id=joining.survivor.id, wording=words,
            )  # fmt: skip
        elif row.kind == _OPT_OUT:
            opt_out = update(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == mine)
            session.execute(opt_out.values(only_missions=True))
        elif row.kind == _AGREEMENT:
            entry = select(ConsentEntry).where(ConsentEntry.space_id == space_id)
            if given := session.scalar(entry.where(ConsentEntry.id == row.before["entry"])):
                _agree(session, joining, mine, given=True, channel=given.channel, wording=given.wording)


def _agree(session: Session, joining: Joining, phone: str, *, given: bool, channel: Channel, wording: str) -> None:
    service.agree(
        session,
        joining.space.id,
        phone,
        family=Family.COMMERCIAL,
        given=given,
        channel=channel,
        wording=wording,
        by=joining.by,
        now=joining.now,
        contact_id=joining.survivor.id,
    )


def _spoke_since(session: Session, joining: Joining) -> bool:
    """Whether the survivor's phone said anything after the merge."""
    return (
        session.scalar(
            select(ConsentEntry.id)
            .where(
                ConsentEntry.space_id == joining.space.id,
                ConsentEntry.fingerprint == joining.survivor.fingerprint,
                ConsentEntry.at > joining.merge.at,
                ConsentEntry.at < joining.now,
            )
            .limit(1)
        )
        is not None
    )


def _wording(words: str) -> str:
    """The ledger's line on the survivor's phone: whose words they were, word for word."""
    return (
        _("Dit depuis l'autre fiche de cette personne : « %(words)s »", words=words)
        if words
        else _("Dit depuis l'autre fiche de cette personne")
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
