"""Diagnostics: everybody answers alone, the association settles; and what tools each uses."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert

from app.cli.demonstration import cast
from app.cli.demonstration.cast import Role
from app.cli.demonstration.cohorts import APART, BEGINS, LASTS
from app.cli.demonstration.story import Story
from app.database.ids import CohortId
from app.programme.cohorts.models import Function
from app.programme.diagnostic import inventory, opening, respondents
from app.programme.diagnostic.axes import Axis, Moment
from app.programme.diagnostic.inventory import Terms
from app.programme.diagnostic.models import (
    AgreedAnswer,
    CodeLicence,
    Diagnostic,
    KeptAt,
    OwnAnswer,
    Respondent,
    Verdict,
)

EURO = 1_000_000
ALL = (Function.REFERENT, Function.DIRECTOR, Function.BOARD)
AT_THE_END: Mapping[str, tuple[Function, ...]] = {
    "La Halte de Nogent": (Function.REFERENT, Function.DIRECTOR),
    "Relais des Hortillonnages": (Function.REFERENT, Function.BOARD),
}
"""Where not all three took part in the last one."""
_FREE, _OWNED, _NONE = CodeLicence.FREE, CodeLicence.PROPRIETARY, CodeLicence.NONE
TOOLS = (
    Terms("Microsoft 365", "Le planning des bénévoles, dans un tableur", 4, 312 * EURO, _OWNED, KeptAt.EUROPE, 3,
          Verdict.STUDY, "Deux versions du planning circulent : le partager, ou changer."),
    Terms("WhatsApp", "Prévenir l'équipe du samedi", 18, 0, _OWNED, KeptAt.OUTSIDE, 2,
          Verdict.DROP, "Chacun voit le numéro des autres, et la moitié des bénévoles n'y est pas."),
    Terms("Le cahier de l'accueil", "Noter qui est venu, et ce qui manque", 9, 0, _NONE, KeptAt.NONE, 4,
          Verdict.KEEP, "Tout le monde s'en sert, il suffit de le recopier le vendredi."),
    Terms("HelloAsso", "Les adhésions et les dons", 2, 0, _OWNED, KeptAt.FRANCE, 4,
          Verdict.KEEP, "La trésorière y retrouve tout."),
    Terms("Dropbox", "Les comptes rendus et les plannings", 5, 144 * EURO, _OWNED, KeptAt.OUTSIDE, 2,
          Verdict.DROP, "Personne ne sait qui y a accès depuis le départ de l'ancien trésorier."),
    Terms("Framadate", "Choisir la date des réunions", 12, 0, _FREE, KeptAt.FRANCE, 4,
          Verdict.KEEP, "Sans compte, et tout le monde comprend."),
    Terms("Google Forms", "Les inscriptions aux collectes", 3, 0, _OWNED, KeptAt.OUTSIDE, 3,
          Verdict.STUDY, "Les réponses arrivent dans un compte personnel : à remplacer ?"),
)  # fmt: skip


def tell(story: Story, cohort_id: CohortId) -> None:
    """Of the cohort under way: the start of all, the end of some, one that is being taken again."""
    for place, role in enumerate((*cast.COHORT, cast.GONE)):
        _settled(story, cohort_id, role, Moment.T0, role.start, BEGINS + 6 + place, ALL)
        _inventory(story, role, place)
    late = -17
    for role in cast.COHORT:
        if role.end:
            _settled(story, cohort_id, role, Moment.T1, role.end, late, AT_THE_END.get(role.name, ALL))
            late += 3
    _under_way(story, cohort_id, cast.COHORT[0])


def tell_before(story: Story, cohort_id: CohortId) -> None:
    """Of last year's cohort: both, of everybody."""
    for place, role in enumerate(cast.FORMER):
        begun = BEGINS - APART
        _settled(story, cohort_id, role, Moment.T0, role.start, begun + 8 + place, ALL)
        _settled(story, cohort_id, role, Moment.T1, role.end, begun + LASTS - 20 + place, ALL[: 3 - place % 2])


def answers_of(text: str) -> dict[str, int | None]:
    """{question: answer} of what the cast says."""
    given = zip(Axis, text.split(), strict=True)
    return {
        f"{axis.value}{number}": None if sign == "?" else int(sign)
        for axis, signs in given
        for number, sign in enumerate(signs, 1)
    }


def _settled(
    story: Story, cohort_id: CohortId, role: Role, moment: Moment, text: str, days: int, who: tuple[Function, ...]
) -> None:
    """Opened, answered by each within the week, and settled on the tenth day at most."""
    one = _opened(story, cohort_id, role, moment, days)
    agreed = answers_of(text)
    answered = story.at(days + 2, 18)
    for place, function in enumerate(who):
        person = _ask(story, one, role, function, now=story.at(days, 11))
        own = {key: _own(value, number + 5 * place) for number, (key, value) in enumerate(agreed.items())}
        _answer(story, person, own, at=answered)
        person.finished_at = answered
    settled = story.at(days + 4, 16, 30)
    rows = [
        {"diagnostic_id": one.id, "key": key, "value": value, "written_at": settled, "written_by": role.referent}
        for key, value in agreed.items()
    ]
    story.session.execute(insert(AgreedAnswer), rows)
    opening.settle(story.session, one, space_id=story.programme.id, by=story.by, now=settled)


def _own(value: int | None, number: int) -> int | None:
    """What one of them thinks alone: every seventh time, a step beside what all agree on."""
    if number % 7 or value is None:
        return value
    return value - 1 if value > 1 else value + 1


def _under_way(story: Story, cohort_id: CohortId, role: Role) -> None:
    """The last one of the association whose space is open: one has finished, one is half way, one has not begun."""
    one = _opened(story, cohort_id, role, Moment.T1, -5)
    said = answers_of("21121 22111 22112 20121 12121 11111")
    people = [_ask(story, one, role, function, now=story.at(-5, 12)) for function in ALL]
    _answer(story, people[0], said, at=story.at(-4, 17))
    people[0].finished_at = story.at(-4, 17, 20)
    _answer(story, people[1], dict(list(said.items())[:13]), at=story.at(-2, 19))


def _opened(story: Story, cohort_id: CohortId, role: Role, moment: Moment, days: int) -> Diagnostic:
    return opening.open_one(
        story.session, story.known[role.name].id, cohort_id, moment, space_id=story.programme.id, by=story.by,
        now=story.at(days, 10),
    )  # fmt: skip


def _ask(story: Story, one: Diagnostic, role: Role, function: Function, *, now: datetime) -> Respondent:
    person, _contact = story.people[role.name][function]
    return respondents.add_known(
        story.session, one, person.id, foreign_countries=story.settings.foreign_countries,
        space_id=story.programme.id, by=story.by, now=now,
    )  # fmt: skip


def _answer(story: Story, person: Respondent, said: Mapping[str, int | None], *, at: datetime) -> None:
    rows = [{"respondent_id": person.id, "key": key, "value": value, "written_at": at} for key, value in said.items()]
    story.session.execute(insert(OwnAnswer), rows)


def _inventory(story: Story, role: Role, place: int) -> None:
    """Three or four tools, one after the other in the list."""
    for number in range(3 + place % 2):
        terms = TOOLS[(place + 2 * number) % len(TOOLS)]
        inventory.add(
            story.session, story.known[role.name].id, terms, space_id=story.programme.id, by=story.by,
            now=story.at(BEGINS + 12 + place, 15),
        )  # fmt: skip
