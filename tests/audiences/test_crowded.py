"""Many selections, very large numbers, and two people at one selection."""

import re

from app.accounts.models import Role
from app.audiences import people, segments
from app.audiences.models import Segment
from tests.audiences.test_pages import stamp_of
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in
from tests.together import beside

BY = {"by": SOMEBODY, "now": NOON}
MEMBERS = {"field": "member", "is": "true"}


def test_an_audience_of_late_ids_has_its_figures(database):
    with database.transaction() as session:
        space = make_space(session)
        here = make_list(session, space)
        make_contact(session, space, on=here, id=2**31 - 1)
        audience = {"lists": [here.id]}
        before = people.mark(session, space, audience, now=NOON)
        make_contact(session, space, on=here, id=2**31 - 2)
        assert people.mark(session, space, audience, now=NOON) != before


def test_two_people_who_add_a_line_at_once_lose_neither(database, client):
    with database.transaction() as session:
        space = make_space(session)
        one = segments.make(session, space, name="Adhérents", rule=MEMBERS, **BY)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    where = f"/selections/{one.id}/condition/valeurs"
    words = {"champ": "postcode", "is": "starts_with", "v-starts_with": "80", "joint": "and", "act": "add"}
    words["stamp"] = stamp_of(walker.get(f"{where}?champ=postcode"))
    young = {"all": [MEMBERS, {"field": "age", "is": "under", "value": 35}]}

    def hold(session):
        session.info["one"] = segments.get(session, space.id, one.id, lock=True)

    def add(session):
        segments.edit(session, space, session.info["one"], rule=young, **BY)

    told = beside(database, hold, lambda: walker.post(where, _from="/selections", **words), add)
    assert (told.status_code, "La sélection a changé entre-temps" in told.words) == (409, True)
    with database.snapshot() as session:
        assert session.get_one(Segment, one.id).rule == young


def test_selections_are_shown_and_counted_fifty_a_page(database, client):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, is_member=True)
        for n in range(51):
            name = f"Selection {n:02}"
            session.add(
                Segment(space_id=space.id, name=name, folded=name.lower(), rule=MEMBERS, created_by="", created_at=NOON,
                        updated_at=NOON)
            )  # fmt: skip
        sign_in(client, session, make_user(session, space=space, role=Role.LECTRICE))
    walker = Walker(client, space)
    shown = [walker.get(f"/selections{query}") for query in ("", "?page=2", "?page=999")]
    named = [re.findall(r"<strong>(Selection \d\d)</strong>", page.text) for page in shown]
    assert [len(names) for names in named] == [50, 1, 1]
    assert named[1] == ["Selection 50"]
    assert ["page=2" in shown[0].text, "page=1" in shown[1].text, "page=3" in shown[1].text] == [True, True, False]
