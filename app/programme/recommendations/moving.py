"""What is done to recommendations: proposed, moved from state to state, noted, each time with who and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.clock import PARIS
from app.database.engine import insert_missing
from app.database.ids import RecommendationId, SpaceId, ToolId
from app.errors import Conflict, RuleBroken
from app.french.language import _, ngettext
from app.programme.recommendations import acts, follow_ups, service, states
from app.programme.recommendations.models import Recommendation, RecommendationChange
from app.programme.recommendations.proposing import AT_ONCE
from app.programme.recommendations.states import FOLLOWED, OPEN, State
from app.programme.tools import service as tools
from app.programme.tools.models import Tool

_ACTS = {
    State.PROPOSED: acts.PROPOSED,
    State.ACCEPTED: acts.ACCEPTED,
    State.STARTED: acts.STARTED,
    State.DEPLOYED: acts.DEPLOYED,
    State.ABANDONED: acts.ABANDONED,
    State.DISMISSED: acts.DISMISSED,
}
HOURS_MAX = 2_000
COST_MAX = 1_000_000
"""In units of the currency, a year."""


@dataclass(frozen=True)
class Pick:
    """A tool to recommend; ``question`` is the key of the one that called for it, empty where somebody chose it."""

    tool_id: ToolId
    question: str = ""
    why: str = ""


@dataclass(frozen=True)
class Note:
    """What an association counted, and when to ask again."""

    effort_hours: int | None = None
    cost_micros: int | None = None
    follow_up_on: date | None = None


def recommend(
    session: Session,
    association_id: int,
    picks: Sequence[Pick],
    *,
    block: Collection[str] = (),
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> list[Recommendation]:
    """Propose these tools. ``block`` names the questions that forbid texting many people.

    Raises RuleBroken for a tool that was withdrawn, is withheld or was proposed already, or when there is no room.
    """
    service.association(session, association_id, lock=True)
    cohort_id = service.cohort_of(session, association_id, today=now.astimezone(PARIS).date())
    made = []
    for pick in picks:
        tool = tools.get(session, pick.tool_id)
        _check_tool(tool, block)
        _check_room(session, association_id)
        row = {
            "association_id": association_id, "tool_id": tool.id, "cohort_id": cohort_id, "question": pick.question,
            "why": pick.why, "state": State.PROPOSED, "state_at": now, "state_by": by.name[:80], "reason": "",
            "news_at": now, "created_at": now,
        }  # fmt: skip
        unique = [Recommendation.association_id, Recommendation.tool_id]
        inserted = insert_missing(session, Recommendation, [row], unique=unique, returning=Recommendation.id)
        if not inserted:
            sentence = _("« %(name)s » lui a déjà été recommandé : sa ligne dit où il en est.", name=tool.name)
            raise RuleBroken("recommended_twice", sentence, fields={"tool": sentence})
        one = session.get_one(Recommendation, inserted[0])
        _record(session, one, None, tool, space_id=space_id, by=by, now=now)
        made.append(one)
    return made


def move(
    session: Session,
    *,
    association_id: int,
    recommendation_id: RecommendationId,
    to: State,
    reason: str = "",
    block: Collection[str] = (),
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Recommendation:
    """Change where it stands, by the table of ``states``. Raises NotFound, Conflict or RuleBroken."""
    service.association(session, association_id, lock=True)
    one = service.get(session, association_id=association_id, recommendation_id=recommendation_id, lock=True)
    tool = tools.get(session, one.tool_id)
    before, reason = one.state, " ".join(reason.split())
    change = states.check(before, to, reason)
    if states.takes_up(before, to):
        _check_tool(tool, block, is_going_on=before is State.ACCEPTED)
    if to in OPEN and before in (State.ABANDONED, State.DISMISSED):
        _check_room(session, association_id)
    one.state, one.state_at, one.state_by = to, now, by.name[:80]
    one.reason = reason if change.needs_reason else ""
    one.news_at = now
    if to not in FOLLOWED:
        follow_ups.take_back(session, one, now=now)
        one.follow_up_on = one.reminded_on = None
    _record(session, one, before, tool, space_id=space_id, by=by, now=now)
    return one


def note(
    session: Session,
    typed: Note,
    *,
    association_id: int,
    recommendation_id: RecommendationId,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> Recommendation:
    """Write down hours, cost and the day of follow-up. Raises NotFound, RuleBroken or Conflict."""
    service.association(session, association_id, lock=True)
    one = service.get(session, association_id=association_id, recommendation_id=recommendation_id, lock=True)
    _check_note(typed, one, today=now.astimezone(PARIS).date())
    if (one.effort_hours, one.cost_micros, one.follow_up_on) == tuple(vars(typed).values()):
        return one
    one.effort_hours, one.cost_micros = typed.effort_hours, typed.cost_micros
    if typed.follow_up_on != one.follow_up_on:
        follow_ups.take_back(session, one, now=now)
    one.follow_up_on = typed.follow_up_on
    one.news_at = now
    name = tools.get(session, one.tool_id).name
    activity.record(session, space_id, acts.NOTED, by=by, now=now, subject_id=one.id, note=name)
    return one


def _check_note(typed: Note, one: Recommendation, *, today: date) -> None:
    faults = {}
    if typed.effort_hours is not None and not 0 <= typed.effort_hours <= HOURS_MAX:
        faults["effort_hours"] = _("Écrivez un nombre d'heures de 0 à %(max)s.", max=HOURS_MAX)
    if typed.cost_micros is not None and not 0 <= typed.cost_micros <= COST_MAX * 1_000_000:
        faults["cost"] = _("Écrivez un coût annuel d'un million au plus.")
    if typed.follow_up_on is not None and typed.follow_up_on != one.follow_up_on:
        if one.state not in FOLLOWED:
            faults["follow_up_on"] = _("Une date de suivi n'a de sens que pour un outil accepté ou démarré.")
        elif typed.follow_up_on < today or typed.follow_up_on.year > today.year + 5:
            faults["follow_up_on"] = _("Choisissez un jour à venir, dans les cinq ans.")
    if faults:
        raise RuleBroken("note_wrong", next(iter(faults.values())), fields=faults)


def _check_tool(tool: Tool, block: Collection[str], *, is_going_on: bool = False) -> None:
    """``is_going_on``: the association had accepted it before it was withdrawn, and may go on."""
    if tool.withdrawn_at is not None and not is_going_on:
        sentence = _("« %(name)s » n'est plus recommandé : sa fiche dit pourquoi.", name=tool.name)
        raise RuleBroken("tool_withdrawn", sentence, fields={"tool": sentence})
    if tool.sends_sms and block:
        sentence = ngettext(
            "« %(name)s » envoie des SMS en nombre : le diagnostic demande de régler un point d'abord.",
            "« %(name)s » envoie des SMS en nombre : le diagnostic demande de régler %(n)s points d'abord.",
            len(block),
            name=tool.name,
        )
        raise RuleBroken("sms_withheld", sentence, fields={"tool": sentence})


def _check_room(session: Session, association_id: int) -> None:
    if service.open_count(session, association_id) >= AT_ONCE:
        sentence = _("Trois outils à la fois : attendez qu'un soit déployé, ou écartez-en un.")
        raise Conflict("table_full", sentence, fields={"tool": sentence})


def _record(
    session: Session,
    one: Recommendation,
    before: State | None,
    tool: Tool,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    session.add(
        RecommendationChange(
            recommendation_id=one.id, before=before, after=one.state, reason=one.reason, by=by.name[:80], at=now
        )
    )
    session.flush()
    activity.record(
        session,
        space_id,
        _ACTS[one.state],
        by=by,
        now=now,
        subject_id=one.id,
        note=tool.name,
        association_id=one.association_id,
    )
