"""Two cards into one, as a recorded operation, and one into two again."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import acts, rules
from app.contacts.merging import cards, choices, moving
from app.contacts.merging.models import Merge, MergeAction, MergeRow
from app.contacts.merging.moving import Joining, Moves
from app.contacts.models import Contact
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import PairState
from app.database.ids import ContactId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _

UNDO_WITHIN = timedelta(days=30)
"""How long the two cards can be separated again; afterwards the record forgets what they said."""
_CARD = "contacts"


def get(session: Session, space_id: SpaceId, merge_id: int, *, lock: bool = False) -> Merge:
    """A merge of this space. Raises NotFound."""
    query = select(Merge).where(Merge.space_id == space_id, Merge.id == merge_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("merge_unknown", _("Cette réunion de fiches n'existe pas."))
    return found


def of_contact(session: Session, contact: Contact) -> Sequence[Merge]:
    """The merges that a contact's card comes from, or that it went into, those undone aside; the latest first."""
    mine = or_(Merge.survivor_id == contact.id, Merge.loser_id == contact.id)
    query = select(Merge).where(Merge.space_id == contact.space_id, Merge.undone_at.is_(None), mine)
    return session.scalars(query.order_by(Merge.id.desc())).all()


def undo_until(merge: Merge) -> datetime:
    """The instant from which it stays as it is."""
    return merge.at + UNDO_WITHIN


def merge(
    session: Session,
    space: Space,
    *,
    survivor_id: ContactId,
    loser_id: ContactId,
    chosen: Collection[str] = (),
    moves: Sequence[Moves],
    by: Principal,
    now: datetime,
) -> Merge:
    """Give one card all that another has; the other stays as a husk that leads to it.

    ``chosen`` are the fields whose value is the other's, « custom.12 » for the space's own of that id. Raises
    RuleBroken for the same card twice, for a choice that is none, and for a child's own phone; Conflict for a card that
    is archived or led elsewhere.
    """
    if survivor_id == loser_id:
        raise RuleBroken("merge_of_one", _("Choisissez deux fiches différentes."))
    choices.check(session, space.id, chosen)
    spaces.lock(session, space.id)
    survivor, loser = _both(session, space.id, survivor_id, loser_id)
    if survivor.archived_at is not None or loser.archived_at is not None:
        raise Conflict("contact_archived", _("Une de ces deux fiches est archivée : remettez-la d'abord."))
    done = _begun(survivor, loser, chosen, by, now)
    session.add(done)
    session.flush()
    joining = Joining(done, space, survivor, loser, by, now)
    for each in moves:
        each.join(session, joining)
    for each in moves:
        for table in each.tables:
            moving.move(session, table, joining)
    _write_cards(session, joining, chosen)
    for each in moves:
        each.joined(session, joining)
    pairs.settle_between(session, space.id, survivor.id, loser.id, PairState.MERGED, by=by, now=now)
    activity.record(session, space.id, acts.CONTACTS_MERGED, by=by, now=now, subject_id=survivor.id, merge=done.id)
    return done


def undo(session: Session, space: Space, done: Merge, *, moves: Sequence[Moves], by: Principal, now: datetime) -> None:
    """Two cards again, each with what it had; what came after stays with the survivor.

    Raises Conflict once it is too late, done already, or when a later merge must be undone first.
    """
    spaces.lock(session, space.id)
    survivor, loser = _both(session, space.id, done.survivor_id, done.loser_id)
    _check_undoable(session, done, survivor, loser, now=now)
    joining = Joining(done, space, survivor, loser, by, now)
    tables = {table.rows.name: table for each in moves for table in each.tables}
    for each in moves:
        each.part(session, joining)
    rows = session.scalars(select(MergeRow).where(MergeRow.merge_id == done.id).order_by(MergeRow.id.desc())).all()
    _restore_cards(session, joining, {row.key["id"]: row.before for row in rows if row.kind == _CARD})
    for row in rows:
        if row.kind in tables and "row" in row.before:
            moving.move_back(session, tables[row.kind], row, joining)
    for each in moves:
        each.parted(session, joining)
    done.undone_at, done.undone_by = now, by.name[:80]
    pairs.settle_between(session, space.id, survivor.id, loser.id, PairState.NOT_DUPLICATE, by=by, now=now)
    activity.record(session, space.id, acts.MERGE_UNDONE, by=by, now=now, subject_id=survivor.id, merge=done.id)
    session.flush()
    session.expire_all()


def _begun(survivor: Contact, loser: Contact, chosen: Collection[str], by: Principal, now: datetime) -> Merge:
    return Merge(
        space_id=survivor.space_id,
        survivor_id=survivor.id,
        loser_id=loser.id,
        chosen=sorted(chosen),
        principal=by.kind,
        principal_id=by.id,
        principal_name=by.name[:80],
        at=now,
    )


def _both(session: Session, space_id: SpaceId, one_id: ContactId, other_id: ContactId) -> tuple[Contact, Contact]:
    """Both cards, held in the order of their ids."""
    query = select(Contact).where(Contact.space_id == space_id, Contact.id.in_((one_id, other_id)))
    found = {one.id: one for one in session.scalars(query.order_by(Contact.id).with_for_update())}
    if len(found) != len({one_id, other_id}):
        raise NotFound("contact_unknown", _("Cette personne n'est pas dans vos bénévoles."))
    return found[one_id], found[other_id]


def _check_undoable(session: Session, done: Merge, survivor: Contact, loser: Contact, *, now: datetime) -> None:
    if done.undone_at is not None:
        raise Conflict("merge_undone", _("Ces deux fiches sont déjà séparées."))
    if now >= undo_until(done):
        raise Conflict("merge_too_old", _("C'est trop tard : ces deux fiches sont réunies depuis plus de 30 jours."))
    mine = (survivor.id, loser.id)
    later = select(Merge.id).where(
        Merge.space_id == done.space_id,
        Merge.undone_at.is_(None),
        Merge.id > done.id,
        or_(Merge.survivor_id.in_(mine), Merge.loser_id.in_(mine)),
    )
    if session.scalar(later.limit(1)) is not None or loser.merged_into_id != survivor.id:
        raise Conflict(
            "merge_not_last", _("Cette fiche a été réunie avec une autre depuis : séparez d'abord celle-là.")
        )


def _write_cards(session: Session, joining: Joining, chosen: Collection[str]) -> None:
    survivor, loser, now = joining.survivor, joining.loser, joining.now
    card = cards.merged(survivor, loser, chosen)
    left = {**cards.husk(survivor, loser, card), "archived_at": now, "merged_into_id": survivor.id}
    rules.check_age(card["birth_year"], phone_is_parents=card["phone_is_parents"], now=now)
    _note_card(session, joining, survivor, card)
    _note_card(session, joining, loser, left)
    _write(session, joining, card, left)


def _note_card(session: Session, joining: Joining, contact: Contact, became: cards.Values) -> None:
    changed = {name: value for name, value in became.items() if getattr(contact, name) != value}
    before = {"was": {name: getattr(contact, name) for name in changed}, "became": changed}
    moving.note(session, joining.merge, _CARD, {"id": contact.id}, MergeAction.FOLDED, before)


def _restore_cards(session: Session, joining: Joining, before: dict[int, dict[str, Any]]) -> None:
    """What a merge changed of the cards, where nobody changed it since; a number goes with its first name or stays."""
    values = [_untouched(one, before.get(one.id)) for one in (joining.survivor, joining.loser)]
    values[1] |= {"archived_at": None, "merged_into_id": None}
    _write(session, joining, *values)
    for one in (joining.survivor, joining.loser):
        for name, key in cards.keys({name: getattr(one, name) for name in cards.CARD}).items():
            setattr(one, name, key)


def _untouched(one: Contact, before: dict[str, Any] | None) -> cards.Values:
    if before is None:
        return {}
    became = {name: moving.revived(Contact, name, value) for name, value in before["became"].items()}
    return {
        name: moving.revived(Contact, name, value)
        for name, value in before["was"].items()
        if getattr(one, name) == became[name]
    }


def _write(session: Session, joining: Joining, card: cards.Values, left: cards.Values) -> None:
    """Both cards, one after the other: they may exchange what tells two people of a phone apart."""
    loser_key = left.get("name_key", joining.loser.name_key)
    joining.loser.name_key = cards.nobody(joining.loser)
    try:
        with session.begin_nested():
            session.flush()
            for contact, values in ((joining.survivor, card), (joining.loser, {**left, "name_key": loser_key})):
                for name, value in values.items():
                    setattr(contact, name, value)
                contact.updated_at = joining.now
                session.flush()
    except IntegrityError:
        raise Conflict(
            "contact_exists", _("Quelqu'un d'autre a ce prénom à ce numéro : réunissez d'abord ces deux fiches-là.")
        ) from None
