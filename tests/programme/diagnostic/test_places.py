"""The inventory, who sees what, the staff's week, and what goes by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role, Space
from app.clock import utc_now
from app.contacts.importing.reading.files import read_rows
from app.programme.cohorts.models import Cohort, CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import inventory, retention, service, todo
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import InventoryTool, OwnAnswer, Respondent
from tests.factories import make_space, make_user, next_phone, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today
from tests.programme.diagnostic.conftest import Room

TOOL = {
    "name": "Téléphone, un par un", "purpose": "Prévenir", "users": "2", "yearly": "240", "licence": "none",
    "hosting": "none", "satisfaction": "2", "verdict": "drop", "reason": "6 heures par collecte",
}  # fmt: skip


def test_a_tool_is_kept_studied_or_dropped_always_with_a_reason(room: Room, database):
    page = told(room.own.get(room.page).text)
    assert "Quels outils ouvrez-vous chaque semaine ?" in page
    add = f"{room.page}/outils/nouveau"
    for form, sentence in (
        ({"reason": " "}, "Dites pourquoi"),
        ({"verdict": ""}, "garder, étudier ou abandonner"),
        ({"satisfaction": "6"}, "de 1 à 5"),
        ({"users": "deux"}, "Écrivez un nombre entier"),
        ({"yearly": "cher"}, "Écrivez un montant en euros"),
        ({"yearly": "-3"}, "Écrivez un montant en euros"),
        ({"name": ""}, "Écrivez le nom de l’outil"),
        ({"licence": "gratuit"}, "Choisissez sa licence"),
    ):
        refused = room.own.post(add, data={**TOOL, **form})
        assert (refused.status_code, sentence in told(refused.text)) == (422, True), form
        assert 'value="Prévenir"' in refused.text
    assert room.own.post(add, data=TOOL).status_code == 302
    twice = room.own.post(add, data={**TOOL, "name": "  téléphone, UN par un"})
    assert (twice.status_code, "est déjà dans l’inventaire" in told(twice.text)) == (422, True)
    free = {
        **TOOL,
        "name": "=Nextcloud",
        "licence": "free",
        "hosting": "france",
        "verdict": "keep",
        "yearly": "1 059,90 €",
    }
    assert room.staff.post(f"{room.desk}/outils/nouveau", data=free).status_code == 302
    assert room.own.post(add, data={**TOOL, "name": "Agenda", "verdict": "study", "yearly": ""}).status_code == 302
    page = told(room.own.get(room.page).text).replace("\u202f", " ").replace("\xa0", " ")
    assert "1 à garder, 1 à étudier, 1 à abandonner : 240 € par an de moins." in page
    assert "1 059,90 € Libre, hébergé en France 2 sur 5 Garder" in page
    with database.snapshot() as session:
        kept, studied, dropped = inventory.of(session, room.association.id)
        assert (kept.yearly_micros, studied.yearly_micros) == (1_059_900_000, None)
        assert inventory.saved_micros([kept, studied, dropped]) == 240_000_000
    taken = room.own.post(f"{room.page}/outils/{studied.id}", data={**TOOL})
    assert (taken.status_code, "est déjà dans l’inventaire" in told(taken.text)) == (422, True)
    assert room.own.post(f"{room.page}/outils/{studied.id}", data={**TOOL, "name": "Agenda partagé"}).status_code == 302
    sheet = read_rows(room.own.get(f"{room.page}/outils.csv").data, file_name="outils.csv")
    lines = [dict(zip(sheet.header, cells, strict=True)) for _number, cells in sheet.rows]
    assert [(one["Outil"], one["Euros par an"], one["Décision"]) for one in lines] == [
        ("'=Nextcloud", "1059,90", "Garder"), ("Agenda partagé", "240", "Abandonner"),
        ("Téléphone, un par un", "240", "Abandonner"),
    ]  # fmt: skip
    assert room.own.post(f"{room.page}/outils/{dropped.id}/retirer").status_code == 302
    with database.transaction() as session:
        assert len(session.scalars(select(InventoryTool)).all()) == 2
        other = put_in(session, session.get_one(Cohort, room.cohort_id), "Une autre")
    elsewhere = f"/programme/associations/{other.id}/diagnostic/outils/{kept.id}"
    assert (room.staff.get(elsewhere).status_code, room.staff.post(elsewhere, data=TOOL).status_code) == (404, 404)


def test_each_role_has_its_own_part_and_a_practice_space_has_none(opened: Room, app, database):
    opened.own.post(f"{opened.page}/outils/nouveau", data=TOOL)
    opened.ask("Karim")
    pages = {}
    with database.transaction() as session:
        for role in (Role.LECTRICE, Role.EQUIPIERE):
            client = app.test_client()
            sign_in(client, session, make_user(session, space=session.get_one(Space, opened.space.id), role=role))
            pages[role] = client
        practice = make_space(session, mode=Mode.PRACTICE)
        live = make_space(session)
        for space in (practice, live):
            sign_in(client := app.test_client(), session, make_user(session, space=space))
            pages[space.slug] = client
    reader, writer = pages[Role.LECTRICE], pages[Role.EQUIPIERE]
    assert "La réponse commune" not in reader.get(opened.page).text
    assert "Ajouter un outil" not in reader.get(opened.page).text
    assert "Ajouter un outil" in writer.get(opened.page).text
    assert "Ajouter quelqu" not in writer.get(opened.page).text
    assert writer.get(f"{opened.page}/debut/commune").status_code == 403
    assert reader.post(f"{opened.page}/outils/nouveau", data=TOOL).status_code == 403
    assert opened.own.get(opened.desk).status_code == 404
    outside = pages[live.slug].get(f"/e/{live.slug}/diagnostic")
    assert (outside.status_code, "suivent le programme" in told(outside.text)) == (200, True)
    assert pages[live.slug].post(f"/e/{live.slug}/diagnostic/ouvrir", data={"moment": "debut"}).status_code == 404
    assert pages[live.slug].get(f"/e/{live.slug}/diagnostic/outils.csv").status_code == 404
    assert pages[practice.slug].get(f"/e/{practice.slug}/diagnostic").status_code == 404
    assert opened.staff.get("/programme/associations/999/diagnostic").status_code == 404
    assert opened.staff.get(f"{opened.desk}?cohorte=999").status_code == 404


@pytest.mark.parametrize("how", ["closed", "left"])
def test_a_cohort_that_is_closed_or_left_is_read_and_no_longer_changed(opened: Room, app, database, how):
    link = opened.ask("Karim")
    with database.transaction() as session:
        if how == "closed":
            session.get_one(Cohort, opened.cohort_id).closed_at = utc_now()
        else:
            session.scalars(select(CohortMember)).one().state = MemberState.LEFT
    assert opened.own.get(opened.page).status_code == 200
    for address, form in (
        ("debut/commune", {"a-R1": "1"}), ("debut/personnes", {"name": "X", "function": "board"}),
        ("debut/version", {}),
        ("ouvrir", {"moment": "debut"}),
    ):  # fmt: skip
        assert opened.own.post(f"{opened.page}/{address}", data=form).status_code == 409, address
    anybody = app.test_client()
    assert "Ce diagnostic est fini" in told(anybody.get(link).text)
    assert anybody.post(f"{link}/recruter", data={"a-R1": "1"}).status_code == 303
    with database.snapshot() as session:
        assert session.scalars(select(OwnAnswer)).all() == []


def test_the_staff_s_week_asks_for_the_first_diagnostic_then_for_the_one_to_take_again(opened: Room, database):
    def titles(cohort: Cohort):
        with database.snapshot() as session:
            return [(one.title, one.is_late, one.address) for one in todo.lines(session, cohort, now=utc_now())]

    with database.transaction() as session:
        cohort = session.get_one(Cohort, opened.cohort_id)
        put_in(session, cohort, "Une autre")
    many = f"/programme/cohortes/{opened.cohort_id}/diagnostics"
    assert titles(cohort) == [("Faire le premier diagnostic de 2 associations", True, many)]
    assert "0 sur 2 faits au début" in told(opened.staff.get(many).text)
    opened.agree()
    assert len(titles(cohort)) == 1
    cohort.ends_on = today() + timedelta(days=30)
    assert titles(cohort)[1] == ("Faire refaire le diagnostic à une association", False, opened.desk)
    cohort.ends_on = today() + timedelta(days=5)
    assert titles(cohort)[1][1] is True
    opened.staff.post(f"{opened.desk}/ouvrir", data={"moment": "fin"})
    assert len(titles(cohort)) == 2, "open is not done"
    opened.agree("fin")
    assert len(titles(cohort)) == 1
    cohort.closed_at = utc_now()
    assert titles(cohort) == []
    assert "1 sur 2 faits au début, 1 à la fin" in told(opened.staff.get(many).text)


def test_names_numbers_and_own_answers_go_six_months_after_the_cohort_closed(opened: Room, app, database, programme):
    link = opened.ask("Karim", "director")
    opened.own.post(
        f"{opened.page}/debut/personnes", data={"name": "Odile", "function": "board", "phone": next_phone()}
    )
    anybody = app.test_client()
    anybody.post(f"{link}/recruter", data={"a-R1": "1"})
    anybody.post(f"{link}/fini", data={"rest": "unknown"})
    opened.agree()
    now = utc_now()

    def forget(**after: int) -> int:
        with database.transaction() as session:
            return retention.forget_names(session, now=now + timedelta(**after))

    assert forget(days=300) == 0, "nobody closed it, and it ends in six months"
    with database.transaction() as session:
        session.get_one(Cohort, opened.cohort_id).closed_at = now
    assert forget(days=179) == 0
    assert forget(days=181) == 2
    assert forget(days=182) == 0
    with database.snapshot() as session:
        found = session.scalars(select(Respondent).order_by(Respondent.id)).all()
        assert [(one.name, one.phone, one.token_digest, one.function) for one in found] == [
            ("", "", None, Function.DIRECTOR), ("", "", None, Function.BOARD),
        ]  # fmt: skip
        assert session.scalars(select(OwnAnswer)).all() == []
        assert service.took_part(session, opened.cohort_id, Moment.T0) == {opened.association.id: {Function.DIRECTOR}}
        assert service.scores(session, opened.association.id, opened.cohort_id, Moment.T0) is not None
    assert anybody.get(link).status_code == 404
    assert opened.own.get(opened.page).status_code == 200


def test_an_association_of_two_years_has_a_diagnostic_of_each(opened: Room, database):
    opened.agree()
    with database.transaction() as session:
        later = make_cohort(session, name="Cohorte 2027", starts_on=today())
        put_in(session, later, "Les Jardins de la Selle")
    page = opened.own.get(opened.page)
    assert "Commençons par le diagnostic" in told(page.text)
    assert "Cohorte 2026" in told(page.text)
    former = opened.own.get(f"{opened.page}?cohorte={opened.cohort_id}")
    assert "D’où l’on part" in told(former.text)
    assert f"cohorte={opened.cohort_id}" in former.text
