"""What each role finds on the pages of dates, and whose reminder an address names."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import Role
from app.clock import utc_now
from app.events import reminders
from app.events.models import Reminder
from tests.events.stage import BODY, DAY, make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in


@pytest.fixture
def quai(app, database):
    """The space « quai » with two dates, a reminder each; ``quai(role)`` is a browser there, and their ids."""
    app.config["WTF_CSRF_ENABLED"] = False

    def enter(role):
        with database.transaction() as session:
            space = make_space(session, slug="quai")
            people = make_list(session, space)
            make_contact(session, space, on=people)
            soon = utc_now() + 5 * DAY
            events = [make_event(session, space, title=f"Date {number}", starts_at=soon) for number in range(2)]
            ids = [
                (event.id, reminders.make(
                    session, space, event, before=DAY, body=BODY, list_id=people.id, by=SOMEBODY, now=NOON
                ).id)
                for event in events
            ]  # fmt: skip
            client = app.test_client()
            sign_in(client, session, make_user(session, space=space, role=role))
        return client, ids

    return enter


def test_a_reminder_is_removed_under_its_own_date_alone(database, quai):
    client, [(first, reminder), (second, _other)] = quai(Role.EQUIPIERE)
    assert client.post(f"/e/quai/dates/{second}/rappels/{reminder}/supprimer").status_code == 404
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Reminder)) == 2
    assert client.post(f"/e/quai/dates/{first}/rappels/{reminder}/supprimer").status_code == 302
    with database.snapshot() as session:
        assert session.get(Reminder, reminder) is None


@pytest.mark.parametrize(("role", "is_shown"), [(Role.LECTRICE, False), (Role.EQUIPIERE, True)])
def test_buttons_are_shown_to_who_may_press_them(quai, role, is_shown):
    client, [(first, _reminder), _other] = quai(role)
    page = client.get(f"/e/quai/dates/{first}").text
    assert "Rappels" in page
    for button in ("Supprimer", "Ajouter un rappel", "Déplacer ou modifier"):
        assert (button in page) is is_shown, button
    assert ("Ajouter une mission" in client.get("/e/quai/dates").text) is is_shown
