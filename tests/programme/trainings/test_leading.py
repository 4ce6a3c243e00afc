"""Somebody of the programme's people leads a training: they give its files from where trainers live, and no others."""

import io
import re

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Staff
from app.programme.trainings.acts import FILE_ADDED, LED
from tests.factories import make_user, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import plan
from tests.programme.trainings.test_training_files import PDF

MINE = "/ateliers/formations"


@pytest.fixture
def trainer(app, database):
    """The browser of a trainer, and who they are."""
    client = app.test_client()
    with database.transaction() as session:
        user = make_user(session, name="Maud Delaunay", staff=Staff.TRAINER)
        sign_in(client, session, user)
        return client, user.id


def lead(desk, training_id, user_id):
    return desk.post(f"/programme/formations/{training_id}/animation", data={"leader": user_id})


def give(client, training_id, content=PDF, label=""):
    data = {"file": (io.BytesIO(content), "x.pdf"), "label": label}
    return client.post(f"{MINE}/{training_id}/fichiers", data=data)


def test_whoever_leads_a_training_gives_its_files_and_takes_them_back(desk, home, database, year, trainer):
    client, user_id = trainer
    one, other = plan(desk, year.cohort), plan(desk, year.cohort, title="Une autre")
    assert "Mes formations" not in told(client.get("/ateliers").text)
    assert give(client, one).status_code == 404, "nobody said that they lead it"
    assert lead(desk, one, 987654).status_code == 422
    assert lead(desk, one, user_id).status_code == 302
    assert client.post(f"/programme/formations/{other}/animation", data={"leader": user_id}).status_code == 404
    assert "Mes formations" in told(client.get("/ateliers").text)
    assert give(client, one, label="Le diaporama").status_code == 303
    page = client.get(MINE)
    assert ("Le diaporama" in told(page.text), "Une autre" in told(page.text)) == (True, False)
    mine = re.search(r'href="([^"]+/fichiers/\d+)"', page.text)[1]
    assert client.get(mine).data == PDF
    home.post(f"/e/{year.space.slug}/formations/{one}/inscriptions", data={"contact_id": year.who["Amina"]})
    assert "Le diaporama" in told(home.get(f"/e/{year.space.slug}/formations").text), "as if the staff had given it"
    assert "Le diaporama" in told(desk.get(f"/programme/formations/{one}").text)
    refused = give(client, one, b"<html>", "Le pouvoir")
    assert (refused.status_code, "ni un PDF, ni une image" in told(refused.text)) == (422, True)
    assert 'value="Le pouvoir"' in refused.text, "what was typed is kept"
    assert client.post(f"{mine}/retirer", data={"reason": " "}).status_code == 422
    assert client.post(f"{mine}/retirer", data={"reason": "Une erreur."}).status_code == 303
    with database.snapshot() as session:
        found = session.scalars(
            select(Activity).where(Activity.verb.in_([LED.verb, FILE_ADDED.verb])).order_by(Activity.id)
        ).all()
        assert [(one.verb, one.principal_name) for one in found] == [
            (LED.verb, "Inès Carlier"), (FILE_ADDED.verb, "Maud Delaunay"),
        ]  # fmt: skip
    assert lead(desk, one, "").status_code == 302
    assert (client.get(mine).status_code, give(client, one).status_code) == (404, 404)
    assert client.post(f"{mine}/retirer").status_code == 404
    assert "Vous n’animez aucune formation" in told(client.get(MINE).text)


def test_the_staff_and_nobody_else_reach_a_training_that_another_leads(desk, home, year, trainer):
    _client, user_id = trainer
    one = plan(desk, year.cohort)
    lead(desk, one, user_id)
    assert give(home, one).status_code == 404, "an association has its own page"
    assert give(desk, one).status_code == 303
