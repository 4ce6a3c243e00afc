"""Two spellings of one name: composed accents or not, capitals, signs without width."""

import pytest
from sqlalchemy import null, select

from app.accounts.models import Role
from app.contacts import lists, service, tags
from app.contacts.models import Contact, ContactList, Tag
from app.contacts.naming import twin_key
from app.errors import RuleBroken
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.together import together

ACT = {"by": SOMEBODY, "now": NOON}
TWINS = [
    "be\u0301ne\u0301voles",
    "B\u00c9N\u00c9VOLES",
    "B\u00e9n\u00e9\u200bvoles",
    "\ufeffb\u00e9n\u00e9\u200dvoles",
    " b\u00e9n\u00e9voles  ",
]


@pytest.fixture
def space(database):
    with database.transaction() as session:
        space = make_space(session, slug="quai")
        lists.make(session, space.id, name="Bénévoles", **ACT)
        return space


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_of_a_list_is_refused_and_an_import_meets_it(database, space, twin):
    with database.transaction() as session, pytest.raises(RuleBroken, match="« Bénévoles »"):
        lists.make(session, space.id, name=twin, **ACT)
    with database.transaction() as session:
        other = lists.make(session, space.id, name="Conducteurs", **ACT)
        with pytest.raises(RuleBroken, match="« Bénévoles »"):
            lists.rename(session, other, name=twin, **ACT)
        assert lists.find_or_make(session, space.id, name=twin, **ACT).name == "Bénévoles"


def test_a_list_changes_its_own_spelling(database, space):
    with database.transaction() as session:
        one = lists.find(session, space.id, "Bénévoles")
        lists.rename(session, one, name="BÉNÉVOLES", **ACT)
        assert (one.name, one.folded) == ("BÉNÉVOLES", "bénévoles")
        lists.rename(session, one, name="Équipe", **ACT)
        assert lists.make(session, space.id, name="Bénévoles", **ACT).id != one.id


def test_what_differs_by_an_accent_is_another_list(database, space):
    with database.transaction() as session:
        assert lists.make(session, space.id, name="Benevoles", **ACT)
    with database.transaction() as session, pytest.raises(RuleBroken):
        lists.make(session, space.id, name="\u200d\u200b", **ACT)


def test_twins_from_before_stay_each_under_its_own_name(database, space):
    with database.transaction() as session:
        old = ContactList(space_id=space.id, name="bénévoles", folded=null(), created_at=NOON)
        session.add(old)
        session.flush()
        assert lists.find(session, space.id, "bénévoles").id == old.id
        assert lists.find(session, space.id, "Bénévoles").id != old.id
        lists.rename(session, old, name="bénévoles", **ACT)
        assert old.folded is None


def test_two_imports_at_once_make_one_list(database, space):
    def make(name):
        with database.transaction() as session:
            return lists.find_or_make(session, space.id, name=name, **ACT).id

    assert len(set(together(lambda: make("Samedi"), lambda: make("SAMEDI")))) == 1


def test_tags_meet_their_twins_on_a_card_and_in_a_file(database, space):
    with database.transaction() as session:
        contact, other = make_contact(session, space), make_contact(session, space)
        tags.put(session, contact, ["Opé", "ope\u0301", "OPÉ"], **ACT)
        tags.put(session, contact, ["opé"], **ACT)
        changed = tags.add(session, space.id, {contact.id: ["OPÉ"], other.id: ["ope\u0301", "Opé"]})
        assert changed == {other.id}
        assert session.scalars(select(Tag.name)).all() == ["Opé"]
        assert dict(tags.of_contacts(session, [contact.id, other.id])) == {contact.id: ["Opé"], other.id: ["Opé"]}
        assert service.count(session, space.id, tag="OPE\u0301") == 2


def test_names_are_kept_with_composed_accents(database, space):
    with database.transaction() as session:
        card = {"phone": "06 39 98 00 01", "first_name": "Zoe\u0301\u200b", "last_name": "Le\u0301ve\u0302que"}
        contact = service.add(session, make_space(session, mode="practice"), card, key=FINGERPRINT_KEY, **ACT)
        kept = session.get_one(Contact, contact.id)
        assert (kept.first_name, kept.last_name) == ("Zoé", "Lévêque")
        assert kept.name_key == "zoe"


def test_the_page_says_whose_twin_it_is(app, database, space):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    answer = client.post("/e/quai/listes", data={"name": "BE\u0301NE\u0301VOLES"})
    assert answer.status_code == 422
    assert "Bénévoles" in answer.text


@pytest.mark.parametrize(("one", "other"), [("❤\ufe0f Soins", "❤ soins"), ("Straße", "STRASSE"), ("Île", "I\u0302LE")])
def test_spellings_of_one_name_share_a_key(one, other):
    assert twin_key(one) == twin_key(other)
    assert len(twin_key("\u0390" * 80)) <= 240
