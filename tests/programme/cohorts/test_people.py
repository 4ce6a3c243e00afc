"""The people of an association are contacts of the programme's own space."""

from itertools import count

import pytest

from app.accounts import associations
from app.accounts.models import Space
from app.clock import utc_now
from app.contacts.fields import Card
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from app.errors import NotFound, RuleBroken
from app.programme.cohorts import people
from app.programme.cohorts.models import Function
from tests.factories import SOMEBODY, make_contact

ACT = {"by": SOMEBODY, "now": utc_now()}
NUMBERS = count(1000)


def association(session, name="Les Amis du Quai"):
    return associations.find_or_make(session, name=name, space_id=None, now=utc_now())


def put(session, programme, whose, app, *, function=Function.REFERENT, **card):
    card = Card(**{"phone": f"06 12 34 {next(NUMBERS)}", "first_name": "Odile", "last_name": "Vasseur", **card})
    return people.add(session, programme, whose.id, function=function, card=card, settings=app_settings(app), **ACT)


def app_settings(app):
    return app.extensions["tambour"].runtime.settings


def test_somebody_of_an_association_is_a_contact_of_the_programme_and_is_read_by_function(app, database, programme):
    with database.transaction() as session:
        space, quai = session.get_one(Space, programme.id), association(session)
        put(session, space, quai, app, function=Function.BOARD, first_name="Paul")
        put(session, space, quai, app)
        found = people.of_association(session, quai.id)
    assert [(person.function, contact.first_name) for person, contact in found] == [
        (Function.REFERENT, "Odile"),
        (Function.BOARD, "Paul"),
    ]
    assert {contact.space_id for _person, contact in found} == {programme.id}


def test_one_number_said_twice_is_one_person_with_the_function_said_last(app, database, programme):
    with database.transaction() as session:
        space, quai, pont = session.get_one(Space, programme.id), association(session), association(session, "Le Pont")
        first = put(session, space, quai, app, phone="06 12 34 56 78")
        again = put(session, space, quai, app, phone="+33612345678", function=Function.DIRECTOR)
        elsewhere = put(session, space, pont, app, phone="0612345678")
        assert (first.id, again.function) == (again.id, Function.DIRECTOR)
        assert elsewhere.contact_id == first.contact_id
        assert [one.name for _row, one in people.homes_of(session, first.contact_id)] == ["Les Amis du Quai", "Le Pont"]
        people.take_off(session, association_id=pont.id, person_id=elsewhere.id, was_never=True, space_id=None, **ACT)
        assert [one.name for _row, one in people.homes_of(session, first.contact_id)] == ["Les Amis du Quai"]
        with pytest.raises(NotFound):
            people.take_off(session, association_id=pont.id, person_id=first.id, space_id=None, **ACT)
        assert session.get(Contact, first.contact_id) is not None


def test_a_number_that_cannot_be_is_refused_with_a_sentence(app, database, programme):
    with database.transaction() as session:
        space, quai = session.get_one(Space, programme.id), association(session)
        for phone in ("12", "+1 202 555 0143"):
            with pytest.raises(RuleBroken) as refused:
                put(session, space, quai, app, phone=phone)
            assert refused.value.sentence


def test_two_cards_found_to_be_one_person_stand_once_in_their_association(app, database, programme):
    with database.transaction() as session:
        space, quai = session.get_one(Space, programme.id), association(session)
        mine = put(session, space, quai, app)
        theirs = put(session, space, quai, app, first_name="Odille")
        loser = make_contact(session, space, first_name="Odyle")
        people_before = len(people.of_association(session, quai.id))
        for gone in (theirs.contact_id, loser.id):
            merging.merge(session, space, survivor_id=mine.contact_id, loser_id=gone, moves=MOVES, **ACT)
        assert (people_before, [row[1].id for row in people.of_association(session, quai.id)]) == (2, [mine.contact_id])
