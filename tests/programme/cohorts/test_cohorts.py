"""Cohorts and their associations, through the pages of the programme's staff."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from sqlalchemy import select

from app.accounts.models import Activity, Association, Staff
from app.clock import utc_now
from app.contacts.importing.reading.files import read_rows
from app.errors import Conflict
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.schemas import CohortForm, typed_of
from app.programme.cohorts.states import MemberState
from tests.factories import SOMEBODY, make_space, make_user, sign_in
from tests.programme.conftest import make_cohort, put_in
from tests.together import beside, together

NEW = "/programme/cohortes/nouvelle"
FORM = {"name": "Cohorte 2026", "starts_on": "2026-01-12", "ends_on": "2026-12-11", "capacity": "2"}


def told(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.partition("<main")[2])).split())


def states_of(database):
    with database.snapshot() as session:
        rows = session.execute(
            select(Association.name, CohortMember.state).join(
                CohortMember, CohortMember.association_id == Association.id
            )
        )
        return {row.name: row.state.value for row in rows}


def test_a_cohort_is_made_changed_and_copied_and_bad_input_loses_nothing(desk, database):
    assert "Commençons par une cohorte" in told(desk.get("/programme").text)
    wrong = {**FORM, "ends_on": "2025-12-11", "capacity": "0", "closes_day": "2026-02-30", "note": "à garder"}
    answer = desk.post(NEW, data=wrong)
    assert answer.status_code == 422
    assert "Choisissez un jour et une heure." in told(answer.text)
    answer = desk.post(NEW, data={**wrong, "closes_day": "2025-11-30"})
    assert answer.status_code == 422
    assert "Le dernier jour vient avant le premier" in told(answer.text)
    assert "de 1 à 200 places" in told(answer.text)
    assert "à garder" in answer.text
    assert desk.post(NEW, data={**FORM, "capacity": "douze", "starts_on": "lundi"}).status_code == 422
    assert desk.post(NEW, data={**FORM, "opens_day": "0001-01-01"}).status_code == 422
    made = desk.post(NEW, data={**FORM, "opens_day": "2025-10-06", "closes_day": "2025-11-30", "closes_hour": "18:30"})
    assert made.status_code == 302
    with database.snapshot() as session:
        [cohort] = session.scalars(select(Cohort))
        assert cohort.applications_open_at == datetime(2025, 10, 5, 22, tzinfo=UTC), "midnight in Paris"
        assert cohort.applications_close_at == datetime(2025, 11, 30, 17, 30, tzinfo=UTC)
    page = told(desk.get(f"/programme/cohortes/{cohort.id}").text)
    assert "Les candidatures ont ouvert le lundi 6 octobre 2025" in page
    assert "Les candidatures ont fermé le dimanche 30 novembre 2025" in page
    twin = desk.post(NEW, data={**FORM, "name": "  cohorte   2026 "})
    assert twin.status_code == 422
    assert "Une cohorte s’appelle déjà" in told(twin.text) or "Une cohorte s'appelle déjà" in told(twin.text)
    copy = desk.get(f"{NEW}?copie={cohort.id}").text
    values = dict(re.findall(r'name="(\w+)"\s+type="[\w]+" value="([^"]*)"', copy))
    assert values == {
        "name": "Cohorte 2027", "starts_on": "2027-01-11", "ends_on": "2027-12-10", "capacity": "2",
        "opens_day": "2026-10-05", "opens_hour": "00:00", "closes_day": "2026-11-29", "closes_hour": "18:30",
    }  # fmt: skip
    assert desk.post(NEW, data=values).status_code == 302
    listed = told(desk.get("/programme/cohortes").text)
    assert listed.index("Cohorte 2027") < listed.index("Cohorte 2026"), "the latest first"
    taken = desk.post(f"/programme/cohortes/{cohort.id}/modifier", data={**FORM, "name": "COHORTE 2027"})
    assert (taken.status_code, "Une cohorte s" in told(taken.text)) == (422, True)
    assert desk.post(f"/programme/cohortes/{cohort.id}/modifier", data={**FORM, "name": "Hiver"}).status_code == 302
    assert desk.get("/programme/cohortes/999").status_code == 404
    assert desk.get(f"{NEW}?copie=999").status_code == 404


def test_places_are_counted_and_an_association_is_once_in_a_cohort(desk, database):
    with database.transaction() as session:
        quai = make_space(session, name="Les Amis du Quai")
        cohort = make_cohort(session, capacity=1)
    page = f"/programme/cohortes/{cohort.id}"
    add = f"{page}/associations"
    assert desk.post(add, data={"association": "les amis du  QUAI", "state": "inside"}).status_code == 302
    assert "1 place sur 1" in told(desk.get(page).text)
    with database.snapshot() as session:
        [association] = session.scalars(select(Association))
        assert association.space_id == quai.id, "it is the live space's own"
    full = desk.post(add, data={"association": "La Boussole", "state": "inside"})
    assert (full.status_code, "La seule place est prise" in told(full.text)) == (422, True)
    assert 'value="La Boussole"' in full.text
    assert desk.post(add, data={"association": "La Boussole", "state": "invited"}).status_code == 302
    twice = desk.post(add, data={"association": "la boussole", "state": "invited"})
    assert (twice.status_code, "est déjà dans cette cohorte" in told(twice.text)) == (422, True)
    assert desk.post(add, data={"association": "  ", "state": "invited"}).status_code == 422
    assert desk.post(add, data={"association": "X", "state": "ailleurs"}).status_code == 422
    assert states_of(database) == {"les amis du QUAI": "inside", "La Boussole": "invited"}
    for form, sentence in (
        ({"capacity": "0"}, "de 1 à 200 places"),
        ({"name": ""}, "Donnez-lui un nom"),
    ):
        refused = desk.post(f"{page}/modifier", data={**FORM, **form})
        assert (refused.status_code, sentence in told(refused.text)) == (422, True)
    with database.transaction() as session:
        session.get_one(Cohort, cohort.id).capacity = 2
        put_in(session, cohort, "Passerelle")
    below = desk.post(f"{page}/modifier", data={**FORM, "capacity": "1"})
    assert (below.status_code, "gardez 2 places au moins" in told(below.text)) == (422, True)


def test_leaving_takes_a_reason_frees_a_place_and_is_told_by_the_journal(desk, database, programme):
    with database.transaction() as session:
        cohort = make_cohort(session, capacity=1)
        association = put_in(session, cohort, "La Boussole")
        put_in(session, cohort, "Passerelle", state=MemberState.INVITED)
    own = f"/programme/cohortes/{cohort.id}/associations/{association.id}"
    unsaid = desk.post(f"{own}/etat", data={"to": "left", "reason": "  "})
    assert (unsaid.status_code, "Dites pourquoi" in told(unsaid.text)) == (422, True)
    assert desk.post(f"{own}/etat", data={"to": "left", "reason": "La directrice  est partie"}).status_code == 302
    again = desk.post(f"{own}/etat", data={"to": "left", "reason": "encore"})
    assert (again.status_code, "déjà fait" in told(again.text)) == (422, True)
    assert "La directrice est partie" in told(desk.get(own).text)
    with database.transaction() as session:
        put_in(session, cohort, "Un Toit Demain")
    back = desk.post(f"{own}/etat", data={"to": "inside"})
    assert (back.status_code, "La seule place est prise" in told(back.text)) == (422, True)
    assert states_of(database) == {"La Boussole": "left", "Passerelle": "invited", "Un Toit Demain": "inside"}
    with database.snapshot() as session:
        rows = session.execute(select(Activity.verb, Activity.note).where(Activity.space_id == programme.id)).all()
        assert [tuple(row) for row in rows] == [("cohort.left", "La Boussole : La directrice est partie")]


def test_a_closed_cohort_is_read_and_no_longer_changed(desk, database):
    with database.transaction() as session:
        cohort = make_cohort(session)
        association = put_in(session, cohort, "La Boussole")
    page = f"/programme/cohortes/{cohort.id}"
    own = f"{page}/associations/{association.id}"
    assert desk.post(f"{page}/clore").status_code == 302
    assert "Cohorte close" in told(desk.get(page).text)
    assert desk.get(own).status_code == 200
    assert desk.post(f"{page}/clore").status_code == 409
    assert desk.post(f"{page}/modifier", data=FORM).status_code == 422
    assert desk.post(f"{page}/associations", data={"association": "X"}).status_code == 422
    assert desk.post(f"{own}/appel").status_code == 409
    assert desk.post(f"{own}/contact", data={"name": "Nadège"}).status_code == 409
    assert desk.post(f"{own}/etat", data={"to": "left", "reason": "x"}).status_code == 422
    assert states_of(database) == {"La Boussole": "inside"}
    for _twice in range(2):
        assert desk.post(f"{page}/rouvrir").status_code == 302
    assert desk.post(f"{own}/contact", data={"name": " Nadège ", "phone": "06 39 98 12 34"}).status_code == 302
    assert 'href="tel:0639981234"' in desk.get(own).text
    assert desk.post(f"{own}/contact", data={"name": "x" * 81}).status_code == 422


def test_a_trainer_and_a_member_of_an_association_find_nothing_there(app, database, desk):
    with database.transaction() as session:
        cohort = make_cohort(session)
        make_user(session)
        trainer = app.test_client()
        sign_in(trainer, session, make_user(session, staff=Staff.TRAINER))
        stranger = app.test_client()
        sign_in(stranger, session, make_user(session, space=make_space(session)))
    addresses = ("/programme", "/programme/cohortes", f"/programme/cohortes/{cohort.id}/associations.csv")
    assert {client.get(one).status_code for client in (trainer, stranger) for one in addresses} == {404}
    assert trainer.get("/").location == "/ateliers"
    assert 'href="/programme"' not in trainer.get("/ateliers").text
    assert desk.get("/").location == "/programme"
    assert 'href="/programme"' in desk.get("/ateliers").text


def test_the_table_of_associations_runs_no_formula(desk, database):
    with database.transaction() as session:
        cohort = make_cohort(session)
        association = put_in(session, cohort, "=HYPERLINK(1)")
        put_in(session, cohort, "La Boussole", state=MemberState.INVITED)
    own = f"/programme/cohortes/{cohort.id}/associations/{association.id}"
    desk.post(f"{own}/contact", data={"name": "@SUM(1)", "phone": "06 39 98 12 34"})
    desk.post(f"{own}/etat", data={"to": "left", "reason": "+1 raison"})
    answer = desk.get(f"/programme/cohortes/{cohort.id}/associations.csv")
    assert answer.mimetype == "text/csv"
    sheet = read_rows(answer.data, file_name="cohorte.csv")
    lines = [dict(zip(sheet.header, cells, strict=True)) for _number, cells in sheet.rows]
    found = {line["Association"]: (line["État"], line["Motif de sortie"], line["Qui appeler"]) for line in lines}
    assert found == {"'=HYPERLINK(1)": ("sortie", "'+1 raison", "'@SUM(1)"), "La Boussole": ("invitée", "", "")}


def test_the_cohort_of_the_week_is_the_latest_begun_that_is_open(database):
    now = utc_now()
    today = now.date()
    with database.transaction() as session:
        words = {"ends_on": today + timedelta(days=900)}
        make_cohort(session, name="Ancienne", starts_on=today - timedelta(days=400), **words)
        present = make_cohort(session, name="Présente", starts_on=today - timedelta(days=40), **words)
        to_come = make_cohort(session, name="À venir", starts_on=today + timedelta(days=40), **words)
        make_cohort(session, name="Plus tard", starts_on=today + timedelta(days=80), **words)
        assert cohorts.current(session, today=today) is present
        for one in session.scalars(select(Cohort).where(Cohort.starts_on <= today)):
            one.closed_at = now
        session.flush()
        assert cohorts.current(session, today=today) is to_come


def test_the_last_place_is_taken_once_by_two_at_once(database):
    with database.transaction() as session:
        cohort = make_cohort(session, capacity=1)

    def let_in(name):
        try:
            with database.transaction() as session:
                put_in(session, cohort, name)
        except Conflict as full:
            return full.code
        return "in"

    assert sorted(together(lambda: let_in("La Boussole"), lambda: let_in("Passerelle"))) == ["cohort_full", "in"]


def test_two_cohorts_given_one_name_at_the_same_instant_are_told_apart(desk, database):
    with database.transaction() as session:
        first, second = (make_cohort(session, name=f"Cohorte {year}") for year in (2026, 2027))
        words = typed_of(first) | {"name": "Cohorte 2028", "note": "à garder"}

    def rename_the_first(session):
        cohorts.change(session, first.id, CohortForm().load(words), space_id=None, by=SOMEBODY, now=utc_now())
        session.flush()

    def rename_the_second():
        return desk.post(f"/programme/cohortes/{second.id}/modifier", data=words)

    answer = beside(database, rename_the_first, rename_the_second, lambda _session: None)
    assert answer.status_code == 422
    assert "à garder" in answer.text
