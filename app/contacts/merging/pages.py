"""« Doublons possibles »: two cards side by side, one person or two; and a merge, with its undoing."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import panels, service
from app.contacts.fields import FIELDS
from app.contacts.merging import cards, choices, story
from app.contacts.merging import service as merging
from app.contacts.merging.models import MergeAction
from app.contacts.merging.moving import Moves
from app.contacts.models import Contact
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import DuplicatePair, PairState
from app.database.ids import ContactId
from app.errors import RuleBroken
from app.french.language import _
from app.web.requests import number_argument, runtime
from app.web.seams import Seam

MOVES: Seam[Sequence[Moves]] = Seam("what a merge moves")
"""What each feature declares, those above contacts too."""
blueprint = Blueprint("duplicates", __name__, url_prefix="/e/<slug>/benevoles")

PAGE_SIZE = 20


@blueprint.get("/doublons")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    after = number_argument("apres") or 0
    with runtime().database.snapshot() as session:
        found = pairs.page(session, space().id, after=after, limit=PAGE_SIZE + 1)
        people = [one for pair in found[:PAGE_SIZE] for one in (pair.low, pair.high)]
        known = {one.contact.id: one for one in panels.described(session, space(), people)}
        return show(
            "contacts/duplicates.html",
            pairs=found[:PAGE_SIZE],
            known=known,
            fields=FIELDS,
            waiting=pairs.count(session, space().id),
            after=after,
            next=found[PAGE_SIZE - 1].pair.id if len(found) > PAGE_SIZE else None,
        )


@blueprint.get("/doublons/<int:pair_id>")
@needs(Role.EQUIPIERE)
def compare(pair_id: int) -> ResponseReturnValue:
    return _compare(pair_id)


@blueprint.post("/doublons/<int:pair_id>/reunir")
@needs(Role.EQUIPIERE)
def merge(pair_id: int) -> ResponseReturnValue:
    """One card of the two; ``survivor`` is the one that stays, each field says whose value."""
    try:
        with runtime().database.transaction() as session:
            pair = pairs.get(session, space().id, pair_id)
            survivor_id, loser_id = _survivor(pair)
            own = [name for name in request.form if name.startswith(choices.OWN)]
            chosen = [name for name in (*cards.CHOSEN, *own) if request.form.get(name) == str(loser_id)]
            done = merging.merge(
                session,
                space(),
                survivor_id=survivor_id,
                loser_id=loser_id,
                chosen=chosen,
                moves=MOVES.read(),
                by=principal(),
                now=utc_now(),
            )
    except REFUSALS as error:
        return _compare(pair_id, Refused.by(error))
    flash(_("Les deux fiches sont réunies."), "success")
    return redirect(url_for("duplicates.show_merge", slug=space().slug, merge_id=done.id))


@blueprint.post("/doublons/<int:pair_id>/deux-personnes")
@needs(Role.EQUIPIERE)
def keep_apart(pair_id: int) -> ResponseReturnValue:
    """They are two people: never asked again."""
    with runtime().database.transaction() as session:
        pair = pairs.get(session, space().id, pair_id, lock=True)
        if pair.state is PairState.TO_SEE:
            pairs.settle(session, pair, PairState.NOT_DUPLICATE, by=principal(), now=utc_now())
    flash(_("C'est noté : ce sont deux personnes, la question ne sera plus posée."), "success")
    return redirect(url_for("duplicates.browse", slug=space().slug))


@blueprint.get("/fusions/<int:merge_id>")
@needs(Role.LECTRICE)
def show_merge(merge_id: int) -> ResponseReturnValue:
    return _merge(merge_id)


@blueprint.post("/fusions/<int:merge_id>/separer")
@needs(Role.EQUIPIERE)
def undo(merge_id: int) -> ResponseReturnValue:
    """Two cards again."""
    try:
        with runtime().database.transaction() as session:
            done = merging.get(session, space().id, merge_id, lock=True)
            merging.undo(session, space(), done, moves=MOVES.read(), by=principal(), now=utc_now())
    except REFUSALS as error:
        return _merge(merge_id, Refused.by(error))
    flash(_("Les deux fiches sont séparées de nouveau."), "success")
    return redirect(url_for("duplicates.show_merge", slug=space().slug, merge_id=merge_id))


def _survivor(pair: DuplicatePair) -> tuple[ContactId, ContactId]:
    """(who stays, the other), as ticked."""
    ticked = request.form.get("survivor", "")
    if ticked not in (str(pair.low_id), str(pair.high_id)):
        raise RuleBroken("survivor_missing", _("Dites quelle fiche reste."))
    return (pair.low_id, pair.high_id) if ticked == str(pair.low_id) else (pair.high_id, pair.low_id)


def _compare(pair_id: int, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        pair = pairs.get(session, space().id, pair_id)
        low, high = (service.get(session, space().id, one) for one in (pair.low_id, pair.high_id))
        return show(
            "contacts/duplicate.html",
            refused,
            pair=pair,
            fields=FIELDS,
            people=panels.described(session, space(), [low, high]),
            differences=[*cards.differences(low, high), *choices.differences(session, low, high)],
            sent=request.form,
        )


def _merge(merge_id: int, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        done = merging.get(session, space().id, merge_id)
        survivor, loser = _people(session, done.survivor_id, done.loser_id)
        counted = story.done(session, done)
        return show(
            "contacts/merge.html",
            refused,
            done=done,
            survivor=survivor,
            loser=loser,
            moved=story.moved_sentence(n) if (n := counted[MergeAction.MOVED]) else "",
            until=merging.undo_until(done),
            may_undo=done.undone_at is None and utc_now() < merging.undo_until(done),
            came_after=story.came_after(session, done, MOVES.read()),
        )


def _people(session: Session, *ids: ContactId) -> list[Contact]:
    return [service.get(session, space().id, one) for one in ids]
