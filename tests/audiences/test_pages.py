"""Selections as a référente walks through their pages."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.audiences import segments
from app.consent.models import Channel, OptOut
from app.contacts.models import ContactList, ContactTag, Tag
from tests.contacts.test_pages import Walker, plain
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

BY = {"by": SOMEBODY, "now": NOON}


@pytest.fixture
def space(database):
    """Seven people: on « Samedi », with « permis B », young or old; two share a phone, one said stop."""
    with database.transaction() as session:
        space = make_space(session)
        saturday = make_list(session, space, name="Samedi")
        tag = Tag(space_id=space.id, name="permis B")
        session.add(tag)
        session.flush()
        zoe = make_contact(session, space, on=saturday, first_name="Zoé", last_name="Lefèvre", birth_year=2000)
        make_contact(session, space, on=saturday, first_name="Luc", last_name="Roy", birth_year=1960)
        ada = make_contact(session, space, first_name="Ada", last_name="Petit", birth_year=1999, postcode="80000")
        make_contact(session, space, on=saturday, first_name="Bea", last_name="Roy", birth_year=2001, phone=zoe.phone)
        stop = make_contact(session, space, on=saturday, first_name="Ida", last_name="Stop", birth_year=1998)
        session.add(ContactTag(tag_id=tag.id, contact_id=ada.id))
        session.add(
            OptOut(space_id=space.id, fingerprint=stop.fingerprint, only_missions=False, at=NOON, channel=Channel.SMS)
        )
        return space


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def kept(database, space):
    with database.snapshot() as session:
        return {one.name: one for one in segments.every(session, space.id)}


def stamp_of(page):
    return re.search(r'name="stamp" value="([^"]*)"', page.text)[1]


def test_those_that_are_ready_are_only_what_the_space_can_say(walker, database, space):
    page = walker.get("/selections")
    assert "Moins de 35 ans Bénévoles de moins de 35 ans 4 personnes" in page.words
    assert "Conducteurs Bénévoles avec l'étiquette « permis B » 1 personne" in page.words
    taken = walker.post(
        "/selections", _from="/selections", phrase="Bénévoles de moins de 35 ans", name="Moins de 35 ans"
    )
    assert "La sélection « Moins de 35 ans » est prête." in taken.words
    again = walker.post(
        "/selections", _from="/selections", phrase="Bénévoles de moins de 35 ans", name="Moins de 35 ans"
    )
    assert "La sélection « Moins de 35 ans (2) » est prête." in again.words
    assert "Les vôtres" in walker.get("/selections").words


def test_a_typed_sentence_is_shown_as_it_was_understood_before_it_is_used(walker, database, space):
    page = walker.get("/selections?phrase=moins+de+35+ans+et+permis+B")
    assert "Bénévoles de moins de 35 ans, avec l'étiquette « permis B » 1 personne" in page.words
    assert kept(database, space) == {}
    unread = walker.get("/selections?phrase=qui+aiment+les+chats")
    assert unread.status_code == 422
    assert "Nous ne comprenons pas « qui aiment les chats »" in unread.words
    assert 'value="qui aiment les chats"' in unread.text


def test_the_figure_adds_up_and_somebody_is_told_line_by_line(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans, de la liste Samedi", name="Jeunes")
    address = f"/selections/{kept(database, space)['Jeunes'].id}"
    page = walker.get(address)
    assert "1 personne recevra un SMS Après la ligne 2 3" in page.words
    assert "ne veut plus de SMS − 1" in page.words
    assert "partage un téléphone qui reçoit déjà ce SMS − 1" in page.words
    assert "Recevront un SMS 1" in page.words
    for name, said in (
        ("Luc", "Luc Roy n'y est pas non 1. de moins de 35 ans oui 2. de la liste « Samedi »"),
        ("Ida", "Ida Stop y est, mais ne recevra rien : ne veut plus de SMS"),
        ("Zoé", "Zoé Lefèvre y est oui"),
        ("Personne", "Personne ne porte ce nom"),
    ):
        page = walker.get(f"{address}?q={name}")
        text = re.sub(r'<svg[^>]*aria-label="([^"]*)"', r" \1 <svg", page.text)
        assert said in plain(text).replace("« ", "« "), name


def test_a_condition_takes_two_pages_and_keeps_what_was_typed(walker, database, space):
    first = walker.get("/selections/condition")
    assert "qui ils sont" in first.words.lower()
    page = walker.get("/selections/condition/valeurs?champ=age")
    assert "Complétez la phrase" in page.words
    where = "/selections/condition/valeurs"
    words = {"champ": "age", "stamp": "", "is": "under"}
    wrong = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "beaucoup"}, act="add")
    assert wrong.status_code == 422
    assert "Écrivez un nombre." in wrong.words
    assert 'value="beaucoup"' in wrong.text
    counted = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="count")
    assert "4 personnes Bénévoles de moins de 35 ans." in counted.words
    assert kept(database, space) == {}
    back = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="back")
    assert re.search(r'name="v-under" value="35"', back.text)
    made = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="add")
    assert "Bénévoles de moins de 35 ans." in made.words
    one = kept(database, space)["Bénévoles de moins de 35 ans"]
    assert one.rule == {"field": "age", "is": "under", "value": 35}


def test_lines_are_added_beside_changed_and_taken_out(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans", name="Jeunes")
    one = kept(database, space)["Jeunes"]
    where = f"/selections/{one.id}/condition/valeurs"
    tag = one_of(database, Tag)
    for words in (
        {"champ": "tags", "is": "has", "v-has": str(tag), "where": "1"},
        {"champ": "postcode", "is": "starts_with", "v-starts_with": "80", "joint": "and"},
        {"champ": "lists", "is": "has", "v-has": str(one_of_list(database)), "joint": "except"},
    ):
        page = walker.get(f"{where}?champ={words['champ']}")
        walker.post(where, _from="/selections", stamp=stamp_of(page), act="add", **words)
    told = walker.get(f"/selections/{one.id}").words
    assert (
        "Bénévoles de moins de 35 ans ou avec l'étiquette « permis B », dont « code postal » commence par « 80 », "
        "sauf ceux de la liste « Samedi »."
    ) in told
    page = walker.get(f"{where}?ligne=2")
    assert 'value="80"' in page.text
    walker.post(where, _from="/selections", stamp=stamp_of(page), act="add", ligne="2", choix="0", champ="postcode",
                **{"is": "starts_with", "v-starts_with": "75"})  # fmt: skip
    assert "commence par « 75 »" in walker.get(f"/selections/{one.id}").words
    stale = walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne="1")
    assert stale.status_code == 409
    assert "La sélection a changé entre-temps" in stale.words
    for line in ("3", "2", "2"):
        page = walker.get(f"/selections/{one.id}")
        walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne=line)
    assert kept(database, space)["Jeunes"].rule == {"field": "age", "is": "under", "value": 35}
    page = walker.get(f"/selections/{one.id}")
    last = walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne="1")
    assert "Il faut au moins une ligne" in last.words


def one_of(database, table):
    with database.snapshot() as session:
        return session.scalars(select(table.id).order_by(table.id)).first()


def one_of_list(database):
    return one_of(database, ContactList)
