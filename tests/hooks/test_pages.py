"""Subscriptions at their page and by the API: a référente's, the secret shown once, sent again by hand."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Mode, Role
from app.hooks.models import Delivery, DeliveryState, Hook
from tests.accounts.conftest import Browser
from tests.api.conftest import make_program, refusal
from tests.factories import make_delivery, make_hook, make_space, make_user, sign_in

URL = "https://hooks.example/tambour"
FORM = {"name": "Site", "url": URL, "events": "message.final"}


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def browser(app, database, space):
    browser = Browser(app)
    with database.transaction() as session:
        sign_in(browser.client, session, make_user(session, space=space))
    return browser


def secret_in(page):
    return re.search(r"whsec_[A-Za-z0-9+/]{43}=", page.text)


def hooks(database):
    with database.snapshot() as session:
        return session.scalars(select(Hook).order_by(Hook.id)).all()


def test_the_secret_is_shown_once_and_changed_by_hand(browser, database, space):
    base = f"/e/{space.slug}/abonnements"
    made = browser.post(base, **FORM)
    [hook] = hooks(database)
    assert secret_in(made)[0] == hook.secret
    here = f"{base}/{hook.id}"
    assert [secret_in(browser.get(page)) for page in (base, here, f"/e/{space.slug}/journal")] == [None] * 3
    assert URL in browser.get(here).text
    changed = browser.post(f"{here}/secret")
    assert secret_in(changed)[0] == hooks(database)[0].secret != hook.secret
    assert browser.post(f"{here}/supprimer").status_code == 302
    assert browser.get(here).status_code == 404
    with database.snapshot() as session:
        verbs = session.scalars(select(Activity.verb).where(Activity.subject == "hook").order_by(Activity.id)).all()
    assert verbs == ["hook.made", "hook.secret_changed", "hook.removed"]


def test_a_form_sent_back_keeps_what_was_typed_and_says_what_to_mend(browser, database, space):
    base = f"/e/{space.slug}/abonnements"
    inside = browser.post(base, **{**FORM, "url": "https://192.168.1.10/x"})
    assert inside.status_code == 422
    assert "réseau privé" in inside.text
    assert 'value="https://192.168.1.10/x"' in inside.text
    assert re.search(r'value="message.final" checked', inside.text)
    nothing = browser.post(base, name="Site", url=URL)
    assert (nothing.status_code, "Cochez au moins une nouvelle" in nothing.text) == (422, True)
    assert hooks(database) == []


def test_what_was_sent_is_shown_and_sent_again_by_hand(browser, database, space):
    with database.transaction() as session:
        hook = make_hook(session, space)
        lost = make_delivery(session, hook, state=DeliveryState.GIVEN_UP, status_code=500, attempts=9)
        make_delivery(session, hook, problem="no_name", attempts=1)
        done = make_delivery(session, hook, state=DeliveryState.DELIVERED, status_code=204, attempts=1)
    here = f"/e/{space.slug}/abonnements/{hook.id}"
    page = browser.get(here).text
    for words in ("Réponse : 500.", "Réponse : 204.", "n&#39;existe pas, ou ne répond pas", "Prochain essai"):
        assert re.search(words.replace(" :", "\\s:").replace("&#39;", "(&#39;|’|')"), page), words
    only = browser.get(f"{here}?etat=given_up").text
    assert (lost.public_id in only, done.public_id in only) == (True, False)
    assert browser.post(f"{here}/renvoyer").status_code == 302
    assert browser.post(f"{here}/renvoyer/{done.id}").status_code == 302
    with database.snapshot() as session:
        states = session.execute(select(Delivery.state, Delivery.attempts).order_by(Delivery.id)).all()
    assert states == [("pending", 0), ("pending", 1), ("pending", 0)]
    with database.transaction() as session:
        session.get_one(Hook, hook.id).is_on = False
    assert browser.post(f"{here}/renvoyer").status_code == 409, "what is stopped is put on again first"
    assert browser.post(f"{here}/reprendre").status_code == 302
    assert browser.post(f"{here}/renvoyer/999999").status_code == 404


def test_a_practice_space_says_that_nothing_leaves_it(app, database):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        user = make_user(session, space=space)
        browser = Browser(app)
        sign_in(browser.client, session, user)
    page = browser.get(f"/e/{space.slug}/abonnements").text
    assert "Rien ne sort d" in page
    assert 'name="url"' not in page
    assert browser.post(f"/e/{space.slug}/abonnements", **FORM).status_code == 422
    assert hooks(database) == []


def test_a_program_subscribes_itself_with_a_referente_key(app, database):
    program = make_program(app, database, role=Role.REFERENTE, mode=Mode.LIVE)
    body = {"name": "Site", "url": URL, "events": ["contact.opted_out", "campaign.finished"]}
    first, again = (program.ask("POST", "/webhooks", body, key="k-1") for _try in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    assert first.json["secret"] == hooks(database)[0].secret
    assert first.json["events"] == ["campaign.finished", "contact.opted_out"]
    [told] = program.get("/webhooks")["items"]
    assert "secret" not in told
    assert (told["url"], told["is_on"], told["why_off"]) == (URL, True, "")
    refusal(program.ask("POST", "/webhooks", {**body, "url": "http://hooks.example/"}), 422, "url_refused")
    for _number in range(9):
        program.post("/webhooks", body)
    refusal(program.ask("POST", "/webhooks", body), 409, "hooks_full")
    page = program.get("/webhooks?limit=4")
    assert (len(page["items"]), len(program.get(f"/webhooks?after={page['next']}")["items"])) == (4, 6)
    assert program.ask("DELETE", f"/webhooks/{told['id']}").status_code == 204
    refusal(program.ask("DELETE", f"/webhooks/{told['id']}"), 404, "hook_unknown")
    other = make_program(app, database, role=Role.REFERENTE)
    refusal(other.ask("POST", "/webhooks", body), 422, "practice_stays_inside")
