"""The room in trouble: codes, a crowd behind one address, sleeping tabs, a silent simulator, two trainers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts import team
from app.accounts.models import Role, Space, Staff
from app.accounts.steps import StepKind
from app.clock import utc_now
from app.web import seams
from app.workshops import acts, service
from app.workshops.models import Seat, WorkshopTrainer
from app.workshops.path.steps import Step
from app.workshops.room import clock, page_words
from app.workshops.room import service as room_service
from app.workshops.seats.cookie import COOKIE, WRONG_FREE
from tests.conftest import with_settings
from tests.factories import SOMEBODY, make_space, make_user, sign_in

JOIN = "/rejoindre"


@pytest.fixture
def phone(app):
    """A browser of the room that nobody knows yet."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client


def test_a_phone_says_that_it_works_and_the_trainer_sees_it(opened, room, phone):
    page = f"{JOIN}/essai/{opened.code}"
    part = f"/ateliers/{opened.id}/salle?part=1"
    stranger = phone()
    assert "Ça marche sur mon téléphone" in stranger.get(page).text
    assert "Un téléphone a répondu" not in room.get(part).text
    assert "Ce téléphone est bien relié" in stranger.post(page, follow_redirects=True).text
    assert "Un téléphone a répondu" in room.get(part).text
    assert stranger.get(f"{JOIN}/essai/ZZZZZZ").status_code == 404


@pytest.mark.parametrize(("address", "is_said"), [("http://127.0.0.1:8000", True), ("http://192.168.1.7:8000", False)])
def test_an_address_that_phones_cannot_reach_says_how_to_mend_it(runtime, opened, room, address, is_said):
    seams.hand(room.application, with_settings(runtime, public_url=address))
    assert ("make run LAN=1" in room.get(f"/ateliers/{opened.id}/salle").text) is is_said


def test_a_code_typed_wrong_or_after_the_end_opens_nothing(database, opened, phone):
    code = opened.code
    assert phone().post(JOIN, data={"code": "ZZZZZZ", "nickname": "Amina"}).status_code == 404
    spaced = f" {code[:2].lower()} {code[2:].lower()} "
    assert "prénom" in phone().post(JOIN, data={"code": spaced, "nickname": " "}).text
    with database.transaction() as session:
        room_service.close(session, service.get(session, opened.id, lock=True), by=SOMEBODY, now=utc_now())
    late = phone().post(JOIN, data={"code": code, "nickname": "Amina"})
    assert late.status_code == 404
    assert "n’ouvre aucun atelier" in late.text


def test_forty_people_join_from_one_address_and_wrong_codes_alone_wait(database, opened, phone, sit):
    _client, first = sit(opened, "Amina")
    words = {"code": opened.code, "beside": first.seat.id}
    answers = [phone().post(JOIN, data={**words, "nickname": f"P{at}"}).status_code for at in range(40)]
    assert answers == [302] * 40
    wrong = [phone().get(f"{JOIN}/QQQQQQ").status_code for _try in range(WRONG_FREE + 2)]
    assert wrong[0] == 404
    assert wrong[-1] == 429
    assert phone().get(f"{JOIN}/{opened.code}").status_code == 200
    assert phone().post(JOIN, data={**words, "nickname": "Zoé"}).status_code == 302


def test_a_tab_asleep_for_an_hour_comes_back_to_its_seat(database, opened, room, sit):
    client, sitting = sit(opened, "Amina")
    part = f"/ateliers/{opened.id}/salle?part=1"
    with database.transaction() as session:
        asleep = update(Seat).where(Seat.id == sitting.seat.id)
        session.execute(asleep.values(seen_at=utc_now() - timedelta(hours=1), joined_at=utc_now() - timedelta(hours=1)))
    assert "écran en veille" in room.get(part).text
    woken = client.get("/atelier/chemin", headers={"HX-Request": "true"})
    assert woken.status_code == 200
    assert "data-poll" in woken.text
    assert "écran en veille" not in room.get(part).text
    assert client.get("/atelier").location == f"/e/{sitting.space.slug}/"


HTMX = {"HX-Request": "true"}
ACCOUNT = "/atelier/bilan"


@pytest.mark.parametrize("part", ["/atelier/chemin", "{copy}", "{copy}envoyer", "{copy}telephones?part=1&vu=1"])
def test_an_open_page_goes_on_to_the_account_once_the_workshop_is_over(opened, room, sit, part):
    client, sitting = sit(opened, "Amina")
    address = part.format(copy=f"/e/{sitting.space.slug}/")
    assert room.post(f"/ateliers/{opened.id}/terminer").status_code == 302
    polled = client.get(address, headers=HTMX)
    assert (polled.status_code, polled.headers["HX-Redirect"], polled.text) == (204, ACCOUNT, "")
    assert client.get(address).location == ACCOUNT
    assert client.post(f"/e/{sitting.space.slug}/telephones/lacher").location == ACCOUNT
    assert "L’atelier est terminé." in client.get(ACCOUNT).text


def test_only_a_seat_that_ended_goes_to_an_account(opened, room, sit, phone):
    client, sitting = sit(opened, "Amina")
    assert "L’atelier est terminé." not in client.get(ACCOUNT).text
    room.post(f"/ateliers/{opened.id}/terminer")
    page, stranger = f"/e/{sitting.space.slug}/", phone()
    stranger.set_cookie(COOKIE, "a token that nobody was given")
    for address in (page, "/atelier/chemin"):
        assert stranger.get(address, headers=HTMX).status_code == 401
    assert stranger.get(page).location.startswith("/connexion")
    assert client.get("/e/programme/", headers=HTMX).status_code == 401, "an ended seat signs in elsewhere as anybody"


def test_an_open_page_follows_its_seat_to_a_fresh_start(opened, room, sit):
    client, before = sit(opened, "Amina")
    room.post(f"/ateliers/{opened.id}/refaire")
    address = client.get("/atelier").location
    assert address != f"/e/{before.space.slug}/"
    assert client.get(f"/e/{before.space.slug}/telephones?part=1", headers=HTMX).headers["HX-Redirect"] == address
    _other, beside = sit(opened, "Paul")
    assert client.get(f"/e/{beside.space.slug}/").status_code == 404


def test_the_wall_thanks_the_room_and_rests(opened, room):
    page = f"/ateliers/{opened.id}/mur"
    assert "data-poll" in room.get(page).text
    room.post(f"/ateliers/{opened.id}/terminer")
    assert room.get(f"{page}?part=1&vu=1", headers=HTMX).headers["HX-Redirect"] == page
    shown = room.get(page).text
    assert "Merci à vous" in shown
    assert "data-poll" not in shown
    assert "Montrer l" not in shown


def test_the_screen_says_that_the_simulator_is_silent(opened, room):
    for view in ("accueil", "direct"):
        assert "Les téléphones sont coupés un instant" in room.get(f"/ateliers/{opened.id}/mur?vue={view}").text


def test_the_copies_open_to_those_who_lead_the_workshop_and_to_the_programme(app, database, opened, room):
    with database.transaction() as session:
        model = session.get_one(Space, opened.model_space_id)
        clients = {kind: app.test_client() for kind in ("stranger", "second", "programme", "given")}
        people = {
            kind: make_user(session, staff=Staff.PROGRAMME if kind == "programme" else Staff.TRAINER)
            for kind in clients
        }
        team.add(session, model, people["given"], role=Role.LECTRICE, by=SOMEBODY, now=utc_now())
        for kind, user in people.items():
            sign_in(clients[kind], session, user)
    room.post(f"/ateliers/{opened.id}/formateurs", data={"user": people["second"].id})
    for path, answers in (
        (f"/e/{model.slug}/benevoles", {"stranger": 404, "second": 200, "programme": 200, "given": 200}),
        (f"/e/{model.slug}/reglages", {"stranger": 404, "second": 200, "programme": 200, "given": 403}),
    ):
        assert {kind: client.get(path).status_code for kind, client in clients.items()} == answers
    assert room.get(f"/e/{model.slug}/reglages").status_code == 200
    seen = {kind: model.name in client.get("/espaces").text for kind, client in clients.items()}
    assert seen == {"stranger": False, "second": True, "programme": True, "given": True}


def test_two_trainers_see_the_same_room(app, database, opened, room, sit):
    sit(opened, "Amina")
    other = app.test_client()
    with database.transaction() as session:
        second = make_user(session, staff=Staff.TRAINER, name="Odile Second")
        member = make_user(session, space=make_space(session))
        sign_in(other, session, second)
    page = f"/ateliers/{opened.id}/salle"
    assert other.get(page).status_code == 404
    assert "Odile Second" in room.get(page).text
    add = f"/ateliers/{opened.id}/formateurs"
    for _twice in range(2):
        assert room.post(add, data={"user": second.id}).status_code == 302
    assert "Amina" in other.get(page).text
    assert room.post(add, data={"user": member.id}).status_code == 404
    with database.snapshot() as session:
        mine = select(WorkshopTrainer).where(WorkshopTrainer.workshop_id == opened.id)
        assert len(session.scalars(mine).all()) == 2


def test_the_trainer_alone_reads_the_notes_and_takes_a_tick_back(opened, room, sit):
    page, client = f"/ateliers/{opened.id}/salle", sit(opened, "Amina")[0]
    shown = room.get(page).text
    assert "<dt>Dire</dt>" in shown
    assert "<dt>Dire</dt>" not in client.get("/atelier", follow_redirects=True).text
    assert "Décocher" not in shown
    room.post(f"/ateliers/{opened.id}/etape", data={"key": "import_list", "act": "tick"})
    assert "Décocher" in room.get(page).text
    room.post(f"/ateliers/{opened.id}/etape", data={"key": "import_list", "act": "untick"})
    assert "Décocher" not in room.get(page).text


def test_the_end_is_asked_once_and_what_each_did_stays(opened, room, sit):
    page, client = f"/ateliers/{opened.id}/salle", sit(opened, "Amina")[0]
    room.post(f"/ateliers/{opened.id}/etape", data={"key": "import_list", "act": "tick"})
    assert "Oui, terminer l’atelier" in room.get(page).text
    assert "Revenir à mon espace" in client.get(ACCOUNT).text
    room.post(f"/ateliers/{opened.id}/terminer")
    after = room.get(page).text
    assert "Personne par personne" in after
    assert "<strong>Amina</strong>" in after
    assert "1 sur 1" in after
    account = client.get(ACCOUNT).text
    assert "Revenir à mon espace" not in account
    assert "une autre fois" in account


@pytest.mark.parametrize(
    ("minutes", "at", "late"), [(0, 0, 0), (10, 0, 0), (14, 0, 4), (7, 1, -3), (12, 1, 0), (20, None, 5), (9, None, -6)]
)
def test_the_clock_says_how_late_a_room_is(minutes, at, late):
    kinds = [StepKind(key, "", "", "", acts.OPENED, "home.home") for key in ("first", "second")]
    steps = [Step(kind, "", "", "", planned) for kind, planned in zip(kinds, (10, 5), strict=True)]
    now = utc_now()
    now_at = None if at is None else steps[at]
    found = clock.read(steps, now_at, started_at=now - timedelta(minutes=minutes), now=now)
    assert (found.since_start, found.planned, found.late) == (minutes, 15, late)


def test_each_page_that_a_participant_may_open_has_its_word_on_the_trainers_screen(app):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/e/<slug>") and "GET" in rule.methods
    }
    assert {page for page in pages if page_words.page_word(page) == "–"} == set()
    assert page_words.page_word("nowhere.show") == "–"
    assert page_words.page_word("") == "Arrive", "of who has just sat down"
    known = pages | {"seat.account"}
    assert set(page_words.PAGES) - known == set(), "a word of a page that is no more"
    assert set(page_words.PLACES) - {page.partition(".")[0] for page in known} == set()


def test_the_list_of_spaces_leads_to_the_room_that_its_copies_are_of(room, opened):
    page = room.get("/espaces").text.partition("<details")[2]
    [address] = re.findall(r'href="(/ateliers/[^"]*)"', page)
    answer = room.get(address)
    assert (answer.status_code, opened.association in answer.text) == (200, True)
