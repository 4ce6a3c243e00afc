"""Somebody of the programme's contacts is erased: nothing of theirs stays in its rooms, and no figure falls."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import utc_now
from app.contacts.models import Contact
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.cohorts import people
from app.programme.cohorts.models import AssociationPerson, Cohort, Function
from app.programme.diagnostic import opening, respondents, seed, texting
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import OwnAnswer, Respondent
from app.programme.impact import reading
from app.programme.trainings import opinions, service
from app.workshops.results.told import WORKSHOPS
from tests.factories import NOON, SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import browser_of, over, plan

ACT = {"space_id": None, "by": SOMEBODY, "now": utc_now()}
QUAI = "Les Amis du Quai"


def attended(desk, database, year, *names):
    """Two trainings that these people came to."""
    ids = [plan(desk, year.cohort, title=title) for title in ("Les enjeux", "Les missions")]
    for one in ids:
        for name in names:
            desk.post(f"/programme/formations/{one}/inscriptions", data={"contact_id": year.who[name]})
        over(database, one)
        desk.post(f"/programme/formations/{one}/presences", data={"all": "came"})
    return ids


def figures(database, year):
    with database.snapshot() as session:
        counted = reading.read(session, [session.get_one(Cohort, year.cohort)], WORKSHOPS, now=utc_now())
        came = reading.came(session, counted)
        [path] = [one for one in counted.paths if one.name == QUAI]
        first = session.scalars(select(service.Training).order_by(service.Training.id)).first()
        return (
            {step.value for step in path.reached}, len({who for one in came for who in one.people}),
            sum(one.hours * len(one.people) for one in came),
            service.attended(session, year.cohort), service.hours(session, year.cohort),
            opinions.of_training(session, first).came, path.trainings,
        )  # fmt: skip


def test_erasing_somebody_takes_their_names_numbers_and_answers_and_no_figure_falls(
    app, desk, database, settings, programme, year
):
    attended(desk, database, year, "Amina")
    before = figures(database, year)
    with database.transaction() as session:
        seed.seed(session, NOON)
        here = session.get_one(Space, programme.id)
        here.sender = "Programme"
        diagnostic = opening.open_one(session, year.of[QUAI], year.cohort, Moment.T0, **ACT)
        person = session.scalars(
            select(AssociationPerson).where(AssociationPerson.contact_id == year.who["Amina"])
        ).one()
        one = respondents.add_known(session, diagnostic, person.id, foreign_countries="", **ACT)
        words = {"settings": settings, "now": utc_now()}
        link = texting.address(settings, respondents.new_link(session, diagnostic, one, **ACT))
        texting.send(session, here, one, association=QUAI, link=link, **words)
        session.add(OwnAnswer(respondent_id=one.id, key="R1", value=1, written_at=utc_now()))
        other = respondents.add(
            session, diagnostic, name="Bruno Petit", function=Function.BOARD, phone="", foreign_countries="", **ACT
        )
        session.add(OwnAnswer(respondent_id=other.id, key="R1", value=2, written_at=utc_now()))
        slug = here.slug
    staff = browser_of(app, database, programme, Role.EQUIPIERE)
    card = told(staff.get(f"/e/{slug}/benevoles/{year.who['Amina']}").text)
    assert "Au programme Les Amis du Quai : bénévole. 1 diagnostic la nomme" in card
    assert staff.post(f"/e/{slug}/benevoles/{year.who['Amina']}/retirer").status_code == 302
    with database.snapshot() as session:
        assert session.get(Contact, year.who["Amina"]) is None
        left = session.scalars(select(Respondent).order_by(Respondent.id)).all()
        assert [(one.name, one.phone, one.token_digest, one.function) for one in left] == [
            ("", "", None, Function.VOLUNTEER), ("Bruno Petit", "", None, Function.BOARD),
        ]  # fmt: skip
        assert session.scalars(select(OwnAnswer.value)).all() == [2], "their own answers go, not their neighbour's"
        links = [one.status for one in session.scalars(select(Message)) if "/diagnostic/" in one.body]
        assert links == [Status.WITHDRAWN]
    assert figures(database, year) == before
    assert "formations" in before[0], "« deux formations suivies » stays"


def test_who_leaves_an_association_stays_in_its_past_and_who_never_was_of_it_does_not(desk, database, year):
    attended(desk, database, year, "Amina", "Bruno")
    before = figures(database, year)

    def taken_off(name, **words):
        with database.transaction() as session:
            [row] = [one for one, card in people.of_association(session, year.of[QUAI]) if card.first_name == name]
            people.take_off(session, association_id=year.of[QUAI], person_id=row.id, **words, **ACT)

    taken_off("Amina")
    assert figures(database, year) == before
    one = plan(desk, year.cohort, title="La suite")
    assert "Amina" not in desk.get(f"/programme/formations/{one}").text, "nobody chooses her for it any more"
    taken_off("Bruno", was_never=True)
    assert figures(database, year)[3] == {year.of[QUAI]: 1}
    with database.transaction() as session:
        words = {"now": utc_now() + timedelta(days=1)}
        people.tie(session, year.of[QUAI], year.who["Amina"], Function.BOARD, **words)
        assert [card.first_name for _row, card in people.of_association(session, year.of[QUAI])] == ["Amina"]
