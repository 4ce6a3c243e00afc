"""Whom the staff may call: the people that an association came with are among them, each once."""

from app.accounts.models import Role, Space
from app.programme.cohorts import calling, members
from app.programme.cohorts.models import Function
from tests.factories import make_space, make_user
from tests.programme.cohorts.test_people import put
from tests.programme.conftest import make_cohort, put_in


def test_the_people_of_an_association_are_among_those_to_call_each_once(app, database, programme):
    with database.transaction() as session:
        here, own = session.get_one(Space, programme.id), make_space(session, name="Les Amis du Quai")
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Amis du Quai")
        assert association.space_id == own.id
        put(session, here, association, app, first_name="Odile", phone="06 12 34 56 12", email="odile@quai.example")
        put(session, here, association, app, first_name="Paul", function=Function.DIRECTOR, phone="06 12 34 56 13")
        put(session, here, association, app, first_name="Rose", function=Function.BOARD, phone="06 12 34 56 14")
        make_user(session, name="Odile Vasseur", email="odile@quai.example", space=own, role=Role.REFERENTE)
        member, _association = members.get(session, cohort.id, association.id)
        found = [(one.name, one.phone, one.email) for one in calling.people(session, member, association)]
    assert found == [
        ("Odile Vasseur", "06 12 34 56 12", "odile@quai.example"),
        ("Paul Vasseur", "06 12 34 56 13", ""),
    ]
