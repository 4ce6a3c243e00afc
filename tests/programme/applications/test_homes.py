"""A kept applicant and a live space of its name: nobody is handed it before the staff have said whose it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts import associations
from app.accounts.models import Association, Space
from app.clock import utc_now
from app.contacts import archiving
from app.contacts.models import Contact
from app.programme.applications import retention
from app.programme.applications.models import ApplicationPublication
from app.programme.cohorts import people
from app.programme.cohorts.models import Cohort, Function
from tests.factories import SOMEBODY, make_contact, make_space
from tests.programme.applications.stage import LINK, PHONE, applications, decide, filed, open_cohort, texts, tick, told
from tests.programme.conftest import make_cohort, put_in

PILE = "/programme/candidatures"
NAME = "Les Amis de la Baie"


@pytest.fixture
def kept(client, desk, database, programme, runtime):
    """Keeps the applicant of this name; (its link, the page of the association in the cohort)."""

    def keep():
        cohort = open_cohort(database)
        filed(client, 3)
        [one] = applications(database)
        desk.post(f"{PILE}/{one.id}/decision", data={"decision": "kept"})
        assert desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id}).status_code == 302
        with database.transaction() as session:
            session.execute(update(ApplicationPublication).values(due_at=utc_now()))
        tick(runtime)
        [one] = applications(database)
        return LINK.search(texts(database)[-1])[0], f"/programme/cohortes/{cohort.id}/associations/{one.association_id}"

    return keep


@pytest.mark.parametrize("is_known", [False, True])
def test_a_space_with_people_is_given_by_a_name_to_nobody_until_the_staff_say_so(
    client, desk, database, kept, is_known
):
    with database.transaction() as session:
        space = make_space(session, name=NAME)
        slug = space.slug
        make_contact(session, space, first_name="Zoé")
        if is_known:
            associations.find_or_make(session, name=NAME, space_id=space.id, now=utc_now())
    base, page = kept()
    assert client.post(f"{base}/espace").status_code == 409
    assert "Dire si l’espace « Les Amis de la Baie » est le sien" in told(desk.get("/programme").text)
    words = told(desk.get(page).text)
    assert "Est-ce son espace ?" in words
    assert f"/e/{slug}" in words, "two spaces of one name are told apart"
    assert "1 bénévole, personne dans l’équipe" in words
    assert desk.post(f"{page}/espace", data={"space_id": 987654}).status_code == 422
    assert desk.post(f"{page}/espace", data={"space_id": space.id}).status_code == 302
    assert client.post(f"{base}/espace").location.startswith("/bienvenue/")
    assert desk.post(f"{page}/espace", data={"space_id": space.id}).status_code == 409, "it is said"
    with database.snapshot() as session:
        assert session.scalars(select(Association.space_id)).all() == [space.id]


def test_the_staff_open_a_new_space_to_one_that_is_another(client, desk, database, kept):
    with database.transaction() as session:
        space = make_space(session, name=NAME)
    base, page = kept()
    assert client.post(f"{base}/espace").status_code == 409
    assert "Un espace réel porte son nom." in told(desk.get(page).text)
    with database.transaction() as session:
        session.get_one(Space, space.id).name = "Les Amis du Port"
    words = told(desk.get(page).text)
    assert "Plus aucun espace réel ne porte son nom." in words
    assert "C’est le sien" not in words
    assert desk.post(f"{page}/espace").status_code == 302
    assert client.post(f"{base}/espace").location.startswith("/bienvenue/")
    with database.snapshot() as session:
        [own] = session.scalars(select(Association.space_id)).all()
        assert own != space.id
        assert session.get_one(Space, own).name == NAME
    assert "Est-ce son espace" not in told(desk.get(page).text)


def test_a_siren_that_anybody_reads_opens_no_space_of_before_until_the_staff_say_so(
    client, desk, database, kept, runtime
):
    kept()
    with database.transaction() as session:
        [association] = session.scalars(select(Association))
        make_contact(session, session.get_one(Space, association.space_id), first_name="Zoé")
        session.execute(update(Cohort).values(applications_close_at=utc_now() - timedelta(hours=1)))
    cohort = open_cohort(database, name="Cohorte 2028", applications_open_at=utc_now())
    filed(client, 3, name="Malo Inconnu", phone="06 99 88 77 66")
    page = decide(desk, database, runtime, cohort, {applications(database)[-1]: "kept"})
    assert "Son espace d’avant n’a plus personne" in told(page)
    base = LINK.search(texts(database)[-1])[0]
    assert client.post(f"{base}/espace").status_code == 409
    own = f"/programme/cohortes/{cohort.id}/associations/{association.id}"
    assert "1 bénévole, personne dans l’équipe" in told(desk.get(own).text)
    assert desk.post(f"{own}/espace", data={"space_id": association.space_id}).status_code == 302
    assert client.post(f"{base}/espace").location.startswith("/bienvenue/")


def test_the_page_of_an_association_leads_to_no_application_that_is_gone(desk, database, kept):
    _base, page = kept()
    [one] = applications(database)
    assert f'href="{PILE}/{one.id}"' in desk.get(page).text
    with database.transaction() as session:
        retention.purge(session, session.get_one(type(one), one.id), space_id=None, now=utc_now())
    assert f'href="{PILE}/{one.id}"' not in desk.get(page).text


def test_whoever_applies_by_somebody_s_number_ties_nobody_whom_the_programme_knows_otherwise(
    client, desk, database, programme, settings, runtime
):
    with database.transaction() as session:
        other = put_in(session, make_cohort(session, name="Avant"), "Épicerie")
        here = session.get_one(Space, programme.id)
        words = {"function": Function.BOARD, "settings": settings, "by": SOMEBODY, "now": utc_now()}
        card = {"first_name": "Odile", "last_name": "Petit", "phone": PHONE}
        odile = people.add(session, here, other.id, card=card, **words).contact_id
        archiving.archive(session, session.get_one(Contact, odile), by=SOMEBODY, now=utc_now())
    cohort = open_cohort(database)
    filed(client, 3, name="Odile Inconnue")
    page = decide(desk, database, runtime, cohort, {applications(database)[0]: "kept"})
    assert "Vous connaissez déjà son contact autrement" in told(page)
    with database.snapshot() as session:
        assert session.get_one(Contact, odile).archived_at is not None
        assert [home.name for _person, home in people.homes_of(session, odile)] == ["Épicerie"]
    assert "Dire si une personne est de « Les Amis de la Baie »" in told(desk.get("/programme").text)
