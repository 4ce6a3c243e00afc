"""What a merge does of consent: the stricter of two cards holds for both, and the ledger keeps both proofs."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.consent import service
from app.consent.families import Family
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
    refused, before = service.find(session, space_id, given_up), service.find(session, space_id, kept)
    if refused is not None and (before is None or (before.only_missions and not refused.only_missions)):
        said = service.latest_objection(session, space_id, given_up)
        was = None if before is None else {"only_missions": before.only_missions}
        note(session, joining.merge, _OPT_OUT, {"fingerprint": kept}, MergeAction.KEPT, {"was": was})
        service.object_to(
            session,
            space_id,
            kept,
            channel=refused.channel,
            by=joining.by,
            now=joining.now,
            contact_id=joining.survivor.id,
            wording=_wording(said.wording if said else ""),
            only_missions=refused.only_missions,
        )
    took_back = _last_of_sales(session, joining, given_up)
    given = _last_of_sales(session, joining, kept)
    if given and took_back and given.act is Act.GIVEN and took_back.act is Act.WITHDRAWN:
        note(session, joining.merge, _AGREEMENT, {"fingerprint": kept}, MergeAction.KEPT, {"entry": given.id})
        _agree(session, joining, kept, joining.survivor.id, said=took_back, wording=_wording(took_back.wording))


def _part(session: Session, joining: Joining) -> None:
    """Each phone's own words hold again, unless its owner spoke since: by the number that the record names."""
    space_id, kinds = joining.space.id, (_OPT_OUT, _AGREEMENT)
    rows = select(MergeRow).where(MergeRow.merge_id == joining.merge.id, MergeRow.kind.in_(kinds))
    for row in session.scalars(rows.order_by(MergeRow.id)):
        phone = row.key["fingerprint"]
        if _spoke_since(session, joining, phone):
            continue
        if row.kind == _OPT_OUT and row.before["was"] is None:
            words = _("Les deux fiches sont séparées de nouveau")
            service.restore(
                session, space_id, phone, channel=Channel.FORM, by=joining.by, now=joining.now,
                contact_id=_owner(joining, phone), wording=words,
            )  # fmt: skip
        elif row.kind == _OPT_OUT:
            opt_out = update(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint == phone)
            session.execute(opt_out.values(only_missions=True))
        else:
            entry = select(ConsentEntry).where(ConsentEntry.space_id == space_id)
            if given := session.scalar(entry.where(ConsentEntry.id == row.before["entry"])):
                _agree(session, joining, phone, _owner(joining, phone), said=given, wording=given.wording)


def _owner(joining: Joining, fingerprint: str) -> ContactId:
    """Whose a number is once the cards are separated."""
    goes_back = joining.takes_number and fingerprint == joining.survivor.fingerprint
    return joining.loser.id if goes_back else joining.survivor.id


def _agree(
    session: Session, joining: Joining, fingerprint: str, contact_id: ContactId, *, said: ConsentEntry, wording: str
) -> None:
    service.agree(
        session,
        joining.space.id,
        fingerprint,
        family=Family.COMMERCIAL,
        given=said.act is Act.GIVEN,
        channel=said.channel,
        wording=wording,
        by=joining.by,
        now=joining.now,
        contact_id=contact_id,
    )


def _last_of_sales(session: Session, joining: Joining, fingerprint: str) -> ConsentEntry | None:
    return session.scalar(
        select(ConsentEntry)
        .where(
            ConsentEntry.space_id == joining.space.id,
            ConsentEntry.fingerprint == fingerprint,
            ConsentEntry.family == Family.COMMERCIAL.value,
        )
        .order_by(ConsentEntry.id.desc())
        .limit(1)
    )


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


def _wording(words: str) -> str:
    """The ledger's line on the number kept: whose words they were, word for word."""
    return (
        _("Dit depuis l'autre numéro de cette personne : « %(words)s »", words=words)
        if words
        else _("Dit depuis l'autre numéro de cette personne")
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
