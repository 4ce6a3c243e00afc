"""On a phone no page of fifty rows is longer than six screens, and what may be done with a row is in its menu."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Membership, Mode, Role, Space, User
from app.accounts.principal import USER, Principal
from app.campaigns.rules import Stage
from app.cli import sign_ins
from app.clock import utc_now
from app.contacts import tags
from app.contacts.models import Contact, ContactList
from app.database.engine import Database
from app.database.ids import MessageId
from app.events import acts as event_acts
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, MailingState, Reply
from app.messaging.status import Status
from tests.browser.conftest import ONE_WORKER, PATIENCE_MS, House
from tests.factories import make_campaign, make_contact, make_list, make_mailing, make_message, make_space

pytestmark = ONE_WORKER

ROWS = 50
SLUG = "cinquante"
SCREEN_PX = 844
SIX_SCREENS_PX = 6 * SCREEN_PX
SAID = (
    "Oui, je viens",
    "Je ne peux pas samedi, désolée, une autre fois avec plaisir",
    "À quelle heure faut-il venir ?",
)
ON_TOP = """one => {
  const box = one.getBoundingClientRect();
  const at = (x) => document.elementFromPoint(box.left + x * box.width, box.top + box.height / 2);
  return [0.1, 0.9].every((x) => one.contains(at(x)));
}"""
"""Whether both ends of an element can be pressed."""
BY = Principal(USER, 1, "Odile Vasseur")
FATES = (Status.DELIVERED, Status.UNDELIVERED, Status.SENT, Status.QUEUED)


@pytest.fixture(scope="module")
def database(house: House) -> Database:
    return Database(f"sqlite:///{house.data_dir / 'tambour.sqlite3'}")


@pytest.fixture(scope="module")
def pages(house: House, database: Database) -> dict[str, str]:
    """The pages of fifty rows of a space of their own, {what they list: their path}."""
    with database.transaction() as session:
        return fill(session, sign_ins.read(house.data_dir))


def fill(session: Session, signed: Sequence[sign_ins.SignIn]) -> dict[str, str]:
    space = make_space(session, slug=SLUG, mode=Mode.PRACTICE, hours_hold=False)
    email = next(one.email for one in signed if one.who == "Référente")
    user = session.scalars(select(User).where(User.email == email)).one()
    session.add(Membership(space_id=space.id, user_id=user.id, role=Role.REFERENTE, created_at=utc_now()))
    listed = make_list(session, space, name="Cinquante bénévoles")
    people = [_person(session, space, listed, at) for at in range(ROWS)]
    event = _event(session, space, "Distribution de Noël", days=40)
    for at, person in enumerate(people):
        answer = list(Answer)[at % 3]
        words = {"space_id": space.id, "event_id": event.id, "contact_id": person.id, "answer": answer}
        session.add(Registration(created_at=utc_now(), **words))
        _event(session, space, f"Maraude du jeudi {at}", days=3 + at)
        _event(session, space, f"Maraude passée {at}", days=-3 - at)
        activity.record(session, space.id, event_acts.EDITED, by=BY, now=utc_now(), subject_id=event.id)
        _reply(session, space, person, at)
        _about(session, event, list(About)[at % 3], _sent(session, space, [person]))
    followed = _sent(session, space, people, state=MailingState.PAUSED)
    words = {"stage": Stage.PAUSED, "mailing_id": followed.id, "send_at": utc_now()}
    campaign = make_campaign(session, space, name="Cinquante", **words)
    for at in range(4):
        make_campaign(session, space, name=f"Brouillon {at}")
    told = _sent(session, space, people)
    _about(session, event, About.NEWS, told)
    return {
        "volunteers": f"benevoles?liste={listed.id}",
        "a list": f"listes/{listed.id}",
        "everything sent": "envoyer",
        "a campaign": f"envoyer/{campaign.id}",
        "what did not arrive": f"envoyer/{campaign.id}?etat=pas-arrives",
        "news of a mission": f"envois/{told.id}",
        "replies": "reponses",
        "missions": "dates",
        "past missions": "dates?quand=passees",
        "a mission": f"dates/{event.id}",
        "choosing for a mission": f"dates/{event.id}/personnes/choisir",
        "choosing for a list": f"listes/{listed.id}/ajouter",
        "journal": "journal",
    }


def _person(session: Session, space: Space, listed: ContactList, at: int) -> Contact:
    person = make_contact(session, space, on=listed, first_name="Jeanne-Marie", last_name=f"Delattre {at}")
    tags.put(session, person, ["permis B", "samedi matin"], by=BY, now=utc_now())
    return person


def _event(session: Session, space: Space, title: str, *, days: int) -> Event:
    starts_at = utc_now() + timedelta(days=days)
    words = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "place": "Halle du Pont"}
    event = Event(space_id=space.id, title=title, state=EventState.OPEN, **words)
    event.created_at = event.updated_at = utc_now()
    session.add(event)
    session.flush()
    return event


def _about(session: Session, event: Event, about: About, mailing: Mailing) -> None:
    session.add(EventMailing(space_id=event.space_id, event_id=event.id, mailing_id=mailing.id, about=about))


def _reply(session: Session, space: Space, person: Contact, at: int) -> None:
    words = {"account_sid": "ACx", "carrier_sid": f"SM-lengths-{at}", "phone": person.phone, "at": utc_now()}
    session.add(Reply(space_id=space.id, contact_id=person.id, body=SAID[at % len(SAID)], **words))


def _sent(session: Session, space: Space, people: list[Contact], state: MailingState = MailingState.CLOSED) -> Mailing:
    now = utc_now()
    mailing = make_mailing(session, space, created_at=now, served_at=now, state=state)
    for at, person in enumerate(people):
        status = FATES[at % len(FATES)] if state is MailingState.PAUSED else Status.DELIVERED
        code = 30005 if status is Status.UNDELIVERED else None
        words = {"contact_id": person.id, "is_personal": True, "status": status, "error_code": code}
        make_message(session, mailing, phone=person.phone, **words)
    return mailing


@pytest.fixture
def phone(house: House, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": SCREEN_PX}, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    house.sign_in(page, "Référente")
    yield page
    context.close()


def test_no_page_of_fifty_rows_is_longer_than_six_screens(house: House, pages: dict[str, str], phone: Page) -> None:
    measured = {}
    for name, path in pages.items():
        phone.goto(f"{house.address}/e/{SLUG}/{path}")
        measured[name] = phone.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert {name: px for name, px in measured.items() if px[0] > SIX_SCREENS_PX or px[1] > 390} == {}


def test_no_page_that_the_programme_s_staff_opens_each_week_is_longer_either(house: House, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": SCREEN_PX}, locale="fr-FR")
    page = context.new_page()
    house.sign_in(page, "Programme")
    measured = {}
    for path in ("/programme", "/programme/impact", "/programme/impact?cohorte=toutes"):
        page.goto(f"{house.address}{path}")
        measured[path] = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        if path == "/programme":
            expect(page.locator(".todo .late").first, "what is late is not folded away").to_be_visible()
    context.close()
    assert {path: px for path, px in measured.items() if px[0] > SIX_SCREENS_PX or px[1] > 390} == {}


SIZE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
LINES = """() => [...document.querySelectorAll(".filters")].map((group) => {
  const tops = [...group.querySelectorAll(".filter")].map((one) => Math.round(one.getBoundingClientRect().top));
  return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
})"""
"""How many filters stand on each line of each group."""


def test_no_filter_stands_alone_below_a_line_of_others(house: House, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    page = context.new_page()
    house.sign_in(page, "Programme")
    alone = []
    for path in ("/outils", "/programme/candidatures"):
        for width in (1280, 1024, 820):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{house.address}{path}")
            lines = page.evaluate(LINES)
            assert sum(map(sum, lines)) > 6
            alone += [(path, width, group) for group in lines if len(group) > 1 and group[-1] == 1]
    context.close()
    assert alone == []


def test_the_results_of_a_year_fit_every_window_and_a_workshop_takes_half_a_screen_of_a_phone(
    house: House, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": SCREEN_PX}, locale="fr-FR")
    page = context.new_page()
    house.sign_in(page, "Formatrice")
    page.goto(f"{house.address}/ateliers/resultats")
    wide = {}
    for width in (1280, 1024, 768, 390):
        page.set_viewport_size({"width": width, "height": SCREEN_PX})
        page.wait_for_function("width => window.innerWidth === width", arg=width)
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    rows = page.locator("table tbody tr")
    tall = rows.evaluate_all("rows => rows.map(row => row.offsetHeight)")
    context.close()
    assert {width: px for width, px in wide.items() if px > width} == {}
    assert [px for px in tall if px > SCREEN_PX / 2] == []


def test_a_menu_of_a_row_closes_by_escape_is_never_clipped_and_stays_open_when_its_part_refreshes(
    house: House, database: Database, pages: dict[str, str], phone: Page
) -> None:
    phone.goto(f"{house.address}/e/{SLUG}/{pages['a campaign']}")
    for at in (0, ROWS - 1):
        row = phone.locator("#progress tbody tr").nth(at)
        dots = row.locator(".row-menu > summary")
        dots.press("Enter")
        last = row.locator(".drop-panel a").last
        last.scroll_into_view_if_needed()
        assert last.evaluate(ON_TOP), "the last line of the menu is covered, or cut"
        last.focus()
        phone.keyboard.press("Escape")
        expect(row.locator(".row-menu")).not_to_have_attribute("open", "")
        expect(dots).to_be_focused()
    row = phone.locator("#progress tbody tr", has_text="En route").first
    row_id = row.get_attribute("id") or ""
    row.locator(".row-menu > summary").press("Enter")
    with database.transaction() as session:
        message_id = MessageId(int(row_id.removeprefix("letter-")))
        apply_changes(session, {message_id: StatusChange(Status.DELIVERED)}, now=utc_now())
    row = phone.locator(f"#{row_id}")
    expect(row).to_contain_text("Arrivé")
    expect(row.locator(".row-menu")).to_have_attribute("open", "")
    expect(row.locator(".row-menu > summary")).to_be_focused()
    phone.goto(f"{house.address}/e/{SLUG}/{pages['a list']}")
    menus = phone.locator("tbody .row-menu")
    menus.nth(0).locator("summary").press("Enter")
    menus.nth(4).locator("summary").press("Enter")
    assert phone.locator(".row-menu[open]").count() == 1, "one menu at a time"


def test_what_only_a_script_makes_true_is_not_said_without_it(house: House, browser: Browser) -> None:
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts, locale="fr-FR")
        page = context.new_page()
        house.sign_in(page, "Référente")
        page.goto(f"{house.address}/e/{SLUG}/envoyer")
        page.get_by_role("button", name="Écrire un SMS").click()
        expect(page.get_by_text("au fur et à mesure")).to_be_visible(visible=scripts)
        expect(page.locator("#live noscript")).to_be_visible(visible=not scripts)
        context.close()
