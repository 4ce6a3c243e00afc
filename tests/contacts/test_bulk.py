"""Many people changed at once: with the number first, as one operation, undone for those it changed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.activity import trail
from app.accounts.models import Role
from app.clock import utc_now
from app.consent.families import Family
from app.contacts import archiving, lists, service, tags
from app.contacts.bulk import choosing
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import BulkEdit, Change
from app.contacts.bulk.service import Undone, Words
from app.contacts.models import Contact, ContactTag, ListDeparture, ListMember, Tag
from app.errors import Conflict, RuleBroken
from app.messaging.models import Message
from app.messaging.singles import service as singles
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

ACT = {"by": SOMEBODY, "now": NOON}


def nothing_waits(session, contact):
    pass


def apply(session, space, choice, change, **words):
    etag = choosing.look(session, space.id, choice).etag
    return bulk.apply(session, space, choice, change, etag=etag, words=Words(**words), take_back=nothing_waits, **ACT)


def test_a_tag_is_given_to_a_search_and_taken_back_from_those_it_changed(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        wore, plain, other = (make_contact(session, space, last_name=name) for name in ("Petit", "Petitjean", "Blanc"))
        make_contact(session, elsewhere, last_name="Petit")
        tags.put(session, wore, ["Permis B"], **ACT)
        done = apply(session, space, Choice({"words": "petit"}), Change.TAG, tag="permis b")
        worn = select(ContactTag.contact_id).order_by(ContactTag.contact_id)
        assert session.scalars(worn).all() == [wore.id, plain.id]
        assert (done.people, bulk.changed(session, done)) == (2, 1)
        assert bulk.undo(session, done, **ACT) == Undone(1)
        assert session.scalars(worn).all() == [wore.id], "who wore it before still does"
        with pytest.raises(Conflict, match="déjà annulé"):
            bulk.undo(session, done, **ACT)
        taken = apply(session, space, Choice(ids=[wore.id, other.id]), Change.UNTAG, tag="permis B")
        assert session.scalars(worn).all() == []
        late = {"by": SOMEBODY, "now": NOON + bulk.UNDO_WITHIN}
        with pytest.raises(Conflict, match="trop tard"):
            bulk.undo(session, taken, **late)
        assert bulk.undo(session, taken, by=SOMEBODY, now=NOON + timedelta(days=1)) == Undone(1)
        assert [row.verb for row in trail(session, space.id, before_id=None, limit=2)] == [
            "people.change_undone",
            "people.untagged",
        ]


def test_a_list_is_filled_and_emptied_and_remembers_whom_somebody_took_off(database):
    with database.transaction() as session:
        space = make_space(session)
        drivers = make_list(session, space, name="Conducteurs")
        here, left = make_contact(session, space, on=drivers), make_contact(session, space, on=drivers)
        lists.take_off(session, drivers, left, **ACT)
        put = apply(session, space, Choice(), Change.PUT_ON, list_id=drivers.id)
        on, off = select(ListMember.contact_id), select(ListDeparture.contact_id)
        assert (set(session.scalars(on)), session.scalars(off).all()) == ({here.id, left.id}, [])
        bulk.undo(session, put, **ACT)
        assert (session.scalars(on).all(), session.scalars(off).all()) == ([here.id], [left.id])
        taken = apply(session, space, Choice({"list_id": drivers.id}), Change.TAKE_OFF, list_id=drivers.id)
        assert (session.scalars(on).all(), set(session.scalars(off))) == ([], {here.id, left.id})
        lists.remove(session, drivers, **ACT)
        session.refresh(taken)
        with pytest.raises(Conflict, match="n'existe plus"):
            bulk.undo(session, taken, **ACT)


def test_what_was_seen_is_what_is_done(database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space)
        seen = choosing.look(session, space.id, Choice())
        make_contact(session, space)
        words = {"etag": seen.etag, "take_back": nothing_waits, **ACT}
        with pytest.raises(Conflict, match="2 personnes"):
            bulk.apply(session, space, Choice(), Change.ARCHIVE, **words)
        with pytest.raises(RuleBroken, match="ne contient personne"):
            apply(session, space, Choice({"words": "introuvable"}), Change.ARCHIVE)
        with pytest.raises(RuleBroken, match="étiquette"):
            apply(session, space, Choice(), Change.TAG, tag=" , ")
        for several in ("cuisine, permis B", "cuisine;permis B"):
            with pytest.raises(RuleBroken, match="faites-en deux") as refusal:
                apply(session, space, Choice(), Change.TAG, tag=several)
            assert set(refusal.value.fields) == {"tag"}
        session.add(Tag(space_id=space.id, name="cuisine, midi"))  # as an older release made them
        typed = {"cuisine, midi": "cuisine, midi", " permis B, ": "permis B", ",": ""}
        assert {one: tags.single(session, space.id, one, field="tag") for one in typed} == typed
        with pytest.raises(RuleBroken, match="liste"):
            apply(session, space, Choice(), Change.PUT_ON)
        with pytest.raises(RuleBroken, match="1000 au plus"):
            choosing.check(Change.ARCHIVE, choosing.MAX_ARCHIVED + 1)
        assert session.scalars(select(BulkEdit)).all() == []


def test_as_many_others_are_not_those_who_were_seen(database):
    with database.transaction() as session:
        space = make_space(session)
        people = [make_contact(session, space) for _ in range(5)]
        seen = set()
        for chosen in ((1, 4, 5), (2, 3, 5)):  # as many, of one sum, to the same last
            for at, one in enumerate(people, start=1):
                tags.put(session, one, ["x"] if at in chosen else [], **ACT)
            seen.add(choosing.look(session, space.id, Choice({"tag": "x"})).etag)
        assert len(seen) == 2


def test_ticked_people_are_archived_with_the_number_first_and_brought_back(database, client, settings):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        lea, other, stays = (make_contact(session, space) for _ in "123")
        singles.send(session, space, lea, body="À samedi", family=Family.SERVICE, settings=settings, by=SOMEBODY,
                     now=utc_now())  # fmt: skip
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, ticked = Walker(client, space), [lea.id, other.id]
    assert "Modifier les 3 personnes trouvées" in walker.get("/benevoles").words
    nobody = walker.get("/benevoles/ensemble?cochees=1", follow_redirects=True)
    assert "Cochez au moins une personne" in nobody.words, "nobody ticked is not everybody"
    here = f"/benevoles/ensemble?cochees=1&contact={lea.id}&contact={other.id}"
    assert "Modifier 2 personnes" in walker.get(here).words
    unsaid = walker.post("/benevoles/ensemble/verifier", _from=here, contact=ticked, change="tag", tag="")
    assert "Écrivez une étiquette" in unsaid.words
    several = walker.post(
        "/benevoles/ensemble/verifier", _from=here, contact=ticked, change="tag", tag="cuisine, permis B"
    )
    assert "faites-en deux étiquettes" in several.words
    assert 'value="cuisine, permis B"' in several.text
    asked = walker.post("/benevoles/ensemble/verifier", _from=here, contact=ticked, change="archive")
    assert "Archiver 2 personnes ?" in asked.words
    etag = re.search(r'name="etag" value="([^"]+)"', asked.text)[1]
    with database.snapshot() as session:
        assert service.count(session, space.id) == 3, "nothing is done yet"
    words = {"contact": ticked, "change": "archive", "etag": etag}
    done = walker.post("/benevoles/ensemble/faire", _from=here, **words)
    assert "2 personnes archivées" in done.words
    with database.transaction() as session:
        assert session.scalars(select(Message.status)).all() == [Status.WITHDRAWN]
        assert [one.id for one in service.search(session, space.id).items] == [stays.id]
        archiving.bring_back(session, session.get_one(Contact, other.id), **ACT)
    again = walker.post("/benevoles/ensemble/faire", _from=here, **words)
    assert "a changé" in again.words
    address = re.search(r"/benevoles/ensemble/\d+", done.text)[0]
    undone = walker.post(f"{address}/annuler", _from=address)
    assert "annulé pour 1 personne" in undone.words
    with database.snapshot() as session:
        assert service.count(session, space.id) == 3
