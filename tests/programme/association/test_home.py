"""The programme's next dates on the home of a référente whose association is in a cohort."""

import re
from datetime import timedelta

from app.accounts.models import Role
from app.clock import PARIS, utc_now
from app.programme.association import ahead
from app.programme.cohorts.models import Function
from app.programme.diagnostic import opening, respondents
from app.programme.diagnostic.axes import Moment
from app.programme.recommendations import moving
from app.programme.recommendations.moving import Note, Pick
from app.programme.recommendations.states import State
from app.programme.trainings import registering
from app.programme.trainings import service as trainings
from app.programme.trainings.rules import Terms
from tests.factories import SOMEBODY, make_space
from tests.programme.association.test_own_page import browser, home
from tests.programme.cohorts.test_cohorts import told
from tests.programme.tools.stage import make_tool
from tests.programme.trainings.conftest import add_people

__all__ = ["home"]
TITLE = "Prochaines dates du programme"


def block_of(page):
    found = re.search(r'aria-labelledby="programme">.*?</section>', page.text, re.DOTALL)
    return told("<main" + found[0]) if found else ""


def test_the_home_names_what_comes_next_with_its_answers(app, database, settings, home, programme):
    space, association, cohort = home
    own, reader = browser(app, database, space), browser(app, database, space, Role.LECTRICE)
    assert block_of(own.get("/e/quai/")) == "", "nothing to say, no block"
    now = utc_now()
    act = {"by": SOMEBODY, "now": now}
    with database.transaction() as session:
        who = add_people(session, settings, programme, association.id, "Amina", "Bruno")
        for days, title, names in ((9, "Les enjeux", ("Amina", "Bruno")), (4, "Les outils", ())):
            starts_at = now + timedelta(days=days)
            when = {"title": title, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
            one, _why = trainings.make(session, programme, cohort.id, Terms(seats=1), when=when, reminds=False, **act)
            training, event = trainings.get(session, one.id, lock=True)
            for name in names:
                registering.register(session, programme, training, event, who[name], settings=settings, **act)
        one = opening.open_one(session, association.id, cohort.id, Moment.T0, space_id=None, **act)
        for name in ("Karim", "Odile"):
            person = respondents.add(
                session, one, name=name, function=Function.BOARD, phone="", foreign_countries="", space_id=None, **act
            )
            person.finished_at = now if name == "Odile" else None
        for name, days in (("Galette", 3), ("Paheko", 60)):
            tool = make_tool(session, name=name)
            [row] = moving.recommend(session, association.id, [Pick(tool.id)], space_id=None, **act)
            ids = {"association_id": association.id, "recommendation_id": row.id}
            moving.move(session, **ids, to=State.ACCEPTED, space_id=None, **act)
            on = (now + timedelta(days=days)).astimezone(PARIS).date()
            moving.note(session, Note(follow_up_on=on), **ids, space_id=None, **act)
    words = block_of(own.get("/e/quai/"))
    order = [
        "Diagnostic de début 1 personne sur 2 a répondu", "Galette Où en êtes-vous ?",
        "Les enjeux 1 personne de chez vous, 1 en liste d’attente",
    ]  # fmt: skip
    assert [words.find(one) for one in order] == sorted(words.index(one) for one in order)
    assert "Les outils" not in words, "nobody of the association goes there"
    assert "Paheko" not in words, "its follow-up is far away"
    assert block_of(reader.get("/e/quai/")) == "", "the référente's alone"


def test_what_was_said_of_a_workshop_reads_like_that_of_a_mission():
    said = {"coming": 4, "not_coming": 1, "invited": 2}
    assert ahead.answers({}) == "Personne n'est encore invité"
    assert ahead.answers(said) == "4 viennent, 1 ne peut pas, 2 n'ont pas répondu"


def test_a_space_of_no_cohort_reads_nothing_of_the_programme(app, database, programme):
    with database.transaction() as session:
        space = make_space(session, slug="ailleurs")
    assert TITLE not in browser(app, database, space).get("/e/ailleurs/").text
