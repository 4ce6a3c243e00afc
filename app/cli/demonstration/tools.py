"""Tools recommended after the diagnostics, and how far each association came with them; what readers propose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.accounts.principal import USER, Principal
from app.cli.demonstration import cast
from app.cli.demonstration.cast import Role
from app.cli.demonstration.cohorts import APART, BEGINS
from app.cli.demonstration.story import Story
from app.database.ids import CohortId
from app.programme.diagnostic import service as diagnostics
from app.programme.diagnostic.axes import Moment
from app.programme.recommendations import moving, proposing, table
from app.programme.recommendations.models import Recommendation
from app.programme.recommendations.moving import Note, Pick
from app.programme.recommendations.proposing import Diagnosis
from app.programme.recommendations.states import State
from app.programme.tools import service as catalogue
from app.programme.tools import suggesting

TEXTING = "tambour"
ACCEPTED, STARTED, DEPLOYED, ABANDONED = State.ACCEPTED, State.STARTED, State.DEPLOYED, State.ABANDONED


@dataclass(frozen=True)
class Way:
    """What becomes of the first tool that an association gets: each state with its day, the last word, the effort."""

    steps: Sequence[tuple[State, int]]
    reason: str = ""
    noted: int | None = None
    """The day of the last news of it."""
    hours: int | None = None
    follow_up: int | None = None
    second: State | None = ACCEPTED
    """Where the second tool stands; None for an association that gets one alone."""


WAYS: Mapping[str, Way] = {
    cast.PONT: Way(((ACCEPTED, -250), (STARTED, -60)), noted=-15, hours=6, follow_up=20, second=State.PROPOSED),
    cast.QUAI: Way(((ACCEPTED, -210),), noted=-40, follow_up=-10, second=None),
    "Passerelle Doullens": Way(((ACCEPTED, -255), (STARTED, -152), (DEPLOYED, -92)), hours=18, second=STARTED),
    "La Halte de Nogent": Way(((ACCEPTED, -250), (STARTED, -124), (DEPLOYED, -70)), hours=15),
    "Les Jardins du Vimeu": Way(((ACCEPTED, -248), (STARTED, -110)), noted=-22, hours=9, follow_up=12),
    "Relais des Hortillonnages": Way(((ACCEPTED, -245), (STARTED, -95), (DEPLOYED, -41)), hours=12),
    "Toit et Parole Beauvais": Way(((ACCEPTED, -240), (STARTED, -82)), noted=-18, hours=7),
    "Le Fil de Compiègne": Way(((ACCEPTED, -238), (STARTED, -66)), noted=-30, hours=8, second=None),
    "Coup de Main Santerre": Way(((ACCEPTED, -230), (STARTED, -63)), second=None),
    "Atelier du Noyonnais": Way(
        ((ACCEPTED, -220), (STARTED, -150), (ABANDONED, -47)), second=None,
        reason="Il fallait un ordinateur que personne n'avait au local ; le conseil préfère un outil plus simple.",
    ),
}  # fmt: skip
WAYS_BEFORE: Mapping[str, Way] = {
    "Grain de Sel Péronne": Way(((ACCEPTED, -620), (STARTED, -510), (DEPLOYED, -430)), hours=14, second=None),
    "Accueil Chaulnes": Way(((ACCEPTED, -610), (STARTED, -460), (DEPLOYED, -390)), hours=20, second=None),
    "Solidarité Creil Nord": Way(((ACCEPTED, -600), (STARTED, -430)), hours=5, second=None),
    "Le Panier de Montdidier": Way(((ACCEPTED, -590),), second=None),
}


def tell(story: Story, cohort_id: CohortId) -> None:
    """Of the cohort under way: ten associations got tools, after their first diagnostic."""
    roles = {role.name: role for role in cast.COHORT}
    for place, (name, way) in enumerate(WAYS.items()):
        _recommend(story, cohort_id, roles[name], way, days=BEGINS + 24 + place)


def tell_before(story: Story, cohort_id: CohortId) -> None:
    """Of last year's."""
    for place, role in enumerate(cast.FORMER):
        _recommend(story, cohort_id, role, WAYS_BEFORE[role.name], days=BEGINS - APART + 26 + place)


def _recommend(story: Story, cohort_id: CohortId, role: Role, way: Way, *, days: int) -> None:
    picks = _picks(story, cohort_id, role, 1 if way.second is None else 2)
    if way.second is State.PROPOSED:
        made = [*_propose(story, role, picks[:1], days=days), *_propose(story, role, picks[1:], days=-6)]
    else:
        made = _propose(story, role, picks, days=days)
    them = Principal(USER, None, role.referent)
    for state, day in way.steps:
        _move(story, made[0], state, by=them, days=day, reason=way.reason if state is ABANDONED else "")
    if len(made) > 1 and way.second is not None and way.second is not State.PROPOSED:
        ladder = [ACCEPTED, STARTED]
        for state in ladder[: ladder.index(way.second) + 1]:
            _move(story, made[1], state, by=them, days=-58 if state is ACCEPTED else -38)
    if way.noted is not None or way.hours is not None:
        _note(story, made[0], way, by=them)


def _propose(story: Story, role: Role, picks: Sequence[Pick], *, days: int) -> list[Recommendation]:
    association_id = story.known[role.name].id
    return moving.recommend(
        story.session, association_id, picks, block=diagnostics.sms_block(story.session, association_id),
        space_id=story.programme.id, by=story.by, now=story.at(days, 11),
    )  # fmt: skip


def _picks(story: Story, cohort_id: CohortId, role: Role, count: int) -> list[Pick]:
    """What the rule proposes; whoever takes the texts in hand gets that tool first."""
    session, association_id = story.session, story.known[role.name].id
    scores = diagnostics.scores(session, association_id, cohort_id, Moment.T0)
    if scores is None:
        raise RuntimeError("no diagnostic to recommend from")
    block = diagnostics.sms_block(session, association_id)
    diagnosis = Diagnosis({axis.value: one.score for axis, one in scores.axes.items()}, scores.answers, block)
    entries = table.entries(session)
    found = proposing.propose(diagnosis, entries, table.shelf(session), had=(), open_count=0).chosen
    picks = [Pick(one.tool_id, one.question, one.why) for one in found]
    if role.first_sms is not None:
        texting = catalogue.find_by_slug(session, TEXTING).tool
        why = next(one.why for one in entries if one.tool_id == texting.id and one.question == "M3")
        picks = [Pick(texting.id, "M3", why), *[one for one in picks if one.tool_id != texting.id]]
    return picks[:count]


def _move(story: Story, one: Recommendation, to: State, *, by: Principal, days: int, reason: str = "") -> None:
    moving.move(
        story.session, association_id=one.association_id, recommendation_id=one.id, to=to, reason=reason,
        space_id=story.programme.id, by=by, now=story.at(days, 15),
    )  # fmt: skip


def _note(story: Story, one: Recommendation, way: Way, *, by: Principal) -> None:
    """The hours counted, and when to ask again: a day that is past was asked about already."""
    days = way.noted if way.noted is not None else way.steps[-1][1]
    on = None if way.follow_up is None else story.day(way.follow_up)
    moving.note(
        story.session, Note(effort_hours=way.hours, follow_up_on=on), association_id=one.association_id,
        recommendation_id=one.id, space_id=story.programme.id, by=by, now=story.at(days, 15, 20),
    )  # fmt: skip
    if on is not None and on < story.today:
        one.reminded_on = on


def suggest(story: Story) -> None:
    """What readers of the catalogue wrote: three to review, one refused."""
    session, at = story.session, story.at(-9, 20)
    old = suggesting.propose(session, name="Un tableau blanc", address="", text="Rien ne vaut un mur.", now=at)
    suggesting.refuse(
        session, old.id, reason="Ce n'est pas un outil numérique.", space_id=story.programme.id, by=story.by,
        now=story.at(-8, 9),
    )  # fmt: skip
    suggesting.propose(
        session, name="Agenda partagé du quartier", address="https://demonstration.example/agenda",
        text="Nous y publions nos collectes depuis un an, sans compte et sans frais.", now=at + timedelta(days=2),
    )  # fmt: skip
    suggesting.propose(
        session, name="Bourse aux heures", address="", now=at + timedelta(days=4),
        text="Pour échanger une heure de permanence contre une autre, entre associations voisines.",
    )  # fmt: skip
    suggesting.report(
        session, catalogue.find_by_slug(session, "framadate").tool.id, now=at + timedelta(days=6),
        text="La fiche dit qu'il faut un compte : nous n'en avons pas eu besoin.",
    )  # fmt: skip
