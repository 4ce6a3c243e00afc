"""Trainings with experts, held and to come, and the workshops of each association: who came, and what they said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.cli.demonstration import cast, rooms
from app.cli.demonstration.cast import Role
from app.cli.demonstration.cohorts import APART, BEGINS, contacts_of
from app.cli.demonstration.story import Story
from app.contacts.models import Contact
from app.database.ids import CohortId
from app.events import attendance
from app.events import service as events
from app.events.models import Answer, Event, EventState, Presence
from app.programme.cohorts.models import Function
from app.programme.partners import service as partners
from app.programme.partners.models import Partner, Subject
from app.programme.trainings import leading, opinions
from app.programme.trainings import service as trainings
from app.programme.trainings.models import Training
from app.programme.trainings.rules import Prepares, Terms
from app.workshops.models import Workshop
from app.workshops.path import scenarios
from app.workshops.planning import service as planning

HOUSE = "Maison des associations, 12 rue Frédéric-Petit, Amiens"
LASTS = timedelta(hours=3)
WORKSHOP_LASTS = timedelta(minutes=90)
"""As the page that plans one proposes."""
ROLES = cast.COHORT


@dataclass(frozen=True)
class Plan:
    """A training: its day, who gives it, and who is on its list, the first served."""

    days: int
    title: str
    partner: str
    terms: Terms
    people: Mapping[Function, Sequence[Role]]
    away: Sequence[str] = ()
    """First names of those who said that they could not come after all."""
    missing: Sequence[str] = ()
    said: Sequence[tuple[str, int, int, str, bool]] = ()
    """(first name, gained, ready, words, whether they may be quoted) of those who answered."""


PAST = (
    Plan(-240, "Les enjeux du bénévolat aujourd'hui", "Recherches & Solidarités",
         Terms(expert="Clarisse Fontenelle, Recherches & Solidarités", seats=20, min_seats=8,
               aim="Comprendre qui s'engage, combien de temps et pourquoi, pour parler à ceux qui ne viennent pas.",
               materials="Le diaporama : https://demonstration.example/enjeux-du-benevolat"),
         {Function.REFERENT: ROLES, Function.DIRECTOR: ROLES[:5]}, away=("Lucie",), missing=("Théo",),
         said=(("Odile", 4, 3, "On a compris pourquoi les jeunes ne restent pas : nos permanences durent 4 heures.",
                False),
               ("Samira", 4, 4, "Depuis, nos missions durent deux heures, et douze personnes de moins de 35 ans sont "
                "venues.", True),
               ("Fanny", 3, 3, "", False), ("Bruno", 3, 2, "Beaucoup de chiffres, peu d'exemples d'ici.", False),
               ("Marc", 4, 4, "", False), ("Rachid", 3, 4, "", False))),
    Plan(-170, "Nommer ses besoins, écrire une offre de mission", "Pro Bono Lab",
         Terms(expert="Adrien Vauclerc, Pro Bono Lab", seats=12, min_seats=6,
               aim="Repartir avec trois offres de mission écrites, que l'on peut publier le lendemain.",
               materials="Le modèle d'offre : https://demonstration.example/offre-de-mission"),
         {Function.REFERENT: ROLES, Function.DIRECTOR: ROLES[2:4]}, missing=("Théo", "Karima"),
         said=(("Nadège", 4, 4, "Nous sommes reparties avec nos trois annonces. Quatre bénévoles sont venus par la "
                "première.", True),
               ("Jeanne", 4, 3, "", False), ("Inaya", 3, 3, "", False), ("Sylvain", 2, 2, "Trop court.", False))),
    Plan(-100, "Salariés, bénévoles, conseil : qui décide de quoi ?", "Benevolt",
         Terms(expert="Maëlle Kerbiriou, Benevolt", seats=20, min_seats=8,
               aim="Écrire une page qui dit qui fait quoi, et la faire voter par le conseil."),
         {Function.BOARD: ROLES[:8], Function.REFERENT: ROLES[:11]}, away=("Michel",),
         said=(("Solange", 4, 3, "Le conseil a enfin une page à voter.", False), ("Denise", 4, 4, "", False),
               ("Colette", 3, 3, "", False), ("Odile", 3, 3, "", False), ("Élodie", 4, 3, "", False))),
)  # fmt: skip
TO_COME = (
    Plan(7, "Animer une réunion en ligne où chacun parle", "Benenova",
         Terms(Prepares.WEBINAR, expert="Tristan Olivéro, animateur", seats=15, min_seats=8,
               aim="Préparer, tenir et finir une réunion à distance, avec des personnes qui n'aiment pas l'écran."),
         {Function.REFERENT: ROLES[:5]}),
    Plan(25, "Préparer son assemblée générale à distance", "Maison des Associations d’Amiens Métropole",
         Terms(Prepares.ASSEMBLY, expert="Hortense Malaquis, juriste", seats=12, min_seats=6,
               aim="Ce que disent les statuts, la convocation, les pouvoirs et le vote."),
         {Function.REFERENT: ROLES[2:9], Function.BOARD: ROLES[:2]}),
)  # fmt: skip
BEFORE = Plan(
    BEGINS - APART + 60, "Trouver des bénévoles près de chez soi", "Benevolt",
    Terms(expert="Maëlle Kerbiriou, Benevolt", seats=16), {Function.REFERENT: cast.FORMER},
    said=(("Viviane", 4, 4, "", False), ("Damien", 3, 3, "", False)),
)  # fmt: skip
UNNOTED = cast.QUAI
"""Whose workshop of yesterday still waits for its list."""


def tell(story: Story, cohort_id: CohortId) -> None:
    """Of the cohort under way."""
    for plan in (*PAST, *TO_COME):
        _training(story, cohort_id, plan)
    for role in ROLES:
        if role.workshop is not None:
            _workshop(story, role, role.workshop)


def tell_before(story: Story, cohort_id: CohortId) -> None:
    """Of last year's."""
    _training(story, cohort_id, BEFORE)
    for role in cast.FORMER:
        if role.workshop is not None:
            _workshop(story, role, role.workshop)


def _training(story: Story, cohort_id: CohortId, plan: Plan) -> None:
    session, by = story.session, story.by
    begins = story.at(plan.days, 9, 30)
    made = story.at(min(plan.days - 40, -30), 11)
    when = {"title": plan.title, "starts_at": begins, "ends_at": begins + LASTS, "place": HOUSE, "link": ""}
    training, _why_not = trainings.make(
        session, story.programme, cohort_id, plan.terms, when=when, reminds=False, by=by, now=made
    )
    known = session.scalars(select(Partner.id).where(Partner.name == plan.partner)).all()
    partners.set_of(session, Subject.TRAINING, training.id, known, space_id=story.programme.id, by=by, now=made)
    if begins > story.now:
        leading.choose(session, training.id, story.trainer.id, space_id=story.programme.id, by=by, now=made)
    _total, event = trainings.get(session, training.id)
    everyone = [one for function, roles in plan.people.items() for one in contacts_of(story, roles, function)]
    _come(story, event, everyone, days=min(plan.days - 20, -6))
    if begins < story.now:
        away: dict[int, Presence] = {one.id: Presence.EXCUSED for one in everyone if one.first_name in plan.away}
        missing: dict[int, Presence] = {one.id: Presence.ABSENT for one in everyone if one.first_name in plan.missing}
        _note(story, event, {**away, **missing})
        _say(story, training, event, plan, everyone)


def _come(story: Story, event: Event, people: Sequence[Contact], *, days: int) -> None:
    """They say that they come, one after the other: whoever finds no seat waits for one."""
    at = story.at(days, 9)
    events.invite(story.session, event, people, by=story.by, now=at)
    for number, one in enumerate(people):
        events.answer(
            story.session, event.id, one.id, Answer.COMING, by=story.by, now=at + timedelta(minutes=7 * number)
        )


def _note(story: Story, event: Event, but: Mapping[int, Presence]) -> None:
    """The evening of the day: all who had a seat came, ``but`` these."""
    evening = event.ends_at + timedelta(hours=5)
    attendance.note(story.session, event, but, all_coming=True, by=story.by, now=evening)


def _say(story: Story, training: Training, event: Event, plan: Plan, people: Sequence[Contact]) -> None:
    by_name = {one.first_name: one for one in people}
    for number, (name, gained, ready, words, quoted) in enumerate(plan.said):
        opinions.keep(
            story.session, training, event, by_name[name].id, gained=gained, ready=ready, comment=words,
            may_quote=quoted, by=story.by, now=event.ends_at + timedelta(hours=20 + number),
        )  # fmt: skip


def _workshop(story: Story, role: Role, days: int) -> None:
    """An afternoon for one association; those of the past took place."""
    session, by = story.session, story.by
    begins = story.at(days, 14)
    made = story.at(min(days - 25, -9), 10)
    association = story.known[role.name]
    workshop = planning.plan(
        session, story.programme, kind=role.kind, association=role.name, trainers=[story.trainer],
        scenario=scenarios.house(session, role.kind, now=made), association_space_id=association.space_id, by=by,
        now=made, starts_at=begins, ends_at=begins + WORKSHOP_LASTS, link="",
        place=f"Dans les locaux de l'association, {role.town}",
    )  # fmt: skip
    event = session.get_one(Event, workshop.event_id)
    people = [contact for _person, contact in story.people[role.name].values()]
    _come(story, event, people, days=min(days - 6, -2))
    if begins < story.now:
        _held(story, workshop, event, people)
        if role.name != UNNOTED:
            _note(story, event, {})


def _held(story: Story, workshop: Workshop, event: Event, people: Sequence[Contact]) -> None:
    """As it is left when the trainer has closed the room."""
    rooms.tell(story, workshop, event, people)
    events.set_state(story.session, event, EventState.HELD, by=story.by, now=event.ends_at)
