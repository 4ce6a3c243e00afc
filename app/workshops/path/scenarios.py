"""Scenarios: the house's own, and those that trainers make of it."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.database.engine import insert_missing
from app.errors import Forbidden, NotFound, RuleBroken
from app.french.language import _
from app.workshops import kinds
from app.workshops.models import Kind, Scenario, StepTiming
from app.workshops.path.steps import Kinds, checked_steps, rows_of


def house(session: Session, kind: Kind = Kind.MASS_SMS, *, now: datetime) -> Scenario:
    """The house's path for a kind of workshop, made the first time it is asked for; two at once make one."""
    found = _find_house(session, kind)
    if found is None:
        kit = kinds.of(kind)
        row = {
            "title": kit.scenario,
            "kind": kind,
            "house_kind": kind,
            "is_shared": True,
            "steps": [{"key": key} for key in kit.steps],
            "created_at": now,
            "updated_at": now,
        }
        insert_missing(session, Scenario, [row], unique=[Scenario.house_kind], returning=Scenario.id)
        found = _find_house(session, kind)
    if found is None:
        raise LookupError(kind)
    return found


def unmade(session: Session) -> list[Kind]:
    """The kinds with a path of the house that nobody has asked for yet."""
    made = set(session.scalars(select(Scenario.house_kind)))
    return [kind for kind, kit in kinds.KITS.items() if kit.steps and kind not in made]


def of_user(session: Session, user: User) -> Sequence[Scenario]:
    """The house's, the user's own, and what others share; not the paths of kinds that have no step yet."""
    mine = or_(Scenario.owner_id.is_(None), Scenario.owner_id == user.id, Scenario.is_shared)
    found = session.scalars(select(Scenario).where(mine).order_by(Scenario.title, Scenario.id))
    return [one for one in found if rows_of(one)]


def chosen(session: Session, user: User, scenario_id: int | None, kind: Kind, *, now: datetime) -> Scenario:
    """The path to plan a workshop with: the chosen one where it is of its kind, else the house's. Raises NotFound."""
    if scenario_id:
        found = get(session, scenario_id, user)
        if found.kind is kind:
            return found
    return house(session, kind, now=now)


def _find_house(session: Session, kind: Kind) -> Scenario | None:
    return session.scalar(select(Scenario).where(Scenario.house_kind == kind))


def get(session: Session, scenario_id: int, user: User, *, lock: bool = False) -> Scenario:
    """A scenario this user may use. Raises NotFound."""
    query = select(Scenario).where(Scenario.id == scenario_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None or not (found.is_shared or found.owner_id == user.id or found.owner_id is None):
        raise NotFound("scenario_unknown", _("Ce scénario n'existe pas."))
    return found


def copy(session: Session, scenario: Scenario, user: User, *, now: datetime) -> Scenario:
    """One's own version of a scenario, free to change."""
    again = Scenario(
        title=_("%(title)s (copie)", title=scenario.title)[:120],
        kind=scenario.kind,
        owner_id=user.id,
        steps=[dict(step) for step in rows_of(scenario)],
        created_at=now,
        updated_at=now,
    )
    session.add(again)
    session.flush()
    return again


def edit(
    scenario: Scenario,
    user: User,
    *,
    title: str,
    is_shared: bool,
    steps: Sequence[dict[str, Any]],
    kinds: Kinds,
    now: datetime,
) -> None:
    """Change one's own scenario. Raises Forbidden on somebody else's, RuleBroken on steps that cannot be."""
    if scenario.owner_id != user.id:
        raise Forbidden("scenario_not_yours", _("Ce scénario n'est pas le vôtre : faites-en une copie."))
    if not title.strip():
        sentence = _("Donnez un titre au scénario.")
        raise RuleBroken("title_empty", sentence, fields={"title": sentence})
    scenario.title, scenario.is_shared, scenario.updated_at = title.strip()[:120], is_shared, now
    scenario.steps = checked_steps(steps, kinds)


def usual_minutes(session: Session) -> dict[str, int]:
    """How long each step took other rooms, in minutes, the middle one of them all, whatever their scenario."""
    taken: dict[str, list[int]] = {}
    for key, seconds in session.execute(select(StepTiming.key, StepTiming.seconds)):
        taken.setdefault(key, []).append(seconds)
    return {key: max(1, round(median(seconds) / 60)) for key, seconds in taken.items()}
