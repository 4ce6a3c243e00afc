"""Lists and selections put on a date: the figure that was read over is who is invited."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Space
from app.audiences import segments
from app.clock import PARIS, utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts import lists
from app.contacts.models import Contact, ContactList
from app.errors import Conflict, RuleBroken
from app.events import choosing, service
from app.events.models import Event, Registration
from app.messaging.models import Message
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.events.stage import confirmed, make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

HIDDEN = re.compile(r'name="(version|seen)" value="([^"]+)"')
DAY = timedelta(days=1)
BY = {"by": SOMEBODY, "now": NOON}


def test_who_was_ticked_stays_ticked_through_a_search_and_who_refuses_is_marked(database, client):
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=utc_now() + 3 * DAY)
        names = ("Zoé", "Karim", "Inès")
        zoe, karim, ines = (make_contact(session, space, first_name=one, last_name="Petit") for one in names)
        service.invite(session, event, [ines], **BY)
        consent.object_to(session, space.id, karim.fingerprint, channel=Channel.SPOKEN, **BY)
        sign_in(client, session, make_user(session, space=space))
    walker, path = Walker(client, space), f"/dates/{event.id}/personnes/choisir"
    ticked = {"q": "Karim", "contact": [zoe.id, ines.id]}
    page = walker.get(path, query_string=ticked)
    boxes = re.findall(r'name="contact" value="(\d+)"( checked)?', page.text)
    assert boxes == [(str(zoe.id), " checked"), (str(karim.id), "")]
    assert "1 personne déjà cochée" in page.words
    assert re.search(r"Karim Petit [\d ]+, ne veut plus de SMS", page.words)
    assert "csrf_token" not in re.sub(r"<button.*?</button>", "", page.text, flags=re.DOTALL).partition("<main")[2]
    added = walker.post(path, _from=path, contact=[zoe.id, karim.id])
    assert "2 personnes ajoutées" in added.words
    assert re.search(r"Karim Petit ne veut plus de SMS", added.words)
    assert added.words.count("Pas encore invité") == 2, "Zoé and Inès"
    review = walker.get(f"/dates/{event.id}/personnes/inviter").words
    assert ("2 personnes ont un numéro inventé" in review, "4 points restent à faire" in review) == (True, True)


@pytest.fixture
def dated(database):
    """A date with Ada on its list, and a list: Ada, Léa and Tom on one phone, Max who said no, Ugo who is 14."""
    now = utc_now().replace(microsecond=0)
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=now + 7 * DAY)
        samedi = make_list(session, space, name="Samedi")
        ada = make_contact(session, space, on=samedi, first_name="Ada", phone="+33612345601")
        for name in ("Léa", "Tom"):
            make_contact(session, space, on=samedi, first_name=name, phone="+33612345602")
        born = now.astimezone(PARIS).year - 14
        make_contact(session, space, on=samedi, first_name="Ugo", phone="+33612345603", birth_year=born)
        silent = make_contact(session, space, on=samedi, first_name="Max", phone="+33612345604")
        make_contact(session, space, first_name="Bea", phone="+33612345605")
        consent.object_to(session, space.id, silent.fingerprint, channel=Channel.SPOKEN, contact_id=silent.id, **BY)
        service.invite(session, event, [ada], **BY)
        rule = {"field": "first_name", "is": "starts_with", "value": "B"}
        segment = segments.make(session, space, name="En B", rule=rule, **BY)
        return space.id, event.id, samedi.id, segment.id


def act(database, dated, what, **words):
    with database.transaction() as session:
        space, event = session.get_one(Space, dated[0]), session.get_one(Event, dated[1])
        asked = {"lists": [dated[2]], "segments": [dated[3]]}
        return what(session, space, event, asked, now=utc_now(), **words)


def read(database, dated):
    return act(database, dated, choosing.read)


def read_id(session, name):
    return session.scalars(select(Contact.id).where(Contact.first_name == name)).one()


def there(database, dated):
    with database.snapshot() as session:
        query = select(Contact.first_name).join(Registration, Registration.contact_id == Contact.id)
        return sorted(session.scalars(query.where(Registration.event_id == dated[1])))


def test_the_figure_says_who_is_left_out_and_why_and_adds_up(database, dated):
    choice = read(database, dated)
    assert (choice.found, choice.already, choice.sharing, len(choice.new)) == (6, 1, 1, 3)
    assert choice.left_out == {"under_15": 1, "opted_out": 1}
    assert choice.already + sum(choice.left_out.values()) + len(choice.new) == choice.found
    assert choice.sentence.replace("\xa0", " ").startswith("À la liste « Samedi » et à la sélection « En B »")
    assert len(act(database, dated, choosing.put_on, word=choice.word, by=SOMEBODY)) == 3
    assert there(database, dated) == ["Ada", "Bea", "Léa", "Tom"]


@pytest.mark.parametrize("word", ["", "x.y", "0.eJw="])
def test_nobody_is_invited_unseen(database, dated, word):
    with pytest.raises(Conflict) as refusal:
        act(database, dated, choosing.put_on, word=word, by=SOMEBODY)
    assert refusal.value.code == "people_changed"
    assert there(database, dated) == ["Ada"]


def test_who_came_and_left_since_is_said_and_nobody_invited(database, dated):
    choice = read(database, dated)
    with database.transaction() as session:
        space, samedi = session.get_one(Space, dated[0]), session.get_one(ContactList, dated[2])
        for at in (6, 7):
            make_contact(session, space, on=samedi, first_name="Neuf", phone=f"+3361234560{at}")
        lists.take_off(session, samedi, session.scalars(select(Contact).where(Contact.first_name == "Tom")).one(), **BY)
    with pytest.raises(Conflict) as refusal:
        act(database, dated, choosing.put_on, word=choice.word, by=SOMEBODY)
    assert refusal.value.sentence.startswith("+2, −1 depuis votre relecture")
    assert there(database, dated) == ["Ada"]


def test_another_rule_for_the_same_people_is_said_too(database, dated):
    choice = read(database, dated)
    with database.transaction() as session:
        space = session.get_one(Space, dated[0])
        one = segments.get(session, space.id, dated[3])
        segments.edit(session, space, one, rule={"field": "first_name", "is": "equals", "value": "Bea"}, **BY)
    with pytest.raises(Conflict) as refusal:
        act(database, dated, choosing.put_on, word=choice.word, by=SOMEBODY)
    assert "a changé" in refusal.value.sentence


def test_a_broken_selection_cannot_be_chosen_nor_more_people_than_a_date_takes(database, dated, monkeypatch):
    with database.transaction() as session:
        space = session.get_one(Space, dated[0])
        one, tag = segments.get(session, space.id, dated[3]), make_list(session, space, name="Autre")
        segments.edit(session, space, one, rule={"field": "lists", "is": "has", "value": "Autre"}, **BY)
        event = session.get_one(Event, dated[1])
        asked = {"lists": [dated[2]], "segments": []}
        with monkeypatch.context() as patch, pytest.raises(RuleBroken) as refusal:
            patch.setattr(service, "MAXIMUM", 1)
            choosing.read(session, space, event, asked, now=NOON)
        assert refusal.value.code == "event_full"
        with pytest.raises(RuleBroken) as refusal:
            choosing.read(session, space, event, {"lists": [], "segments": []}, now=NOON)
        assert refusal.value.code == "audience_empty"
        lists.remove(session, tag, **BY)
    with pytest.raises(RuleBroken) as refusal:
        read(database, dated)
    assert refusal.value.code == "segment_broken"


def test_the_page_reads_over_then_invites_and_two_on_one_phone_get_one_text(app, runtime, database, dated):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = session.get_one(Space, dated[0])
        sign_in(client, session, make_user(session, space=space))
    date = f"/e/{space.slug}/dates/{dated[1]}"
    page = f"{date}/personnes/listes"
    assert "Choisir des listes et des sélections" in client.get(date).text
    assert "En B" in client.get(page).text
    asked = {"lists": [str(dated[2])], "segments": [str(dated[3])]}
    shown = client.get(page, query_string=asked).text
    assert "3 personnes de plus sur la liste" in shown.replace("\xa0", " ")
    assert client.get(page, query_string={"segments": "99999"}).status_code == 422
    word = read(database, dated).word
    assert word in shown
    unseen = client.post(page, data={**asked, "seen": ""})
    assert unseen.status_code == 409
    assert "Ce choix a changé" in unseen.text
    assert client.post(page, data={**asked, "seen": word}).location.endswith("#gens")
    words = {"invitation": "Venez : {lien}"}
    words |= dict(HIDDEN.findall(client.post(f"{date}/personnes/inviter", data=words).text))
    with database.transaction() as session:
        service.take_off(session, session.get_one(Event, dated[1]), read_id(session, "Ada"), **BY)
    refused = client.post(f"{date}/personnes/inviter", data=words)
    assert refused.status_code == 409
    assert "+0, −1 depuis votre relecture" in refused.text.replace("\xa0", " ")
    assert "Venez : {lien}" in refused.text
    assert confirmed(client, f"{date}/personnes/inviter", {"invitation": "Venez : {lien}"}).status_code == 302
    with database.snapshot() as session:
        invited = session.scalars(select(Registration.mailing_id).where(Registration.event_id == dated[1])).all()
        told = session.scalars(select(Activity.detail).where(Activity.verb == "event.told")).one()
        texts = session.scalars(select(Message.phone).where(Message.status == Status.QUEUED)).all()
    assert told == {"people": 2}, "the journal counts texts"
    assert len(invited) == 3
    assert None not in invited
    assert sorted(texts) == ["+33612345602", "+33612345605"]
