"""A change of many undone after somebody decided otherwise: what was decided since stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.contacts import lists, tags
from app.contacts.bulk import choosing, retention
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import BulkEditRow, Change
from app.contacts.bulk.service import Undone, Words
from app.contacts.importing import uploads
from app.contacts.merging import service as merging
from app.contacts.models import ContactTag, ListMember
from app.dashboard.merges import MOVES
from jobs.importing import run_imports
from jobs.retention import forget_the_old
from tests.contacts.sheets import CONSENT, sheet, start
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space

LONG_AGO = -24 * 365 * 20
"""Before the real hour at which jobs finish a file."""


def at(hours):
    return {"by": SOMEBODY, "now": NOON + timedelta(hours=hours)}


def apply(session, space, change, hours, *people, **words):
    choice = Choice(ids=[one.id for one in people])
    etag = choosing.look(session, space.id, choice).etag
    words = Words(**words)
    return bulk.apply(session, space, choice, change, etag=etag, words=words, take_back=lambda *_: None, **at(hours))


def members(session, one):
    return set(session.scalars(select(ListMember.contact_id).where(ListMember.list_id == one.id)))


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


def test_people_taken_off_again_by_hand_stay_off_and_a_departure_from_before_comes_back_with_its_hour(session):
    space = make_space(session)
    here = make_list(session, space)
    back, gone, there, merged, into = (make_contact(session, space, on=here) for _ in "12345")
    everybody = (back, gone, there, merged)
    first = apply(session, space, Change.TAKE_OFF, 1, *everybody, list_id=here.id)
    lists.put_on(session, here, [gone, there], **at(2))
    lists.take_off(session, here, gone, **at(3))
    merging.merge(session, space, survivor_id=into.id, loser_id=merged.id, moves=MOVES, **at(3))
    second = apply(session, space, Change.PUT_ON, 4, back, gone, list_id=here.id)
    assert bulk.undo(session, second, **at(5)) == Undone(2)
    left = lists.departures(session, here.id, [one.id for one in everybody])
    assert left == {back.id: NOON + timedelta(hours=1), gone.id: NOON + timedelta(hours=3)}
    assert bulk.undo(session, first, **at(6)) == Undone(1, (gone.id, there.id, merged.id))
    assert members(session, here) == {back.id, there.id, into.id}, "no husk of a merged card"
    assert lists.departed(session, here.id, [one.id for one in everybody]) == {gone.id}


def test_people_put_on_again_since_stay_on_whoever_said_so(session):
    space = make_space(session)
    here = make_list(session, space)
    off, by_hand, by_change, merged, into = (make_contact(session, space) for _ in "12345")
    first = apply(session, space, Change.PUT_ON, 1, off, by_hand, by_change, merged, list_id=here.id)
    lists.take_off(session, here, by_hand, **at(2))
    lists.put_on(session, here, [by_hand], **at(3))
    apply(session, space, Change.TAKE_OFF, 4, by_change, list_id=here.id)
    apply(session, space, Change.PUT_ON, 5, by_change, list_id=here.id)
    merging.merge(session, space, survivor_id=into.id, loser_id=merged.id, moves=MOVES, **at(5))
    assert bulk.undo(session, first, **at(6)) == Undone(1, (by_hand.id, by_change.id, merged.id))
    assert members(session, here) == {by_hand.id, by_change.id, into.id}


def test_a_tag_given_by_a_later_change_stays_until_that_one_is_undone(session):
    space = make_space(session)
    one = make_contact(session, space)
    first = apply(session, space, Change.TAG, 1, one, tag="permis B")
    tags.put(session, one, [], **at(2))
    second = apply(session, space, Change.TAG, 3, one, tag="permis B")
    assert bulk.undo(session, first, **at(4)) == Undone(0, (one.id,))
    assert session.scalars(select(ContactTag.contact_id)).all() == [one.id]
    assert bulk.undo(session, second, **at(5)) == Undone(1)


def test_a_tag_turned_by_hand_since_is_as_they_said_and_another_tag_beside_it_changes_nothing(session):
    space = make_space(session)
    again, beside, without = (make_contact(session, space) for _ in "123")
    given = apply(session, space, Change.TAG, 1, again, beside, tag="permis B")
    tags.put(session, again, [], **at(2))
    tags.put(session, again, ["permis B"], **at(3))
    tags.put(session, beside, ["permis B", "cuisine"], **at(3))
    tags.put(session, without, ["permis B"], **at(3))
    taken = apply(session, space, Change.UNTAG, 4, without, tag="permis B")
    tags.put(session, without, ["permis B"], **at(5))
    tags.put(session, without, [], **at(6))
    assert bulk.undo(session, taken, **at(7)) == Undone(0, (without.id,))
    assert bulk.undo(session, given, **at(7)) == Undone(1, (again.id,))
    worn = tags.of_contacts(session, [again.id, beside.id, without.id])
    assert worn == {again.id: ["permis B"], beside.id: ["cuisine"], without.id: []}


def test_what_cards_said_before_is_forgotten_once_it_cannot_be_put_back(runtime, database):
    late = NOON + bulk.UNDO_WITHIN
    before = select(BulkEditRow.before).order_by(BulkEditRow.edit_id)
    with database.transaction() as session:
        space = make_space(session)
        people = [make_contact(session, space, town="Lyon", postcode="69001") for _ in "12"]
        done = apply(session, space, Change.NOTE, 0, *people, field="town", value="Amiens")
        turns = [(late - timedelta(seconds=1), 9), (late, 1), (late, 9), (late, 9)]
        assert [retention.forget_values(session, now=now, limit=limit) for now, limit in turns] == [0, 1, 1, 0]
        session.expire_all()
        assert (done.value, done.shown, bulk.changed(session, done)) == (None, "Amiens", 2)
        apply(session, space, Change.FORGET, LONG_AGO, *people, field="postcode")
        assert session.scalars(before).all() == [None, None, "69001", "69001"]
    forget_the_old(runtime)
    with database.snapshot() as session:
        assert session.scalars(before).all() == [None] * 4


def test_a_list_made_like_a_file_since_stays_like_it(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        here = make_list(session, space, name="Samedi")
        lea = make_contact(session, space, first_name="Léa", phone="+33639980001")
        done = apply(session, space, Change.PUT_ON, LONG_AGO, lea, list_id=here.id)
        file = start(session, space, sheet(["Léa;06 39 98 00 01"], "Prénom;Portable"), confirmed=False)
        words = {"mapping": uploads.mapping_of(file), "list_name": "samedi", "is_whole_list": True}
        uploads.confirm(session, file, **words, **at(0))
    run_imports(runtime, **CONSENT)
    with database.transaction() as session:
        done = bulk.get(session, space.id, done.id)
        assert bulk.undo(session, done, **at(LONG_AGO + 9)) == Undone(0, (lea.id,))
        assert members(session, here) == {lea.id}
