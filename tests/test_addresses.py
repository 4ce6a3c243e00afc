"""Numbers in addresses, query strings and forms: whatever somebody writes there, the answer is no fault of ours."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import IntegerConverter, Rule

from app.accounts.models import Staff
from app.database.engine import Database
from app.web import seams
from tests.conftest import with_settings
from tests.factories import make_contact, make_list, make_space, make_user, sign_in

FAR = ("0", "-1", "007", str(2**31 - 1), str(2**31), str(2**63), "9" * 26, "²", "٣", "1e3", "%00", "")
TAKEN = ("9" * 9, "9" * 18)
"""The largest ids that addresses take, of a row and of a message."""
CURSORS = ("avant", "apres", "liste", "page", "annee")
FIELDS = ("beside", "people_list", "contact", "contact_id", "lists", "list_id", "user", "copy", "present", "text")


@pytest.fixture(params=["member", "staff"])
def home(request: pytest.FixtureRequest, app: Flask, client: FlaskClient, database: Database) -> Iterator[str]:
    """The slug of a space. Its référente has signed in here, or else somebody of the programme's staff."""
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        space = make_space(session)
        staff = Staff.PROGRAMME if request.param == "staff" else None
        sign_in(client, session, make_user(session, space=None if staff else space, staff=staff))
        make_contact(session, space, on=make_list(session, space))
        slug = space.slug
    inside = "/ateliers" if staff else f"/e/{slug}/benevoles"
    assert client.get(inside).status_code == 200
    yield slug
    app.config["WTF_CSRF_ENABLED"] = True


member = pytest.mark.parametrize("home", ["member"], indirect=True)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]


def numbers(rule: Rule) -> list[str]:
    return [name for name, kind in rule._converters.items() if isinstance(kind, IntegerConverter)]


def filled(rule: Rule, slug: str, number: str) -> str:
    """The rule's address; every number in it is ``number``."""
    address = rule.rule
    for name in rule.arguments:
        value = number if name in numbers(rule) else slug
        for kind in ("", "int:", "row:", "message:"):
            address = address.replace(f"<{kind}{name}>", value)
    return address


def test_a_far_or_odd_id_in_any_address_is_no_fault(app: Flask, client: FlaskClient, home: str) -> None:
    """What no rule takes is answered without a look at the rule: it is asked once for each room of the house."""
    known = [rule for rule in rules(app) if numbers(rule)]
    assert len(known) > 60
    faults, asked = [], Counter[bool]()
    taken_by_none = set()
    for rule in known:
        for number in (*FAR, *TAKEN):
            address = filled(rule, home, number)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                is_taken = leads_somewhere(app, address, method)
                if not is_taken:
                    room = (rule.rule.split("/")[1], number, method)
                    if room in taken_by_none:
                        continue
                    taken_by_none.add(room)
                asked[is_taken] += 1
                status = client.open(address, method=method).status_code
                if status >= 500 or (number in ("0", str(2**63)) and status not in (401, 404)):
                    faults.append((method, rule.rule, number, status))
    assert faults == []
    assert asked[True] > len(known)
    assert asked[False] > len(FAR)


def leads_somewhere(app: Flask, address: str, method: str) -> bool:
    """Whether the map of addresses knows whom to ask; elsewhere nobody is asked, and the answer is « not found »."""
    try:
        app.url_map.bind("tambour.test").match(unquote(address), method=method)
    except NotFound:
        return False
    except HTTPException:  # it leads to another address, or has another method
        return True
    return True


class Asked(ImmutableMultiDict[str, str]):
    """A query string that notes which of its values were looked at."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        self.names.add(key)
        return super().getlist(key, type)

    def items(self, multi: bool = False) -> Iterable[Any]:
        self.names.update(self)
        return super().items(multi)


class Noting(Request):
    parameter_storage_class = Asked


def test_an_odd_cursor_on_any_page_is_no_fault(
    app: Flask, client: FlaskClient, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that looks at none of them answers as much to the others: it is asked once."""
    monkeypatch.setattr(app, "request_class", Noting)
    faults, readers = [], []
    for rule in rules(app):
        if "GET" in (rule.methods or set()):
            Asked.names.clear()
            for number in FAR:
                query = "&".join(f"{name}={number}" for name in CURSORS)
                address = filled(rule, home, "1")
                if (status := client.get(f"{address}?{query}").status_code) >= 500 and rule.rule != "/readyz":
                    faults.append((rule.rule, number, status))
                if Asked.names.isdisjoint(CURSORS):
                    break
            else:
                readers.append(rule.rule)
    assert faults == []
    assert len(readers) >= 3


def test_an_odd_number_in_any_form_is_no_fault(app: Flask, client: FlaskClient, home: str) -> None:
    faults = []
    for rule in rules(app):
        if "POST" in (rule.methods or set()) and "deconnexion" not in rule.rule and "sortir" not in rule.rule:
            for number in ("²", "0", str(2**31), "9" * 26):
                form = {"nickname": "Amina", "name": "Zoé", "phone": "0639980001", **dict.fromkeys(FIELDS, number)}
                if (status := client.post(filled(rule, home, "1"), data=form).status_code) >= 500:
                    faults.append((rule.rule, number, status))
    assert faults == []


@pytest.mark.parametrize(
    "target", ["/%0d%0aSet-Cookie:a=1", "/%00", "/%09/exemple.fr", "/" + "a" * 3000, "//exemple.fr"]
)
def test_the_page_to_go_on_to_is_one_of_ours_in_plain_signs(client: FlaskClient, home: str, target: str) -> None:
    answer = client.get(f"/connexion?suite={target}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


@member
@pytest.mark.parametrize("odd", ["https://exemple.fr/\r\nX: 1", "https://exemple.fr/\0", "https://exemple.fr/a\nb"])
def test_a_date_s_link_and_place_hold_on_one_line(client: FlaskClient, home: str, odd: str) -> None:
    typed = {"title": "Collecte", "day": "2030-05-04", "hour": "10:00", "minutes": "60"}
    for name in ("link", "place", "title"):
        answer = client.post(f"/e/{home}/dates/nouvelle", data={**typed, name: odd})
        assert answer.status_code == 422, name
        assert "tient en une ligne" in answer.text


def test_no_answer_repeats_the_host_that_a_client_claims(app: Flask) -> None:
    client = app.test_client()
    claimed = {"Host": "pirate.exemple"}
    moved = client.get("/e/quai?x=1", headers=claimed)
    assert (moved.status_code, moved.location) == (308, "/e/quai/?x=1")
    page = client.get("/api/docs", headers=claimed)
    assert page.status_code == 200
    assert "pirate" not in page.text


@pytest.mark.parametrize(
    ("public_url", "is_said"), [("https://tambour.exemple", True), ("http://127.0.0.1:8000", False)]
)
def test_a_site_under_https_asks_to_be_visited_so(app: Flask, public_url: str, is_said: bool) -> None:
    seams.hand(app, with_settings(seams.of(app).runtime, public_url=public_url))
    assert ("Strict-Transport-Security" in app.test_client().get("/connexion").headers) is is_said
