"""The mass-SMS workshop of ninety minutes: a trainer, three participants on their phones, and the room's screen."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as NetworkError

from app.assembly import STEP_KINDS
from app.clock import PARIS
from app.french.typography import show_instant
from tests.browser import steps
from tests.browser.conftest import MORNING, MOVED, PATIENCE_MS
from tests.browser.room import Room
from tests.browser.walk import WELCOME


@pytest.fixture(
    params=[
        pytest.param(("monday", False), marks=MOVED, id="monday"),
        pytest.param(("saturday", False), marks=[MOVED, pytest.mark.slow], id="saturday"),
        pytest.param(("monday", True), marks=[MOVED, pytest.mark.slow], id="poor Wi-Fi"),
    ]
)
def room(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Room]:
    expect.set_options(timeout=PATIENCE_MS)
    house, is_poor = request.param
    room = Room(request.getfixturevalue(house), browser, is_poor=is_poor)
    yield room
    room.leave()


def test_ninety_minutes_from_the_code_to_the_summary(room: Room) -> None:
    room.open_doors("Les Petites Mains")
    expect(room.screen.locator("#wall")).to_contain_text(room.code)
    for name in ("Amina", "Gérard", "Chloé"):
        room.join(name)
    expect(room.screen.locator("#wall")).to_contain_text("3 personnes ici")
    room.later(STEP_KINDS[WELCOME].minutes)
    room.check()
    steps.take_phones(room)
    steps.import_the_file(room, "Amina")
    steps.write(room, "Amina")
    if room.is_poor:
        _lose_the_network(room)
    steps.read_again(room, "Amina", _hours(room))
    steps.stop_in_time(room, "Amina")
    steps.send(room, "Amina")
    expect(room.screen.locator("#wall")).to_contain_text("il nous manque des bras")
    steps.follow(room, "Amina")
    steps.read_a_reply(room, "Amina", by="Gérard")
    steps.say_no(room, "Amina")
    steps.thank(room, "Amina")
    steps.set_a_reminder(room, "Amina")
    steps.see_it_leave(room, "Amina")
    steps.say_monday(room)
    expect(room.pages["Amina"].locator("#path")).to_contain_text("Vous avez tout fait")
    expect(room.trainer.locator(".room-clock")).to_contain_text(re.compile(r"9\d min.*sur 90 min prévues", re.DOTALL))
    _end(room)


def _hours(room: Room) -> str:
    """What the first sending says of them."""
    at = room.now.astimezone(PARIS)
    if at.weekday() == MORNING[0]:
        return ""
    monday = datetime.combine(at.date() + timedelta(days=2), time(9), PARIS)
    return f"pour de bon, partirait {show_instant(monday, PARIS)}. Ici, le départ n’attend pas."


def _end(room: Room) -> None:
    """Everybody takes something home, and nobody comes back in."""
    amina, _gerard, chloe = room.pages.values()
    space = re.sub(r"(/e/[^/]+/).*", r"\1", amina.url)
    room.trainer.get_by_text("Remettre à zéro ou terminer").click()
    room.trainer.locator("summary", has_text="Terminer l").click()
    room.trainer.get_by_role("button", name=re.compile("Oui, terminer l")).click()
    expect(room.screen.locator("main")).to_contain_text("Merci à vous")
    expect(amina.locator("main")).to_contain_text("15 étapes faites sur 15")
    expect(amina.locator("main")).to_contain_text("il nous manque des bras")
    amina.get_by_label("Oui, tout à fait").first.check()
    amina.get_by_label("Plutôt oui").last.check()
    amina.get_by_role("button", name="Donner mon avis").click()
    expect(chloe.locator("main")).to_contain_text("2 étapes faites sur 15")
    room.trainer.goto(room.address)
    expect(room.trainer.locator("main")).to_contain_text("3 personnes y étaient")
    amina.goto(space)
    assert amina.url.endswith("/atelier/bilan")


def _lose_the_network(room: Room) -> None:
    """One goes on writing and presses, one reloads, one locks her phone; two seats have to be found again."""
    amina, gerard, chloe = room.pages.values()
    text, seat = amina.get_by_label("Votre texte"), gerard.url
    with room.cut():
        text.fill(f"{steps.TEXT} Amina")
        amina.get_by_role("button", name="Relire avant").click()
        expect(amina.locator("#connection")).to_contain_text("tout ce que vous avez écrit est encore là")
        with pytest.raises(NetworkError):
            gerard.reload()
        chloes = chloe.context
        chloe.close()
        room.wifis.pop(chloe)
        expect(room.screen.locator("#connection")).to_contain_text("Connexion perdue")
    expect(text).to_have_value(f"{steps.TEXT} Amina")
    expect(amina.locator("#live")).to_contain_text("Brouillon enregistré")
    expect(amina.locator("#connection")).to_be_empty()
    gerard.goto(seat)
    steps.step(gerard, "Importer un fichier")
    room.pages["Chloé"] = chloe = room.carry(chloes.new_page())
    chloe.goto(f"{room.house.address}/rejoindre/{room.code}")
    steps.step(chloe, "Prendre un téléphone")
    expect(room.screen.locator("#connection")).to_be_empty()
