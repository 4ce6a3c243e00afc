"""Partners attached to a tool, a training and a guide by the staff's forms, and read where each is shown."""

import pytest

from app.programme.partners import seed, service
from tests.factories import NOON
from tests.programme.cohorts.test_cohorts import told
from tests.programme.resources.test_writing import TYPED
from tests.programme.tools.stage import tool_form
from tests.programme.trainings.conftest import form, home, plan, year  # noqa: F401 - fixtures of theirs

FORMATION = "/programme/formations"


@pytest.fixture
def known(database):
    with database.transaction() as session:
        seed.seed(session, NOON)
        return {one.name: one.id for one in service.everyone(session)}


def test_a_partner_is_named_where_it_takes_part_and_its_own_line_names_all_of_it(desk, client, known, year, home):  # noqa: F811 - pytest hands it
    both = [known["Benevolt"], known["Pro Bono Lab"]]
    training = plan(desk, year.cohort, partners=both)
    last_year = plan(desk, year.cohort, partners=both[:1])
    assert "Partenaires Benevolt, Pro Bono Lab" in told(desk.get(f"{FORMATION}/{training}").text)
    assert "Avec nos partenaires : Benevolt, Pro Bono Lab." in told(home.get(f"/e/{year.space.slug}/formations").text)
    desk.post("/programme/outils/nouveau", data=tool_form(partners=both[:1]))
    desk.post("/programme/ressources/nouvelle", data={**TYPED, "partners": both[:1], "then": "publish"})
    page = client.get("/partenaires").text
    title = TYPED["title"]
    assert f"Outils : Clairon . Guides : {title} . Formations : Les enjeux du bénévolat." in told(page)
    assert told(page).count("Les enjeux du bénévolat") == 2, "once for each partner, whatever number of years"
    assert 'href="/outils/clairon"' in page
    address = page.partition('href="/ressources/')[2].partition('"')[0]
    guide = client.get(f"/ressources/{address}")
    assert f'href="/partenaires#partenaire-{both[0]}">Benevolt' in guide.text
    assert "Set-Cookie" not in guide.headers
    desk.post(f"{FORMATION}/{training}/modifier", data=form(partners=both[1:]))
    for gone in (training, last_year):
        desk.post(f"{FORMATION}/{gone}/annuler")
    assert "Les enjeux du bénévolat" not in client.get("/partenaires").text, "a training called off"


def test_what_was_ticked_is_kept_by_a_form_that_is_refused_and_by_a_look_at_the_guide(desk, known, year):  # noqa: F811 - pytest hands it
    one = known["Benevolt"]
    refused = desk.post(f"{FORMATION}/nouvelle", data={"cohort_id": year.cohort, **form(title="", partners=[one])})
    look = desk.post("/programme/ressources/nouvelle", data={**TYPED, "partners": [one], "then": "preview"})
    assert (refused.status_code, look.status_code) == (422, 200)
    for page in (refused.text, look.text):
        assert f'name="partners" value="{one}" checked' in page
