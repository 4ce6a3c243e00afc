"""Likely duplicates and merges, for programs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import panels, service
from app.contacts.fields import BY_NAME, FIELDS
from app.contacts.merging import cards, choices
from app.contacts.merging import service as merging
from app.contacts.merging.api_schemas import DuplicateIn, DuplicateOut, MergeIn, MergeOut
from app.contacts.merging.models import Merge
from app.contacts.merging.pages import MOVES
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import DuplicatePair, PairState
from app.contacts.pairs.proposing import Pair
from app.french.language import _
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import PageIn, page_of, paged

PAIR = "/duplicates/<row:pair_id>"
MERGE = "/merges/<row:merge_id>"
_OF_API = {field.api: field.name for field in FIELDS}

blueprint = Blueprint("api_duplicates", __name__, url_prefix=PREFIX, description=_("Les doublons"))


@blueprint.get("/duplicates", _("Les doublons à regarder, du plus ancien au plus récent"))
@needs(Role.LECTRICE)
@blueprint.takes(PageIn, "query")
@blueprint.answers(200, page_of(DuplicateOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        found = pairs.page(session, space().id, after=asked["after"], limit=asked["limit"] + 1)
        items, following = paged(found, asked["limit"], lambda one: one.pair.id)
        return {"items": _told(session, items), "next": following}


@blueprint.post("/duplicates", _("Dire que deux fiches sont peut-être une personne"), also=(404,))
@needs(Role.EQUIPIERE)
@blueprint.takes(DuplicateIn)
@once
@blueprint.answers(201, DuplicateOut)
def propose(words: dict[str, Any], *, session: Session) -> dict[str, Any]:
    one, other = (service.get(session, space().id, each) for each in words["contacts"])
    pair = pairs.propose_two(session, space().id, one, other, by=principal(), now=utc_now())
    return _pair(session, pair)


@blueprint.get(PAIR, _("Un doublon possible"))
@needs(Role.LECTRICE)
@blueprint.answers(200, DuplicateOut)
def show(pair_id: int) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        return _pair(session, pairs.get(session, space().id, pair_id))


@blueprint.post(f"{PAIR}/dismiss", _("Ce sont deux personnes : la question n'est plus posée"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers(200, DuplicateOut)
def dismiss(pair_id: int) -> dict[str, Any]:
    """The same again changes nothing."""
    with runtime().database.transaction() as session:
        pair = pairs.get(session, space().id, pair_id, lock=True)
        if pair.state is PairState.TO_SEE:
            pairs.settle(session, pair, PairState.NOT_DUPLICATE, by=principal(), now=utc_now())
        return _pair(session, pair)


@blueprint.post("/merges", _("Réunir deux fiches d'une personne"), also=(404,))
@needs(Role.EQUIPIERE)
@blueprint.takes(MergeIn)
@once
@blueprint.answers(201, MergeOut)
def merge(words: dict[str, Any], *, session: Session) -> dict[str, Any]:
    chosen = _chosen(session, words["from_other"])
    done = merging.merge(
        session,
        space(),
        survivor_id=words["survivor"],
        loser_id=words["other"],
        chosen=chosen,
        moves=MOVES.read(),
        by=principal(),
        now=utc_now(),
    )
    return _merge(session, done)


@blueprint.get(MERGE, _("Une réunion de fiches"))
@needs(Role.LECTRICE)
@blueprint.answers(200, MergeOut)
def show_merge(merge_id: int) -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        return _merge(session, merging.get(session, space().id, merge_id))


@blueprint.post(f"{MERGE}/undo", _("Séparer de nouveau deux fiches réunies"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers(200, MergeOut)
def undo(merge_id: int) -> dict[str, Any]:
    with runtime().database.transaction() as session:
        done = merging.get(session, space().id, merge_id, lock=True)
        merging.undo(session, space(), done, moves=MOVES.read(), by=principal(), now=utc_now())
        return _merge(session, done)


def _pair(session: Session, pair: DuplicatePair) -> dict[str, Any]:
    low, high = (service.get(session, space().id, one) for one in (pair.low_id, pair.high_id))
    return _told(session, [Pair(pair, low, high)])[0]


def _told(session: Session, found: Sequence[Pair]) -> list[dict[str, Any]]:
    people = panels.described(session, space(), [one for each in found for one in (each.low, each.high)])
    known = {one.contact.id: one for one in people}
    names = choices.names(session, space().id)
    return [
        {
            "id": each.pair.id,
            "reason": each.pair.reason.value,
            "state": each.pair.state.value,
            "contacts": [known[each.low.id], known[each.high.id]],
            "differences": [
                {"name": _outside(one.name, names), "label": one.label, "values": [one.first, one.second]}
                for one in [*cards.differences(each.low, each.high), *choices.differences(session, each.low, each.high)]
            ],
        }
        for each in found
    ]


def _merge(session: Session, done: Merge) -> dict[str, Any]:
    names = choices.names(session, space().id)
    columns = ("id", "survivor_id", "loser_id", "at", "undone_at")
    return {
        **{name: getattr(done, name) for name in columns},
        "from_other": [_outside(one, names) for one in done.chosen],
        "undo_until": merging.undo_until(done),
    }


def _chosen(session: Session, asked: Collection[str]) -> list[str]:
    """The fields as a merge knows them, by what programs call them."""
    names = {name: one for one, name in choices.names(session, space().id).items()}
    return [names.get(one) or _OF_API.get(one, one) for one in asked]


def _outside(name: str, names: dict[str, str]) -> str:
    return names.get(name) or (BY_NAME[name].api if name in BY_NAME else name)
