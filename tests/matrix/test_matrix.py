"""Every route, every kind of caller, and another space's ids, on both databases: allowed, 403 or 404."""

import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.accounts.models import Role, User
from app.accounts.signing import signing_in
from app.accounts.web.guards import COOKIE
from app.clock import utc_now
from app.database.tables import Base
from tests import databases
from tests.matrix import world as worlds
from tests.matrix.doors import LinkTarget, doors, plain
from tests.matrix.world import World

ROLES = [role.value for role in Role]
NOT_ALLOWED = {401, 403, 404, 405}
LEADS_BACK = {"/sante/reprendre": "nobody has stopped the sending"}
CAN_BE_ABSENT = {
    "/e/<slug>/imports/<import_id>/refus.csv": "this import has refused nothing",
    "/e/<slug>/envoyer/<campaign_id>/relire/sans": "the form names nobody",
    "/e/<slug>/imports/fichier-de-l-atelier": "a live space is in no workshop",
    "/e/<slug>/s-entrainer/avancer": "a live space is nobody's practice",
    "/e/<slug>/s-entrainer/bilan": "a live space is nobody's practice",
    "/e/<slug>/s-entrainer/chemin": "a live space is nobody's practice",
    "/e/<slug>/s-entrainer/lundi": "a live space is nobody's practice",
    "/e/<slug>/selections/<segment_id>/laissees": "the address says no reason",
    "/e/<slug>/telephones": "a live space has no pretend phones",
    "/e/<slug>/telephones/<handset>": "a live space has no pretend phones",
    "/e/<slug>/telephones/<handset>/repondre": "a live space has no pretend phones",
    "/e/<slug>/telephones/en-main": "a live space has no pretend phones",
    "/e/<slug>/telephones/lacher": "a live space has no pretend phones",
    "/e/<slug>/telephones/tenir": "a live space has no pretend phones",
    "/api/v1/lists/<list_id>/contacts/<contact_id>": "",
}
"""Allowed, and still nothing there, with the reason."""


@pytest.fixture
def world(app: Flask, database) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    built: list[World] = []

    def make() -> None:
        with database.transaction() as session:
            built.append(worlds.build(session))
        _worlds[str(database.url)] = built[0]

    databases.begin_with(database, "matrix", make)
    return _worlds[str(database.url)]


_worlds: dict[str, World] = {}


def renew(database) -> None:
    """The world as it was, whatever the last request changed."""
    if not database.is_sqlite:
        databases.empty(database)
    databases.begin_with(database, "matrix", lambda: None)


@pytest.fixture
def browser(app: Flask, database, world: World) -> Callable[[str | None], FlaskClient]:
    """A browser for each caller: a member by role, ``foreigner``, ``trainer``, ``programme``, or nobody."""

    def open_one(caller: str | None) -> FlaskClient:
        client = app.test_client()
        if caller is not None:
            with database.transaction() as session:
                user = session.get_one(User, world.users[caller])
                client.set_cookie(COOKIE, signing_in.start(session, user, browser="tests", now=utc_now()))
        return client

    return open_one


FORMS: dict[str, dict[str, object]] = {
    "/e/<slug>/dates/<event_id>/personnes/<contact_id>/reponse": {"answer": "coming"},
    "/e/<slug>/dates/<event_id>/personnes/listes": {"lists": 1},
    "/e/<slug>/envoyer/<campaign_id>/programmer": {"when": "now", "version": "x"},
    "/e/<slug>/recommandations/<recommendation_id>/etat": {"to": "accepted"},
    "/ateliers/<workshop_id>/temps": {"weather": "fine"},
}
"""What must be filled in before an address is looked at."""


def ask(client: FlaskClient, target: LinkTarget, address: str, *, key: str | None = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    form = FORMS.get(plain(target.rule)) if target.changes else None
    return client.open(
        address, method=target.method, headers=headers, json={} if key and target.changes else None, data=form
    )


def nothing_wrong(wrong: Iterable[str]) -> None:
    """Fail with every line: pytest's own comparison cuts a long list short."""
    if found := sorted(wrong):
        pytest.fail("\n".join(found), pytrace=False)


def of_space(app: Flask) -> Iterator[LinkTarget]:
    """The pages of a space."""
    return (target for target in doors(app) if target.guard.kind == "role" and target.rule.startswith("/e/"))


def of_api(app: Flask) -> Iterator[LinkTarget]:
    return (target for target in doors(app) if target.guard.kind == "role" and target.rule.startswith("/api/"))


@pytest.mark.slow
def test_who_has_no_role_in_a_space_finds_nothing_there(app: Flask, world: World, browser) -> None:
    wrong = []
    for caller in ("foreigner", "trainer"):
        client = browser(caller)
        wrong += [
            f"{caller}: {target} {answer.status_code}"
            for target in of_space(app)
            if (answer := ask(client, target, target.address(world.ids, slug=world.slug))).status_code != 404
        ]
    client = browser(None)
    for target in of_space(app):
        answer = ask(client, target, target.address(world.ids, slug=world.slug))
        if not (answer.status_code == 302 and answer.location.startswith("/connexion")):
            wrong.append(f"nobody: {target} {answer.status_code}")
    nothing_wrong(wrong)


@pytest.mark.slow
def test_a_role_below_the_door_is_refused(app: Flask, world: World, browser) -> None:
    wrong = []
    for role in Role:
        client = browser(role.value)
        wrong += [
            f"{role.value}: {target} {answer.status_code}"
            for target in of_space(app)
            if not role.includes(target.guard.role or role)
            and (answer := ask(client, target, target.address(world.ids, slug=world.slug))).status_code != 403
        ]
    for role in Role:
        wrong += [
            f"key {role.value}: {target} {answer.status_code}"
            for target in of_api(app)
            if not role.includes(target.guard.role or role)
            and (
                answer := ask(
                    app.test_client(), target, target.address(world.ids, slug=world.slug), key=world.keys[role.value]
                )
            ).status_code
            != 403
        ]
    nothing_wrong(wrong)


def test_another_space_s_rows_are_not_there(app: Flask, world: World, browser, database) -> None:
    """One id after the other is another space's, the rest our own."""
    client = browser("referente")
    before = everything(database)
    wrong = []
    for target in of_space(app):
        for name in target.row_ids:
            ids = {**world.ids, name: world.foreign_ids[name]}
            answer = ask(client, target, target.address(ids, slug=world.slug))
            if answer.status_code != 404:
                wrong.append(f"{target} with another's {name}: {answer.status_code}")
    for target in of_api(app):
        for name in target.row_ids:
            ids = {**world.ids, name: world.foreign_ids[name]}
            answer = ask(app.test_client(), target, target.address(ids, slug=world.slug), key=world.keys["referente"])
            if answer.status_code != 404 and not (target.changes and answer.status_code == 422):
                wrong.append(f"{target} with another's {name}: {answer.status_code}")
    nothing_wrong(wrong)
    assert everything(database) == before


@pytest.mark.slow
def test_a_role_high_enough_is_let_in(app: Flask, world: World, browser, database) -> None:
    wrong = []
    for role in Role:
        client = browser(role.value)
        for target in of_space(app):
            if role.includes(target.guard.role or role) and not target.changes:
                answer = ask(client, target, target.address(world.ids, slug=world.slug))
                if is_wrong(target, answer):
                    wrong.append(f"{role.value}: {target} {answer.status_code}")
    nothing_wrong(wrong)


@pytest.mark.slow
def test_the_lowest_role_let_in_may_press_each_button(app: Flask, world: World, browser, database) -> None:
    """Each press begins in a fresh world: one removes what the next would change."""
    wrong = []
    for target in list(of_space(app)):
        if target.changes:
            renew(database)
            client = browser((target.guard.role or Role.LECTRICE).value)
            answer = ask(client, target, target.address(world.ids, slug=world.slug))
            if is_wrong(target, answer):
                wrong.append(f"{target} {answer.status_code}")
    nothing_wrong(wrong)


@pytest.mark.slow
def test_a_workshop_is_its_trainers_and_the_programme_s(app: Flask, world: World, browser) -> None:
    wrong = []
    staff = [target for target in doors(app) if target.guard.kind == "staff"]
    programme = [target for target in doors(app) if target.guard.kind == "programme"]
    wrong += [
        f"programme: {target} {answer.status_code}"
        for target in programme
        if not target.changes
        and (answer := ask(browser("programme"), target, target.address(world.ids, slug=world.slug))).status_code
        != (302 if plain(target.rule) in LEADS_BACK else 200)
    ]
    for caller in ("referente", "foreigner", "trainer"):
        client = browser(caller)
        wrong += [
            f"{caller}: {target} {answer.status_code}"
            for target in (programme if caller == "trainer" else staff + programme)
            if (answer := ask(client, target, target.address(world.ids, slug=world.slug))).status_code != 404
        ]
    client = browser("trainer")
    for target in staff:
        for name in target.row_ids:
            if name in ("workshop_id", "scenario_id", "training_id"):
                ids = {**world.ids, name: world.foreign_ids[name]}
                answer = ask(client, target, target.address(ids, slug=world.slug))
                if answer.status_code != 404:
                    wrong.append(f"other trainer: {target} {answer.status_code}")
        if not target.changes and "contact_id" not in target.arguments:
            answer = ask(client, target, target.address(world.ids, slug=world.slug))
            if answer.status_code in NOT_ALLOWED | {500}:
                wrong.append(f"trainer: {target} {answer.status_code}")
    nothing_wrong(wrong)


@pytest.mark.slow
def test_somebody_else_s_session_is_not_ours_to_close(app: Flask, world: World, browser, database) -> None:
    client = browser("foreigner")
    before = everything(database)
    wrong = [
        f"{target} {answer.status_code}"
        for target in doors(app)
        if target.guard.kind == "signed_in"
        and target.row_ids
        and (answer := ask(client, target, target.address(world.ids, slug=world.slug))).status_code not in (302, 404)
    ]
    nothing_wrong(wrong)
    assert everything(database) == before


@pytest.mark.slow
def test_no_page_shows_a_button_that_its_reader_may_not_press(app: Flask, world: World, browser) -> None:
    """Every form and every link of every page, held against the guard of where it leads."""
    wrong = set()
    for caller in [*ROLES, "programme"]:
        client = browser(caller)
        for target in of_space(app):
            if target.changes or (caller in ROLES and not Role(caller).includes(target.guard.role or Role.LECTRICE)):
                continue
            answer = ask(client, target, target.address(world.ids, slug=world.slug))
            if answer.mimetype == "text/html" and answer.status_code == 200:
                role = Role(caller) if caller in ROLES else Role.LECTRICE
                wrong |= {f"{caller} on {target}: {each}" for each in too_high(app, answer.text, role)}
    nothing_wrong(wrong)


def is_wrong(target: LinkTarget, answer: TestResponse) -> bool:
    if answer.status_code == 404:
        return plain(target.rule) not in CAN_BE_ABSENT
    return answer.status_code in NOT_ALLOWED or answer.status_code >= 500


def everything(database) -> dict[str, list[str]]:
    """Every row of every table that a refused request could have changed."""
    with database.snapshot() as session:
        tables = Base.metadata.sorted_tables
        return {
            table.name: sorted(map(repr, session.execute(table.select()).all()))
            for table in tables
            if table.name not in ("sessions", "api_keys", "failures")
        }


class Presses(HTMLParser):
    """(method, address) of every form, button and link of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "form" and (held.get("method") or "get").lower() == "post":
            self.found.append(("POST", held.get("action") or ""))
        if held.get("formaction"):
            self.found.append(("POST", held["formaction"] or ""))
        if held.get("hx-post"):
            self.found.append(("POST", held["hx-post"] or ""))
        if tag == "a" and held.get("href"):
            self.found.append(("GET", held["href"] or ""))


def too_high(app: Flask, page: str, role: Role) -> Iterator[str]:
    reader = Presses()
    reader.feed(page)
    matcher = app.url_map.bind("tambour.test")
    for method, address in reader.found:
        path = re.sub(r"[?#].*", "", address)
        if not path.startswith("/"):
            continue
        try:
            rule, _arguments = matcher.match(path, method=method, return_rule=True)
        except HTTPException:
            continue
        guard = getattr(app.view_functions[rule.endpoint], "guard", None)
        if guard is not None and guard.role is not None and not role.includes(guard.role):
            yield f"{method} {plain(rule.rule)}"
