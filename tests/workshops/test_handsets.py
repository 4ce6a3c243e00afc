"""The phones of a space in the browser, over a real simulator."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Activity, Mode, Role, Space
from app.runtime import Runtime
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from app.workshops.phones import sealing, showing
from app.workshops.phones.client import Handsets, SimulatorSilent
from tests.applications import lent_app
from tests.conftest import with_settings
from tests.factories import make_contact, make_space, make_user, sign_in
from tests.simulator.ears import Ears, until
from tests.simulator.sender import Sender

NUMBER = "+33353010080"
JEANNE = "+33639980010"
AT = "/e/quai/telephones/33639980010"
"""As addresses named phones before they were sealed."""
HTMX = {"HX-Request": "true"}
Browser = Callable[..., FlaskClient]


@pytest.fixture
def ears() -> Iterator[Ears]:
    with Ears() as ears:
        yield ears


@pytest.fixture
def simulator(tmp_path: Path, ears: Ears) -> Iterator[str]:
    with Simulator(data_path=tmp_path / "simulator.sqlite3", inbound_url=ears.url("in")) as simulator:
        listener = Listener(simulator.wsgi)
        yield f"http://127.0.0.1:{listener.start()}"
        listener.stop()


@pytest.fixture
def runtime(runtime: Runtime, simulator: str) -> Runtime:
    return with_settings(runtime, simulator_url=simulator)


@pytest.fixture
def quai(runtime: Runtime) -> Space:
    with runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, slug="quai", sender=NUMBER, two_way=True)
        make_contact(session, space, phone=JEANNE, first_name="Jeanne", last_name="Petit")
        make_contact(session, space, phone=JEANNE, first_name="Ali", last_name="Petit")
        return space


@pytest.fixture
def deliver(simulator: str, quai: Space, runtime: Runtime) -> Callable[..., None]:
    """Text a phone and wait until it has landed."""

    def send(phone: str = JEANNE, body: str = "Bonjour", sender: str = NUMBER, space: Space = quai) -> None:
        sid, token = space.carrier_account_sid, space.carrier_auth_token
        with Sender(simulator, sid=sid, token=token) as carrier:
            carrier.send(phone, from_=sender, body=body)
        with Handsets(space, runtime.settings) as handsets:
            until(lambda: any(text.body == body for text in handsets.conversation(phone, limit=10).texts))

    return send


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Somebody of the space, signed in to the application over that runtime."""
    with ExitStack() as stack:

        def open_browser(runtime: Runtime, space: Space, role: Role = Role.EQUIPIERE) -> FlaskClient:
            app = stack.enter_context(lent_app(runtime))
            app.config["WTF_CSRF_ENABLED"] = False
            client = app.test_client()
            with runtime.database.transaction() as session:
                sign_in(client, session, make_user(session, space=space, role=role))
            return client

        yield open_browser


def test_a_phone_shows_whose_it_is_and_what_landed(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any
) -> None:
    deliver(body="Bonjour <b>Jeanne</b>, lisez http://tambour.test/r/abc.")
    client = browser(runtime, quai, Role.LECTRICE)
    for page in (client.get("/e/quai/telephones"), client.get(AT, follow_redirects=True)):
        assert page.status_code == 200
        assert "Jeanne Petit et Ali Petit" in page.text
        assert "&lt;b&gt;Jeanne" in page.text
        link = '<a href="http://tambour.test/r/abc" target="_blank" rel="noopener noreferrer">http://tambour.test/r/abc</a>.'
        assert link in page.text


def test_the_wall_is_asked_again_only_when_something_happened(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any
) -> None:
    deliver()
    client = browser(runtime, quai)
    for path in ("/e/quai/telephones", client.get(AT).location):
        part = client.get(f"{path}?part=1", headers=HTMX).text
        assert "<html" not in part
        again = re.search(r'hx-get="([^"]+)"', part)
        assert again is not None
        address = again[1].replace("&amp;", "&")
        assert client.get(address, headers=HTMX).status_code == 204
        deliver(body=f"Encore {path}")
        assert "Encore" in client.get(address, headers=HTMX).text


def test_a_reply_goes_to_who_wrote_last(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any, ears: Ears
) -> None:
    deliver()
    client = browser(runtime, quai)
    answer = client.post("/e/quai/telephones/33639980010/repondre", data={"body": "  c'est qui ?  "})
    assert answer.status_code == 302
    until(lambda: any(path == "/in" for path, _form, _signature in ears.heard))
    form = next(form for path, form, _signature in ears.heard if path == "/in")
    assert (form["From"], form["To"], form["Body"]) == (JEANNE, NUMBER, "c'est qui ?")
    assert "c&#39;est qui ?" in client.get(AT, follow_redirects=True).text
    with runtime.database.snapshot() as session:
        assert session.scalar(select(Activity.verb).where(Activity.verb == "handset.replied"))


def test_a_stop_is_told_on_the_phone(browser: Browser, runtime: Runtime, quai: Space, deliver: Any) -> None:
    deliver()
    client = browser(runtime, quai)
    client.post("/e/quai/telephones/33639980010/repondre", data={"body": "STOP"})
    assert "a répondu STOP" in client.get(AT, follow_redirects=True).text


def test_nobody_answers_a_name(browser: Browser, runtime: Runtime, quai: Space, deliver: Any, ears: Ears) -> None:
    deliver(sender="Quai80")
    client = browser(runtime, quai)
    page = client.get(AT, follow_redirects=True)
    assert "Quai80" in page.text
    assert "personne ne peut y répondre" in page.text
    assert "/repondre" not in page.text
    client.post("/e/quai/telephones/33639980010/repondre", data={"body": "OUI"})
    assert "son expéditeur est un nom" in client.get("/e/quai/telephones").text
    assert ears.heard == []


@pytest.mark.parametrize(("body", "reason"), [("  ", "Écrivez une réponse"), ("x" * 1601, "trop longue")])
def test_a_reply_that_is_none_is_said_so(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any, body: str, reason: str
) -> None:
    deliver()
    answer = browser(runtime, quai).post("/e/quai/telephones/33639980010/repondre", data={"body": body})
    assert answer.status_code == 422
    assert reason in answer.text


def test_a_lectrice_reads_and_does_not_reply(browser: Browser, runtime: Runtime, quai: Space, deliver: Any) -> None:
    deliver()
    client = browser(runtime, quai, Role.LECTRICE)
    assert "/repondre" not in client.get(AT, follow_redirects=True).text
    assert client.post("/e/quai/telephones/33639980010/repondre", data={"body": "OUI"}).status_code == 403


def test_no_address_of_a_phone_holds_its_number(browser: Browser, runtime: Runtime, quai: Space, deliver: Any) -> None:
    deliver()
    client = browser(runtime, quai)
    digits = JEANNE[3:]
    wall, old = client.get("/e/quai/telephones").text, client.get(f"{AT}?part=1&vu=x")
    assert old.status_code == 302
    pages = [wall, client.get(old.location.partition("?")[0]).text]
    assert digits not in old.location
    assert old.location.endswith("?part=1&vu=x")
    addresses = [one for page in pages for one in re.findall(r'(?:href|action|hx-get)="([^"]+)"', page)]
    assert old.location.partition("?")[0] in addresses
    assert [one for one in addresses if digits in one] == []


def test_a_sealed_number_is_read_in_its_space_alone() -> None:
    word = sealing.seal(JEANNE, key="k", space_id=1)
    assert (word.isalnum(), word.islower(), len(word)) == (True, True, 24)
    assert sealing.seal(JEANNE, key="k", space_id=1) == word
    assert sealing.unseal(word, key="k", space_id=1) == JEANNE
    assert sealing.unseal(word, key="k", space_id=2) is None
    assert sealing.unseal(word, key="other", space_id=1) is None
    assert sealing.unseal("", key="k", space_id=1) is None
    for at in range(len(word)):
        changed = word[:at] + ("b" if word[at] == "a" else "a") + word[at + 1 :]
        assert sealing.unseal(changed, key="k", space_id=1) is None


@pytest.mark.parametrize(
    "number", ["33639980099", "abc", "0639980010", "+33639980010", "9" * 40, "33639980010%0a", "..%2f"]
)
def test_a_number_that_is_nobody_s_here_is_not_found(
    browser: Browser, runtime: Runtime, quai: Space, number: str
) -> None:
    assert browser(runtime, quai).get(f"/e/quai/telephones/{number}", follow_redirects=True).status_code == 404


def test_somebody_whose_phone_never_rang_has_a_phone(browser: Browser, runtime: Runtime, quai: Space) -> None:
    client = browser(runtime, quai)
    assert "Aucun message" in client.get(AT, follow_redirects=True).text
    assert "Jeanne Petit" in client.get("/e/quai/telephones?q=jeanne").text
    assert "encore rien reçu" not in client.get("/e/quai/telephones").text
    client.post("/e/quai/telephones/33639980010/repondre", data={"body": "OUI"})
    assert "encore rien reçu" in client.get("/e/quai/telephones").text


@pytest.mark.parametrize(
    ("words", "found"), [("petit", True), ("98 00 10", True), ("06 39 98 00 11", False), ("Zoé", False)]
)
def test_phones_are_found_by_name_or_number(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any, words: str, found: bool
) -> None:
    deliver()
    page = browser(runtime, quai).get("/e/quai/telephones", query_string={"q": words})
    assert ("Jeanne Petit" in page.text) is found


def test_the_wall_has_pages(browser: Browser, runtime: Runtime, quai: Space, deliver: Any) -> None:
    for nth in range(26):
        deliver(f"+33639981{nth:02d}9")
    client = browser(runtime, quai)
    assert client.get("/e/quai/telephones").text.count('class="handset"') == 24
    assert client.get("/e/quai/telephones?page=2").text.count('class="handset"') == 2
    assert client.get("/e/quai/telephones?page=99999999999").status_code == 200


def test_a_silent_simulator_is_told_and_asked_again(
    browser: Browser, runtime: Runtime, quai: Space, deliver: Any
) -> None:
    deliver()
    lost = with_settings(runtime, simulator_url="http://127.0.0.1:9")
    client = browser(lost, quai)
    for path in ("/e/quai/telephones", client.get(AT).location):
        page = client.get(path)
        assert page.status_code == 200
        assert "Le simulateur ne répond pas. Nous réessayons" in page.text
        assert "data-poll" in page.text
        assert client.get(f"{path}?part=1&vu=silence", headers=HTMX).status_code == 204
    answer = client.post("/e/quai/telephones/33639980010/repondre", data={"body": "Je garde ce texte"})
    assert "Je garde ce texte" in answer.text
    with pytest.raises(SimulatorSilent), Handsets(quai, lost.settings) as handsets:
        handsets.changes()


def test_a_live_space_has_pretend_phones_only_while_simulated(
    browser: Browser, runtime: Runtime, simulator: str
) -> None:
    with runtime.database.transaction() as session:
        pont = make_space(session, mode=Mode.LIVE, slug="pont")
    assert browser(runtime, pont).get("/e/pont/telephones").status_code == 404
    assert browser(runtime, pont).get("/e/pont/telephones/33639980010").status_code == 404
    simulated = with_settings(runtime, carrier_url=simulator)
    assert browser(simulated, pont).get("/e/pont/telephones").status_code == 200
    assert browser(simulated, pont).get("/e/pont/telephones/33639980010").status_code == 404, "no old address there"


def test_live_spaces_share_an_account_and_read_only_their_own(
    browser: Browser, runtime: Runtime, simulator: str
) -> None:
    simulated = with_settings(runtime, carrier_url=simulator)
    with runtime.database.transaction() as session:
        pont = make_space(session, mode=Mode.LIVE, slug="pont")
        make_contact(session, pont, phone="+33612345678")
    settings = simulated.settings
    with Sender(simulator, sid=settings.twilio_account_sid, token=settings.twilio_auth_token) as carrier:
        carrier.send("+33612345678", from_="Tambour", body="Votre code est 123456")
    with Handsets(pont, settings) as handsets:
        until(lambda: bool(handsets.phones()))
    client = browser(simulated, pont, Role.REFERENTE)
    sealed = sealing.seal("+33612345678", key=settings.secret_key, space_id=pont.id)
    for path in ("/e/pont/telephones", f"/e/pont/telephones/{sealed}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "Votre code" not in page.text


def test_another_space_s_phones_do_not_exist(browser: Browser, runtime: Runtime, quai: Space, deliver: Any) -> None:
    deliver()
    with runtime.database.transaction() as session:
        other = make_space(session, mode=Mode.PRACTICE, slug="autre")
    client = browser(runtime, other)
    assert client.get("/e/quai/telephones").status_code == 404
    assert client.get("/e/autre/telephones/33639980010", follow_redirects=True).status_code == 404
    assert "Bonjour" not in client.get("/e/autre/telephones").text


def test_links_stop_where_the_sentence_goes_on() -> None:
    assert showing.linked("(voir https://a.fr/b?c=1&d=2).") == (
        '(voir <a href="https://a.fr/b?c=1&amp;d=2" target="_blank" rel="noopener noreferrer">https://a.fr/b?c=1&amp;d=2</a>).'
    )
    assert showing.linked("javascript:alert(1) <script>") == "javascript:alert(1) &lt;script&gt;"


def test_a_number_the_plan_does_not_know_is_shown_as_it_is() -> None:
    assert showing.number("+9991234567") == "+9991234567"
    assert showing.number("38080") == "38080"
    assert showing.number(JEANNE).split(showing.NO_BREAK) == ["06", "39", "98", "00", "10"]
