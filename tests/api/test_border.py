"""Whatever a program sends, it gets a clear answer: keys, types, sizes, and words that no database keeps."""

from datetime import datetime

import jsonschema_rs
import pytest
from marshmallow import fields, validate

from app.accounts import keys
from app.accounts.models import Role
from app.clock import utc_now
from app.web.schemas import Body
from tests.api.conftest import Program, make_program, refusal
from tests.factories import SOMEBODY, make_contact

HUGE = 10**30
DEEP = "[" * 100_000


def test_a_missing_wrong_or_revoked_key_opens_nothing(program, database):
    with database.transaction() as session:
        keys.make(session, program.space, name="Autre", role=Role.REFERENTE, by=SOMEBODY, now=utc_now())
        key = keys.find(session, program.token)
    asked = (
        {"headers": {}},
        {"headers": {"Authorization": "Bearer tbr_wrong"}},
        {"headers": {"Authorization": "Basic x"}},
    )
    for words in asked:
        answer = program.client.get("/api/v1/space", **words)
        refusal(answer, 401, "key_unknown")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert program.get("/space")["slug"] == program.space.slug
    with database.transaction() as session:
        keys.revoke(session, program.space.id, key.id, by=SOMEBODY, now=utc_now())
    refusal(program.ask("GET", "/space"), 401, "key_unknown")


def test_the_key_is_asked_before_the_body_is_read(program):
    nobody = Program(program.client, "tbr_wrong", program.space)
    refusal(nobody.ask("POST", "/contacts", data="{", content_type="application/json"), 401, "key_unknown")


def test_the_space_says_its_name_its_mode_and_its_budget(app, database):
    program = make_program(app, database, role=Role.LECTRICE, name="Les Amis", budget_micros=5_000_000)
    here = program.get("/space")
    assert (here["name"], here["mode"], here["role"]) == ("Les Amis", "practice", "lectrice")
    assert (here["budget_micros"], here["budget_used_micros"], here["currency"]) == (5_000_000, 0, "EUR")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": "{", "content_type": "application/json"}, 400, "http_400"),
        ({"data": DEEP, "content_type": "application/json"}, 400, "http_400"),
        ({"data": '{"birth_year": NaN}', "content_type": "application/json"}, 400, "http_400"),
        ({"data": '{"birth_year": ' + "9" * 5000 + "}", "content_type": "application/json"}, 400, "http_400"),
        ({"data": b'{"phone": "\xff"}', "content_type": "application/json"}, 400, "http_400"),
        ({"data": '{"phone": "0639981234"}', "content_type": "text/plain"}, 415, "http_415"),
        ({"data": {"phone": "0639981234"}}, 415, "http_415"),
        ({"data": "", "content_type": "application/json"}, 422, "invalid"),
        ({"json": []}, 422, "invalid"),
        ({"json": None}, 422, "invalid"),
        ({"json": "x"}, 422, "invalid"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(program, sent, status, code):
    refusal(program.ask("POST", "/contacts", **sent), status, code)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", 639981234, "texte"),
        ("phone", None, "nul"),
        ("phone", "06\x0039981234", "lisible"),
        ("first_name", "\ud800", "lisible"),
        ("first_name", "x" * 81, "trop long"),
        ("email", "zoe", "complète"),
        ("birth_year", "1985", "entier"),
        ("birth_year", 1985.5, "entier"),
        ("birth_year", HUGE, "de 1 à 9999"),
        ("birth_year", True, "entier"),
        ("phone_is_parents", 1, "true ou false"),
        ("phone_is_parents", "oui", "true ou false"),
        ("tags", "permis B", "liste"),
        ("tags", [1], "texte"),
        ("custom", [], "objet"),
        ("custom", {"Taille": {"cm": 3}}, "texte"),
        ("custom", {"Taille": True}, "texte"),
        ("custom", {"Taille": 1e15}, "nombre"),
        ("custom", {"Taille": [3]}, "texte"),
        ("nickname", "Zo", "n'existe pas"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field_in_french(program, field, value, words):
    problem = refusal(program.ask("POST", "/contacts", {"phone": "0639981234", field: value}), 422, "invalid")
    (name,) = problem["errors"]
    assert name.split(".")[0] == field
    assert words in problem["errors"][name]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", f"limit={'9' * 5000}", "after=é", "list=0", f"list={HUGE}", "page=2"]
)
def test_a_wrong_parameter_is_refused(program, query):
    refusal(program.ask("GET", f"/contacts?{query}"), 422, "invalid")


@pytest.mark.parametrize("cursor", ["YWJj", "WyJhIiwgMTAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd", "WyJcdTAwMDAiLCAxXQ", "W1tdXQ"])
def test_a_forged_cursor_is_refused_or_leads_nowhere(program, cursor):
    assert program.ask("GET", f"/contacts?after={cursor}").status_code in (200, 422)


@pytest.mark.parametrize("path", ["/contacts/99999999999999999999", "/contacts/-1", "/contacts/x", "/nothing"])
def test_an_address_that_leads_nowhere_is_a_problem_too(program, path):
    for method in ("GET", "PATCH", "DELETE"):
        refusal(program.ask(method, path), 404, "http_404")


def test_a_wrong_method_says_which_ones_are_right(program):
    answer = program.ask("PUT", "/contacts")
    refusal(answer, 405, "http_405")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_instants_have_their_offset(program, database):
    with database.transaction() as session:
        contact = make_contact(session, program.space)
    at = datetime.fromisoformat(program.get(f"/contacts/{contact.id}")["created_at"])
    assert at == contact.created_at


def test_pages_keep_their_own_errors(app, client):
    """flask-smorest would answer JSON to browsers."""
    assert client.get("/nulle-part").mimetype == "text/html"


def test_the_documentation_is_open_and_gives_an_example_of_every_body(client):
    document = client.get("/api/v1/openapi.json").json
    contents = []
    for methods in document["paths"].values():
        for one in (each for each in methods.values() if isinstance(each, dict)):
            contents += one.get("requestBody", {"content": {}})["content"].values()
            for status, answer in one["responses"].items():
                assert status == "204" or "$ref" in answer or answer["content"], one["operationId"]
                contents += answer.get("content", {}).values()
    for answer in document["components"]["responses"].values():
        contents += answer["content"].values()
    assert len(contents) > 40
    for content in contents:
        schema = {**content["schema"], "components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(content["example"])


def test_the_documentation_reads_as_a_page_that_loads_nothing(client):
    page = client.get("/api/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "POST /api/v1/campaigns/{campaign_id}/schedule" in page.text.replace("<wbr>", "")
    assert "il nous manque des bras samedi à 14 h" in page.text
    assert "<script>" not in page.text


def test_no_sentence_of_the_library_is_left_on_any_field_of_the_api(app):
    left = [
        f"{schema.__name__}.{name}: {words}"
        for schema in every(Body)
        for name, field in schema().fields.items()
        for words in sentences(field)
        if words in ENGLISH
    ]
    assert left == []


def every(kind):
    return {kind, *(deeper for direct in kind.__subclasses__() for deeper in every(direct))}


def sentences(field):
    """What a field may say, and its parts, as they are told to a program."""
    yield from field.error_messages.values()
    for validator in field.validators:
        chosen = getattr(validator, "error", None)
        limits = [words for name, words in vars(validator).items() if name.startswith("message_")]
        usual = [words for name, words in vars(type(validator)).items() if name.startswith("message_")]
        yield from [chosen] if chosen else limits or usual
    for part in ("inner", "key_field", "value_field"):
        if inner := getattr(field, part, None):
            yield from sentences(inner)


def own_words(kind):
    names = [name for name in vars(kind) if name.startswith("message_") or name == "default_message"]
    return {*vars(kind).get("default_error_messages", {}).values(), *(getattr(kind, name) for name in names)}


ENGLISH = {
    words
    for module in (fields, validate)
    for kind in vars(module).values()
    if isinstance(kind, type) and kind.__module__.startswith("marshmallow")
    for words in own_words(kind)
}
"""Read from the library itself, whatever release is installed."""
