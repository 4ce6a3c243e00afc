"""Inviting: a text each, a page of one's own, an answer, a calendar entry that follows, and the way out."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.accounts.models import Activity, Space
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel, OptOut
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.events import inviting, service
from app.events.models import Answer, Event, EventState, Presence, Registration, Reminder
from app.events.placeholders import USUAL_INVITATION
from app.links.models import Link
from app.messaging.models import Message
from tests.events.stage import confirmed, make_event, planned, tick
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

DAY = timedelta(days=1)
LINK = re.compile(r"/r/\w+")


@pytest.fixture
def dated(database):
    """An event of next week with three people on its list."""
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai", contact_phone="03 22 00 00 00")
        event = make_event(session, space, starts_at=(now + 7 * DAY).replace(microsecond=0))
        people = [make_contact(session, space, phone=f"+3361234560{at}") for at in range(3)]
        service.invite(session, event, people, by=SOMEBODY, now=now)
        return event


@pytest.fixture
def browser(app, database, dated):
    """The référente's."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=session.get_one(Space, dated.space_id), name="Odile"))
    return client


def send(database, settings, dated, body=USUAL_INVITATION):
    with database.transaction() as session:
        event = service.get(session, dated.space_id, dated.id, lock=True)
        space = session.get_one(Space, dated.space_id)
        return inviting.send(session, space, event, body=body, by=SOMEBODY, settings=settings, now=utc_now())


def links(database):
    """Everybody's own, in the order of the messages."""
    with database.snapshot() as session:
        bodies = session.scalars(select(Message.body).order_by(Message.id)).all()
    return [LINK.search(body)[0] for body in bodies]


def answers(database):
    with database.snapshot() as session:
        return session.scalars(select(Registration.answer).order_by(Registration.contact_id)).all()


def calendar(client, link):
    answer = client.get(f"{link}/agenda.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    return entry


def test_each_gets_one_text_that_leads_to_the_page_of_the_date(database, settings, dated, client):
    assert send(database, settings, dated) == 3
    with pytest.raises(RuleBroken) as refusal:
        send(database, settings, dated)
    assert refusal.value.code == "nobody_untold"
    with database.snapshot() as session:
        assert {(one.purpose, one.subject_id) for one in session.scalars(select(Link))} == {("event", dated.id)}
    page = client.get(links(database)[0])
    for words in (
        "Les Amis du Quai",
        "Collecte du samedi",
        "Intermarché de Longueau",
        "Je viens",
        "plus recevoir de SMS",
    ):
        assert words in page.text


def test_a_newcomer_is_invited_and_nobody_twice(database, settings, dated):
    send(database, settings, dated)
    with database.transaction() as session:
        late = make_contact(session, session.get_one(Space, dated.space_id), phone="+33612345609")
        service.invite(session, session.get_one(Event, dated.id), [late], by=SOMEBODY, now=utc_now())
    assert send(database, settings, dated) == 1
    assert len(links(database)) == 4


def test_who_wants_no_text_and_who_has_answered_get_none(database, settings, dated):
    with database.transaction() as session:
        first, second, _third = session.scalars(select(Contact).order_by(Contact.id)).all()
        consent.object_to(
            session, dated.space_id, first.fingerprint,
            channel=Channel.SPOKEN, by=SOMEBODY, now=NOON, contact_id=first.id,
        )  # fmt: skip
        service.answer(session, dated.id, second.id, Answer.COMING, by=SOMEBODY, now=NOON)
    assert send(database, settings, dated) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Venez samedi !", "link_missing"),
        ("", "body_empty"),
        ("Répondez OUI ou {lien}, répondez NON", "reply_to_one_way"),
        ("{lien} {inconnu}", "unknown_field"),
    ],
)
def test_an_invitation_that_nobody_should_send_is_refused(database, settings, dated, body, code):
    with pytest.raises(RuleBroken) as refusal:
        send(database, settings, dated, body)
    assert refusal.value.code == code
    with database.snapshot() as session:
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.HELD])
def test_nobody_is_invited_to_what_is_over(database, settings, dated, state):
    with database.transaction() as session:
        event = service.get(session, dated.space_id, dated.id, lock=True)
        service.set_state(session, event, state, by=SOMEBODY, now=utc_now())
    with pytest.raises(RuleBroken) as refusal:
        send(database, settings, dated)
    assert refusal.value.code == "event_over"


def test_invitations_stay_within_the_months_budget(database, settings, dated):
    with database.transaction() as session:
        session.get_one(Space, dated.space_id).budget_micros = 100_000
    with pytest.raises(RuleBroken) as refusal:
        send(database, settings, dated)
    assert refusal.value.code == "over_monthly_budget"
    assert links(database) == []


def test_two_on_one_phone_cost_one_text(database, settings, dated):
    with database.transaction() as session:
        space, event = session.get_one(Space, dated.space_id), session.get_one(Event, dated.id)
        twin = make_contact(session, space, first_name="Tom", phone="+33612345600")
        service.invite(session, event, [twin], by=SOMEBODY, now=NOON)
        space.budget_micros = 3 * settings.part_price_micros
    assert send(database, settings, dated, "Venez : {lien}") == 3
    with database.snapshot() as session:
        assert None not in session.scalars(select(Registration.mailing_id)).all()


def test_looking_answers_nothing_and_pressing_does_and_may_be_taken_back(database, settings, dated, client):
    send(database, settings, dated)
    mine = links(database)[0]
    for address in (mine, f"{mine}/agenda.ics", f"{mine}/sms"):
        client.get(address)
        client.head(address)
    assert answers(database) == [Answer.INVITED] * 3
    assert "vous venez" in client.post(mine, data={"choice": "coming"}).text
    assert answers(database)[0] is Answer.COMING
    client.post(mine, data={"choice": "not_coming"})
    assert answers(database) == [Answer.NOT_COMING, Answer.INVITED, Answer.INVITED]


def test_the_way_out_stands_behind_the_same_link(database, settings, dated, client):
    send(database, settings, dated)
    mine = links(database)[0]
    assert "Seulement mes missions" in client.get(f"{mine}/sms").text
    assert client.post(mine, data={"choice": "stop"}).status_code == 200
    with database.snapshot() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1
    assert answers(database) == [Answer.INVITED] * 3
    assert client.post(mine, data={"choice": "mistake"}).status_code == 200
    with database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == []
    assert client.post(mine, data={"choice": "all"}).status_code == 422


@pytest.mark.parametrize("word", ["agenda", "agenda.ics.exe", "..", "%00", "é"])
def test_nothing_else_stands_behind_it(database, settings, dated, client, word):
    send(database, settings, dated)
    assert client.get(f"{links(database)[0]}/{word}").status_code in (308, 404)
    assert client.get("/r/aaaaaaaaaaaaaa/agenda.ics").status_code == 404


def test_the_calendar_entry_follows_the_date(database, settings, dated, client):
    send(database, settings, dated)
    mine = links(database)[0]
    first = calendar(client, mine)
    assert first.decoded("dtstart") == dated.starts_at
    assert first["location"] == "Intermarché de Longueau"
    with database.transaction() as session:
        event = service.get(session, dated.space_id, dated.id, lock=True)
        later = event.starts_at + DAY
        service.edit(
            session, event, by=SOMEBODY, now=utc_now() + timedelta(seconds=5), starts_at=later, ends_at=later + DAY
        )
    moved = calendar(client, mine)
    assert moved["uid"] == first["uid"]
    assert moved["sequence"] > first["sequence"]
    assert moved.decoded("dtstart") == dated.starts_at + DAY
    with database.transaction() as session:
        event = service.get(session, dated.space_id, dated.id, lock=True)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=utc_now() + timedelta(seconds=9))
    gone = calendar(client, mine)
    assert (gone["uid"], gone["status"]) == (first["uid"], "CANCELLED")
    assert gone["sequence"] > moved["sequence"]
    page = client.get(mine).text
    assert "annulé" in page
    assert "Je viens" not in page
    assert client.post(mine, data={"choice": "coming"}).status_code == 409


def test_a_title_may_hold_anything(database, settings, dated, client, browser):
    with database.transaction() as session:
        event = service.get(session, dated.space_id, dated.id, lock=True)
        event.title, event.place = "A;B,C\\n<b>\r\nATTENDEE:x", "Rue « 1 »; 2ᵉ"
    send(database, settings, dated)
    entry = calendar(client, links(database)[0])
    assert "attendee" not in entry
    assert "<b>" not in client.get(links(database)[0]).text.replace("&lt;b&gt;", "")


def test_the_page_of_the_date_says_who_comes_and_takes_their_word(browser, database, dated):
    address = f"/e/{address_of(database, dated)}/dates/{dated.id}"
    with database.snapshot() as session:
        ids = session.scalars(select(Contact.id).order_by(Contact.id)).all()
    sent = confirmed(browser, f"{address}/personnes/inviter", {"invitation": USUAL_INVITATION})
    assert sent.status_code == 302
    browser.post(f"{address}/personnes/{ids[0]}/reponse", data={"answer": "coming"})
    browser.post(f"{address}/personnes/{ids[1]}/reponse", data={"answer": "not_coming"})
    assert browser.post(f"{address}/personnes/{ids[1]}/reponse", data={"answer": "x"}).status_code == 422
    page = browser.get(address).text
    assert all(words in page for words in ("Viennent", "Ne peuvent pas", "1 vient", "En attente"))
    browser.post(f"{address}/personnes/{ids[2]}/reponse", data={"answer": "off"})
    assert answers(database) == [Answer.COMING, Answer.NOT_COMING]
    refused = browser.post(f"{address}/personnes/inviter", data={"invitation": "Venez"})
    assert refused.status_code == 422
    assert "Gardez {lien}" in refused.text


def address_of(database, dated):
    with database.snapshot() as session:
        return session.get_one(Space, dated.space_id).slug


def test_a_list_and_chosen_people_are_put_on_a_date_once(browser, database, dated):
    address = f"/e/{address_of(database, dated)}/dates/{dated.id}/personnes"
    with database.transaction() as session:
        space = session.get_one(Space, dated.space_id)
        maraude = make_list(session, space)
        people = [make_contact(session, space, on=maraude) for _ in range(2)]
        alone = make_contact(session, space, first_name="Yasmine")
        stranger = make_contact(session, make_space(session))
    shown = browser.get(f"{address}/listes?lists={maraude.id}").text
    listed = {"lists": maraude.id, "seen": re.search(r'name="seen" value="([^"]+)"', shown)[1]}
    assert browser.post(f"{address}/listes", data=listed).status_code == 302
    assert browser.post(f"{address}/listes", data=listed).status_code == 409
    assert "0 personne de plus" in browser.get(f"{address}/listes?lists={maraude.id}").text.replace("\xa0", " ")
    assert browser.post(f"{address}/listes", data={"lists": "999"}).status_code == 422
    assert "Yasmine" in browser.get(f"{address}/choisir?q=yasm").text
    chosen = {"contact": [str(alone.id), str(people[0].id)]}
    assert browser.post(f"{address}/choisir", data=chosen).status_code == 302
    assert browser.post(f"{address}/choisir", data={"contact": str(stranger.id)}).status_code == 404
    assert len(answers(database)) == 6


def test_a_date_has_its_limit(database, dated, monkeypatch):
    monkeypatch.setattr(service, "MAXIMUM", 4)
    with database.transaction() as session:
        space, event = session.get_one(Space, dated.space_id), session.get_one(Event, dated.id)
        service.invite(session, event, [make_contact(session, space)], by=SOMEBODY, now=NOON)
    with pytest.raises(RuleBroken), database.transaction() as session:
        space, event = session.get_one(Space, dated.space_id), session.get_one(Event, dated.id)
        service.invite(session, event, [make_contact(session, space)], by=SOMEBODY, now=NOON)


def test_who_was_there_is_noted_after_the_day_in_four_states_and_nobody_is_absent_unsaid(browser, database, dated):
    address = f"/e/{address_of(database, dated)}/dates/{dated.id}"
    with database.transaction() as session:
        event = session.get_one(Event, dated.id)
        event.starts_at, event.ends_at = utc_now() - DAY, utc_now() - DAY / 2
        ids = session.scalars(select(Contact.id).order_by(Contact.id)).all()
        session.scalars(select(Registration).order_by(Registration.contact_id)).all()[2].answer = Answer.COMING
    page = browser.get(address).text
    assert "Qui était là" in page
    assert page.count(" checked>") == 3, "nobody is anything yet"
    assert "Noter venu 1 qui a dit oui" in page.replace("\xa0", " ")
    first, second, third = ids
    noted = {f"presence-{first}": "came", f"presence-{second}": "excused", f"presence-{third}": ""}
    browser.post(f"{address}/personnes/presence", data=noted)
    assert presences(database) == [Presence.CAME, Presence.EXCUSED, Presence.UNNOTED]
    browser.post(f"{address}/personnes/presence", data={"all": "came", f"presence-{first}": "absent"})
    assert presences(database) == [Presence.ABSENT, Presence.EXCUSED, Presence.CAME]
    unseen = {f"shown-{second}": "", f"presence-{second}": "", f"presence-{first}": "x", "presence-0": "came"}
    browser.post(f"{address}/personnes/presence", data=unseen)
    assert presences(database) == [Presence.ABSENT, Presence.EXCUSED, Presence.CAME], "another noted it meanwhile"
    with database.snapshot() as session:
        came = session.scalars(select(ContactActivity).where(ContactActivity.times_came > 0))
        assert {one.contact_id: one.times_came for one in came} == {third: 1}
        assert session.scalar(select(Activity.id).where(Activity.verb == "event.attendance"))
    assert browser.get(f"{address}/personnes/feuille").text.count('<th scope="row">') == 3 + 5


def presences(database):
    with database.snapshot() as session:
        rows = session.scalars(select(Registration).order_by(Registration.contact_id))
        return [one.presence for one in rows]


def test_whoever_a_list_reminded_may_answer_too(client, database, settings):
    """Nobody wrote them down before: their answer does."""
    soon = (utc_now() + DAY / 2).replace(microsecond=0)
    _space, event_id, reminder_id = planned(database, people=1, on_list=True, starts_at=soon)
    with database.transaction() as session:
        session.get_one(Reminder, reminder_id).due_at = utc_now() - DAY / 24
    assert tick(database, settings, now=utc_now()) == 1
    assert answers(database) == []
    mine = links(database)[0]
    assert client.get(mine).status_code == 200
    assert client.post(mine, data={"choice": "not_coming"}).status_code == 200
    assert answers(database) == [Answer.NOT_COMING]
    with database.snapshot() as session:
        assert session.scalars(select(Registration.event_id)).all() == [event_id]
