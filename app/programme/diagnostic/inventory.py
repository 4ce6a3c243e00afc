"""The tools that an association uses: what each costs, how it is liked, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.french.typography import EURO, show_money, show_number
from app.programme.diagnostic import acts
from app.programme.diagnostic.models import CodeLicence, InventoryTool, KeptAt, Verdict

LICENCES: Mapping[CodeLicence, str] = {
    CodeLicence.FREE: _("Libre"),
    CodeLicence.PROPRIETARY: _("Propriétaire"),
    CodeLicence.NONE: _("Ce n'est pas un logiciel"),
}
HOSTINGS: Mapping[KeptAt, str] = {
    KeptAt.FRANCE: _("hébergé en France"),
    KeptAt.EUROPE: _("hébergé en Europe"),
    KeptAt.OUTSIDE: _("hors d'Europe"),
    KeptAt.OWN: _("chez nous, sur un poste"),
    KeptAt.NONE: _("nulle part, ou on ne sait pas"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.KEEP: _("Garder"),
    Verdict.STUDY: _("Étudier"),
    Verdict.DROP: _("Abandonner"),
}


@dataclass(frozen=True)
class Terms:
    """What is typed of a tool."""

    name: str
    purpose: str
    users: int
    yearly_micros: int | None
    licence: CodeLicence
    hosting: KeptAt
    satisfaction: int
    verdict: Verdict
    reason: str


def of(session: Session, association_id: int) -> Sequence[InventoryTool]:
    """The tools of an association: those to keep, to study, to drop, each by name."""
    order = list(Verdict)
    rows = session.scalars(select(InventoryTool).where(InventoryTool.association_id == association_id))
    return sorted(rows, key=lambda one: (order.index(one.verdict), one.folded))


def saved_micros(tools: Sequence[InventoryTool]) -> int:
    """What a year costs less without those to be dropped, as far as their cost is known."""
    return sum(one.yearly_micros or 0 for one in tools if one.verdict is Verdict.DROP)


def euros(micros: int) -> str:
    """« 312 € », « 59,90 € »: cents are said where there are some."""
    return f"{show_number(micros // EURO)}\u00a0€" if micros % EURO == 0 else show_money(micros, "EUR")


def get(session: Session, association_id: int, *, item_id: int, lock: bool = False) -> InventoryTool:
    """One tool of this association. Raises NotFound."""
    query = select(InventoryTool).where(InventoryTool.association_id == association_id, InventoryTool.id == item_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("tool_unknown", _("Cet outil n'est pas dans l'inventaire."))
    return found


def add(
    session: Session, association_id: int, terms: Terms, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> InventoryTool:
    """One more tool; pressed twice, it is there once. Raises RuleBroken."""
    row = {
        **vars(terms), "association_id": association_id, "folded": associations.fold(terms.name),
        "changed_by": by.name[:80], "created_at": now, "updated_at": now,
    }  # fmt: skip
    unique = [InventoryTool.association_id, InventoryTool.folded]
    made = insert_missing(session, InventoryTool, [row], unique=unique, returning=InventoryTool.id)
    if not made:
        raise _twice(terms.name)
    one = session.get_one(InventoryTool, made[0])
    _record(session, one, acts.TOOL_ADDED, space_id=space_id, by=by, now=now)
    return one


def change(
    session: Session,
    association_id: int,
    terms: Terms,
    *,
    item_id: int,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Other words about a tool, another verdict. Raises NotFound or RuleBroken."""
    all_of_them = select(InventoryTool).where(InventoryTool.association_id == association_id)
    held = session.scalars(all_of_them.with_for_update()).all()
    one = get(session, association_id, item_id=item_id)
    folded = associations.fold(terms.name)
    if any(each.folded == folded and each.id != one.id for each in held):
        raise _twice(terms.name)
    for name, value in vars(terms).items():
        setattr(one, name, value)
    one.folded, one.changed_by, one.updated_at = folded, by.name[:80], now
    _record(session, one, acts.TOOL_CHANGED, space_id=space_id, by=by, now=now)


def remove(
    session: Session,
    association_id: int,
    *,
    item_id: int,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Take it off: it was written by mistake. One that is given up stays, with its verdict. Raises NotFound."""
    one = get(session, association_id, item_id=item_id, lock=True)
    _record(session, one, acts.TOOL_REMOVED, space_id=space_id, by=by, now=now)
    session.execute(delete(InventoryTool).where(InventoryTool.id == one.id))


def _record(
    session: Session, one: InventoryTool, act: Act, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    activity.record(
        session, space_id, act, by=by, now=now, subject_id=one.id, note=one.name, association_id=one.association_id
    )


def _twice(name: str) -> RuleBroken:
    sentence = _("« %(name)s » est déjà dans l'inventaire : changez sa ligne.", name=name)
    return RuleBroken("tool_twice", sentence, fields={"name": sentence})
