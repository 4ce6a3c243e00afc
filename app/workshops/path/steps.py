"""The path of a workshop: its steps in order, ticked by what really happened in each copy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Activity
from app.accounts.principal import Principal
from app.accounts.steps import StepKind
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import RuleBroken
from app.french.language import _
from app.workshops import acts
from app.workshops.kinds import KITS
from app.workshops.kits.kit import Notes
from app.workshops.models import Scenario, StepTick, Workshop

BY_TRAINER, SKIPPED, BY_EVENT = "trainer", "skipped", "event"
Kinds = Mapping[str, StepKind]


@dataclass(frozen=True)
class Step:
    """A step as a room sees it: the kind's words, or the trainer's own."""

    kind: StepKind
    title: str
    text: str
    hint: str
    minutes: int
    notes: Notes | None = None
    """For the trainer alone: what to say, show and ask, and what to do when the room is stuck."""

    @property
    def key(self) -> str:
        return self.kind.key


@dataclass(frozen=True)
class Done:
    """When and how a step was done in a copy."""

    at: datetime
    how: str


def by_key(kinds: Iterable[StepKind]) -> Kinds:
    """The table of all step kinds. A key declared twice is a mistake of the house."""
    table: dict[str, StepKind] = {}
    for kind in kinds:
        if kind.key in table:
            raise ValueError(f"two step kinds are called {kind.key}")
        table[kind.key] = kind
    return table


def rows_of(scenario: Scenario) -> list[dict[str, Any]]:
    """What a scenario's steps are: the house's are those of its kit, whatever was in it when its row was made."""
    if scenario.house_kind is not None:
        return [{"key": key} for key in KITS[scenario.house_kind].steps]
    return scenario.steps


def steps_of(scenario: Scenario, kinds: Kinds) -> list[Step]:
    """The scenario's steps whose kinds are known here, in their order."""
    notes = KITS[scenario.kind].notes
    return [
        Step(
            kind=kind,
            title=row.get("title") or kind.title,
            text=row.get("text") or kind.text,
            hint=row.get("hint") or kind.hint,
            minutes=int(row.get("minutes") or kind.minutes),
            notes=notes.get(kind.key),
        )
        for row in rows_of(scenario)
        if (kind := kinds.get(row.get("key", "")))
    ]


def done_in(session: Session, space_ids: Sequence[SpaceId], steps: Sequence[Step]) -> dict[SpaceId, dict[str, Done]]:
    """What is done in each copy: {space: {step: when}}, read from the trail and from the trainer's own ticks."""
    trail = read_trail(session, space_ids, steps)
    return {space_id: trail.done(space_id, steps) for space_id in space_ids}


@dataclass(frozen=True)
class Trail:
    """What was done in several copies, by copy: the acts that tick steps, and the trainers' own ticks."""

    acts: dict[SpaceId, list[tuple[str, dict[str, Any], datetime]]]
    ticks: dict[SpaceId, list[StepTick]]

    def done(self, space_id: SpaceId, steps: Sequence[Step]) -> dict[str, Done]:
        """When each of ``steps`` that is done in a copy was."""
        done: dict[str, Done] = {}
        for verb, detail, at in self.acts.get(space_id, []):
            for step in steps:
                if _ticks(verb, detail, step.kind, done):
                    done.setdefault(step.key, Done(at, BY_EVENT))
        for tick in self.ticks.get(space_id, []):
            done.setdefault(tick.key, Done(tick.at, tick.how))
        return done


def read_trail(session: Session, space_ids: Sequence[SpaceId], steps: Iterable[Step]) -> Trail:
    """The trail of these copies, in two queries however many they are."""
    trail = Trail({}, {})
    verbs = {verb for step in steps for verb in step.kind.ticking}
    acts = session.execute(
        select(Activity.space_id, Activity.verb, Activity.detail, Activity.at)
        .where(Activity.space_id.in_(space_ids), Activity.verb.in_(verbs))
        .order_by(Activity.id)
    )
    for space_id, verb, detail, at in acts:
        if space_id is not None:
            trail.acts.setdefault(space_id, []).append((verb, detail or {}, at))
    for tick in session.scalars(select(StepTick).where(StepTick.space_id.in_(space_ids)).order_by(StepTick.id)):
        trail.ticks.setdefault(tick.space_id, []).append(tick)
    return trail


def _ticks(verb: str, detail: dict[str, Any], kind: StepKind, done: Mapping[str, Done]) -> bool:
    holds = kind.ticking.get(verb)
    return holds is not None and (not kind.after or kind.after in done) and holds(detail)


def current(steps: Sequence[Step], done: Mapping[str, Done]) -> Step | None:
    """The first step not done yet; None at the end of the path."""
    return next((step for step in steps if step.key not in done), None)


def tick_for_room(
    session: Session,
    workshop: Workshop,
    space_ids: Sequence[SpaceId],
    step: Step,
    *,
    skipped: bool,
    by: Principal,
    now: datetime,
) -> None:
    """The trainer says a step is done, or passed over, for everybody."""
    how = SKIPPED if skipped else BY_TRAINER
    rows = [
        {"workshop_id": workshop.id, "space_id": space_id, "key": step.key, "how": how, "at": now}
        for space_id in space_ids
    ]
    insert_missing(
        session,
        StepTick,
        rows,
        unique=[StepTick.workshop_id, StepTick.space_id, StepTick.key],
        returning=StepTick.id,
    )
    activity.record(session, workshop.space_id, acts.STEP_TICKED, by=by, now=now, subject_id=workshop.id, step=step.key)


def untick(session: Session, workshop: Workshop, step: Step) -> None:
    """Take the trainer's own tick back; what really happened stays."""
    session.execute(delete(StepTick).where(StepTick.workshop_id == workshop.id, StepTick.key == step.key))


def checked_steps(asked: Sequence[Mapping[str, object]], kinds: Kinds) -> list[dict[str, object]]:
    """A scenario's steps as a trainer wrote them. Raises RuleBroken on an unknown or repeated one."""
    keys = [str(step.get("key", "")) for step in asked]
    unknown = [key for key in keys if key not in kinds]
    if unknown or not keys:
        raise RuleBroken("step_unknown", _("Un scénario a au moins une étape, prise dans la liste."))
    if len(set(keys)) < len(keys):
        raise RuleBroken("step_twice", _("La même étape est deux fois dans le scénario."))
    return [
        {name: step[name] for name in ("key", "title", "text", "hint", "minutes") if step.get(name)} for step in asked
    ]
