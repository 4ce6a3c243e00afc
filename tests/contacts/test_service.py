"""People: found by any spelling, told apart by number and first name."""

import pytest

from app.accounts.activity import trail
from app.accounts.models import Mode
from app.contacts import lists, service, tags
from app.contacts.models import Contact, Tag
from app.contacts.naming import fold, name_key
from app.errors import Conflict, NotFound, RuleBroken
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_list, make_space

ACT = {"by": SOMEBODY, "now": NOON}
ADD = {"key": FINGERPRINT_KEY, **ACT}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jean-François", "jean francois"), ("ŒUVRARD", "oeuvrard"), ("  Zoë ", "zoe"), ("D’Arc", "d'arc")],
)
def test_case_accents_and_hyphens_do_not_tell_names_apart(one, other):
    assert fold(one) == fold(other)
    assert name_key(one) == name_key(other)


def test_an_added_contact_is_found_by_name_and_number_in_any_form(database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, phone="+33639980042")
        card = {"phone": "06.12.34.56.78", "first_name": "Zoë", "last_name": "Lévêque"}
        added = service.add(session, space, card, **ADD)
        assert (added.phone, added.phone_typed) == ("+33612345678", "06.12.34.56.78")
        for words in ("zoe", "LEVEQUE", "lev zo", "06 12 34", "0612345678", "+33 6 12", "612345678"):
            assert [found.id for found in service.search(session, space.id, words=words).items] == [added.id], words
        assert list(service.search(session, space.id, words="%").items) == [], "signs alone are nobody's name"
        assert [row.verb for row in trail(session, space.id, before_id=None, limit=5)] == ["contact.added"]


def test_paging_meets_everybody_once_in_order(database):
    with database.transaction() as session:
        space = make_space(session)
        for number in range(7):
            make_contact(session, space, last_name="Durand" if number % 2 else "Éluard", first_name=f"P{number // 4}")
        everybody, after = [], None
        while True:
            page = service.search(session, space.id, after=after, limit=2)
            everybody += [(person.sort_key, person.id) for person in page.items]
            if (after := page.next) is None:
                break
        assert everybody == sorted(everybody)
        assert len(set(everybody)) == 7


def test_same_number_and_first_name_is_the_same_person(database):
    with database.transaction() as session:
        space = make_space(session)
        service.add(session, space, {"phone": "0612345678", "first_name": "Jeanne"}, **ADD)
        for again in ({"first_name": "JEANNE", "last_name": "Martin"}, {"first_name": ""}):
            with pytest.raises(Conflict, match="Jeanne est déjà là"):
                service.add(session, space, {"phone": "+33 6 12 34 56 78", **again}, **ADD)
        service.add(session, space, {"phone": "0612345678", "first_name": "Paul"}, **ADD)
        assert service.count(session, space.id) == 2


def test_a_nameless_contact_is_made_whole(database):
    with database.transaction() as session:
        space = make_space(session)
        nameless = service.add(session, space, {"phone": "0612345678", "postcode": "80000"}, **ADD)
        whole = service.add(session, space, {"phone": "0612345678", "first_name": "Jeanne"}, **ADD)
        assert whole.id == nameless.id
        assert (whole.first_name, whole.postcode) == ("Jeanne", "80000")


def test_an_edit_cannot_make_one_person_twice(database):
    with database.transaction() as session:
        space = make_space(session)
        jeanne = make_contact(session, space, first_name="Jeanne")
        paul_id = make_contact(session, space, first_name="Paul", phone=jeanne.phone).id
        space_id = space.id
    with pytest.raises(Conflict), database.transaction() as session:
        paul = service.get(session, space_id, paul_id, lock=True)
        service.edit(session, space, paul, {"first_name": "jeanne"}, **ADD)
    with database.snapshot() as session:
        assert service.get(session, space_id, paul_id).first_name == "Paul"


def test_practice_spaces_refuse_real_numbers(database):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        service.add(session, space, {"phone": "06 39 98 12 34"}, **ADD)
        with pytest.raises(RuleBroken) as refusal:
            service.add(session, space, {"phone": "06 12 34 56 78"}, **ADD)
        assert refusal.value.code == "real_number_in_practice"
        assert "phone" in refusal.value.fields


def test_a_child_needs_a_parents_phone(database):
    with database.transaction() as session:
        space = make_space(session)
        with pytest.raises(RuleBroken) as refusal:
            service.add(session, space, {"phone": "0612345678", "birth_year": 2015}, **ADD)
        assert refusal.value.code == "phone_not_parents"
        session.rollback()
    with database.transaction() as session:
        space = make_space(session)
        card = {"phone": "0612345678", "birth_year": 2015, "phone_is_parents": True}
        assert service.add(session, space, card, **ADD).phone_is_parents


def test_another_space_sees_nobody(database):
    with database.transaction() as session:
        here, there = make_space(session), make_space(session)
        contact = make_contact(session, here)
        drivers = make_list(session, here)
        for look in (
            lambda: service.get(session, there.id, contact.id),
            lambda: lists.get(session, there.id, drivers.id),
        ):
            with pytest.raises(NotFound):
                look()
        assert service.search(session, there.id).items == []


def test_lists_are_counted_and_forgotten_without_their_people(database):
    with database.transaction() as session:
        space = make_space(session)
        drivers = lists.make(session, space.id, name=" Conducteurs ", **ACT)
        lists.make(session, space.id, name="Absents", **ACT)
        people = [make_contact(session, space) for _ in range(3)]
        assert lists.put_on(session, drivers, people, **ACT) == 3
        assert lists.put_on(session, drivers, people, **ACT) == 0
        lists.take_off(session, drivers, people[0], **ACT)
        assert [(one.name, one.people) for one in lists.counted(session, space.id)] == [
            ("Absents", 0),
            ("Conducteurs", 2),
        ]
        assert service.count(session, space.id, list_id=drivers.id) == 2
        assert lists.find_or_make(session, space.id, name="Conducteurs", **ACT).id == drivers.id
        lists.remove(session, drivers, **ACT)
        assert session.query(Contact).count() == 3


@pytest.mark.parametrize("name", ["", "x" * 81, "Conducteurs"])
def test_a_list_needs_a_name_of_its_own(database, name):
    with pytest.raises(RuleBroken), database.transaction() as session:
        space = make_space(session)
        make_list(session, space, name="Conducteurs")
        lists.make(session, space.id, name=name, **ACT)


def test_tags_are_replaced_as_a_whole(database):
    with database.transaction() as session:
        space = make_space(session)
        contact = make_contact(session, space)
        tags.put(session, contact, tags.split("permis B; cuisine, permis B"), **ACT)
        assert tags.of_contacts(session, [contact.id])[contact.id] == ["cuisine", "permis B"]
        assert [found.id for found in service.search(session, space.id, tag="cuisine").items] == [contact.id]
        tags.put(session, contact, ["jardin"], **ACT)
        assert tags.counted(session, space.id) == [("jardin", 1)]


def test_a_new_tag_that_a_file_would_read_as_two_is_refused_and_an_old_one_stays(database):
    with database.transaction() as session:
        space = make_space(session)
        contact = make_contact(session, space)
        session.add(Tag(space_id=space.id, name="permis B, C"))
        session.flush()
        for name in ("cuisine, jardin", "cuisine; jardin", ",cuisine"):
            with pytest.raises(RuleBroken, match="faites-en deux étiquettes"):
                tags.put(session, contact, ["permis B, C", name], **ACT)
        tags.put(session, contact, ["permis B, C"], **ACT)
        assert tags.of_contacts(session, [contact.id])[contact.id] == ["permis B, C"]


def test_removing_somebody_takes_them_off_their_lists(database):
    with database.transaction() as session:
        space = make_space(session)
        drivers = make_list(session, space)
        contact = make_contact(session, space, on=drivers)
        service.remove(session, contact, **ACT)
        assert lists.counted(session, space.id)[0].people == 0
