"""The menu: its four words, which of them is lit, and what is behind them for whom."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Mode, Role
from app.clock import utc_now
from app.dashboard import navigation
from app.database.engine import Database
from app.events import service
from app.events.models import Answer
from tests.events.stage import make_event
from tests.factories import SOMEBODY, make_contact, make_space, make_user, sign_in

UNLIT = {"home", "handsets", "holding", "wall", "mailings"}
"""The home is the brand's; the phones belong to the band; the wall has no menu; others only act."""
ENTRIES = (
    *navigation.MAIN,
    navigation.REAL,
    navigation.ALONE,
    *navigation.BEHIND,
    navigation.OWN_PROGRAMME,
    navigation.WORKSHOPS,
)


def lit(page: str) -> list[str]:
    found = re.findall(r'<a [^>]*aria-current="page"[^>]*>(.*?)</a>', page.split("<main", maxsplit=1)[0], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found]


def test_every_page_of_a_space_lights_one_word_of_the_menu(app: Flask) -> None:
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.rule.startswith("/e/<slug>")
    ]
    lights = {
        name: [one.label for one in ENTRIES if name in one.own]
        for name in {rule.endpoint.partition(".")[0] for rule in rules}
    }
    assert {name for name, labels in lights.items() if len(labels) != 1} <= UNLIT
    assert not any(len(labels) > 1 for labels in lights.values())


@pytest.mark.parametrize(
    ("mode", "role", "hidden"),
    [
        (Mode.LIVE, Role.REFERENTE, set()),
        (Mode.LIVE, Role.LECTRICE, {"reglages", "cles", "journal", "en-vrai", "s-entrainer"}),
        (Mode.PRACTICE, Role.REFERENTE, {"en-vrai", "s-entrainer"}),
    ],
)
def test_the_bar_has_four_words_and_the_rest_is_behind_for_those_who_may(
    client: FlaskClient, database: Database, mode: Mode, role: Role, hidden: set[str]
) -> None:
    with database.transaction() as session:
        space = make_space(session, mode=mode)
        sign_in(client, session, make_user(session, space=space, role=role))
    page = client.get(f"/e/{space.slug}/dates").text
    top = page.split("</header>")[0]
    bar, behind = top.split("</nav>")[0], top.split("</nav>")[1]
    assert re.findall(rf"/e/{space.slug}/([a-z-]+)", bar) == ["envoyer", "benevoles", "dates", "reponses"]
    assert lit(page) == ["Missions"]
    wanted = {"equipe", "inscription", "reglages", "cles", "journal", "en-vrai", "s-entrainer"} - hidden
    assert set(re.findall(rf"/e/{space.slug}/([a-z-]+)", behind)) == wanted
    assert lit(client.get(f"/e/{space.slug}/listes").text) == ["Bénévoles"]


def test_the_home_leads_to_the_next_mission_and_says_what_was_answered(client: FlaskClient, database: Database) -> None:
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2))
        later = make_event(session, space, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4))
        coming, declined = (make_contact(session, space) for _each in range(2))
        service.invite(session, event, [coming, declined], by=SOMEBODY, now=now)
        service.answer(session, event.id, coming.id, Answer.COMING, by=SOMEBODY, now=now)
        service.answer(session, event.id, declined.id, Answer.NOT_COMING, by=SOMEBODY, now=now)
        sign_in(client, session, make_user(session, space=space))
    page = client.get(f"/e/{space.slug}/").text.partition("<main")[2]
    assert f"/dates/{event.id}" in page
    assert f"/dates/{later.id}" not in page
    told = " ".join(re.sub(r"<[^>]*>", "", page).split())
    assert "1 vient, 1 ne peut pas, 0 n’a pas répondu." in told, "one sentence"
    assert f'href="/e/{space.slug}/benevoles"' in page, "a figure leads to its people"
