"""What the pages of people say: who shares a phone, and what their filters do."""

import pytest

from app.accounts.models import Role
from tests.contacts.test_pages import Walker
from tests.factories import make_contact, make_list, make_space, make_user, sign_in


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def test_a_card_says_who_shares_its_phone_before_one_stops_it(walker, database, space):
    with database.transaction() as session:
        sofia, karim = (
            make_contact(session, space, phone="+33639984242", first_name=one) for one in ("Sofia", "Karim")
        )
    card = walker.get(f"/benevoles/{sofia.id}").words
    assert f"Une autre personne a ce téléphone : {karim.name}" in card
    assert f"{karim.name} partage ce téléphone : l'arrêt vaudra aussi pour cette personne." in card


def test_filters_act_by_the_button_that_follows_them_and_at_once_with_scripts(walker, database, space):
    with database.transaction() as session:
        make_contact(session, space, first_name="Zoé", on=make_list(session, space, name="Samedi"))
    page = walker.get("/benevoles").text
    assert 'hx-trigger="change"' in page
    assert page.index('name="liste"') < page.index("Chercher") < page.index('id="found"')
