"""Likely duplicates are proposed once, whatever was answered."""

from itertools import combinations

import pytest
from sqlalchemy import func, select

from app.contacts import archiving, service
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import DuplicatePair, PairReason, PairState
from app.contacts.pairs.sharing import MAX_SHARING
from app.errors import NotFound
from tests.contacts.sheets import import_file, sheet
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space

ADD = {"key": FINGERPRINT_KEY, "by": SOMEBODY, "now": NOON}
PHONE = "+33639980001"


def proposed(session, space):
    return [(one.low.id, one.high.id, one.pair.reason) for one in pairs.page(session, space.id, limit=9)]


def test_a_changed_contact_is_looked_up_by_phone_e_mail_and_name(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        lea = make_contact(
            session, space, phone=PHONE, first_name="Léa", last_name="Blanc", email="Lea@Exemple.fr", postcode="80000"
        )
        make_contact(session, elsewhere, phone=PHONE, first_name="Léa", last_name="Blanc", email="lea@exemple.fr")
        card = {"phone": "06 39 98 00 02", "first_name": "Louise", "last_name": "Noir", "postcode": ""}
        by_mail = service.add(session, space, {**card, "email": "lea@exemple.FR"}, **ADD)
        at_phone = service.add(session, space, {**card, "phone": PHONE, "first_name": "Lou", "email": ""}, **ADD)
        by_name = service.add(session, space, {**card, "phone": "06 39 98 00 03", "email": ""}, **ADD)
        expected = [(lea.id, by_mail.id, PairReason.EMAIL), (lea.id, at_phone.id, PairReason.PHONE)]
        assert proposed(session, space) == expected
        service.edit(session, space, by_name, {"first_name": "LEA", "last_name": "blanc", "postcode": "80000"}, **ADD)
        assert proposed(session, space) == [*expected, (lea.id, by_name.id, PairReason.NAME)]
        assert pairs.count(session, space.id).number == 3
        archiving.archive(session, by_name, by=SOMEBODY, now=NOON)
        first, _second = pairs.page(session, space.id, limit=9)
        pairs.settle(session, first.pair, PairState.NOT_DUPLICATE, by=SOMEBODY, now=NOON)
        service.edit(session, space, by_mail, {"note": "vient le mardi"}, **ADD)
        assert proposed(session, space) == expected[1:], "asked once, and never about somebody archived"
        with pytest.raises(NotFound):
            pairs.get(session, elsewhere.id, first.pair.id)


def test_what_too_many_share_is_nobody_s(database):
    with database.transaction() as session:
        space = make_space(session)
        people = [make_contact(session, space, email="contact@asso.fr") for _ in range(MAX_SHARING + 1)]
        pairs.propose(session, space.id, [people[0].id], now=NOON)
        assert proposed(session, space) == []


def test_names_that_pass_the_most_proposed_at_once_wait_for_the_next_time(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        here = {"first_name": "Léa", "postcode": "80000"}
        homonyms = {
            name: [make_contact(session, space, last_name=name, **here).id for _ in "123"] for name in ("A", "B")
        }
        make_contact(session, elsewhere, last_name="A", **here)
        make_contact(session, space, last_name="C", **here)
        pairs.propose_names(session, space.id, now=NOON, limit=2)
        first, *_rest = pairs.page(session, space.id, limit=9)
        pairs.settle(session, first.pair, PairState.NOT_DUPLICATE, by=SOMEBODY, now=NOON)
        for known in (4, 6, 6):
            pairs.propose_names(session, space.id, now=NOON, limit=2)
            assert session.scalar(select(func.count()).select_from(DuplicatePair)) == known
        both = select(DuplicatePair.low_id, DuplicatePair.high_id).order_by(DuplicatePair.low_id, DuplicatePair.high_id)
        expected = [two for ids in homonyms.values() for two in combinations(ids, 2)]
        assert [tuple(row) for row in session.execute(both)] == expected
        assert pairs.count(session, space.id).number == 5, "what was answered is not asked again"


def test_a_file_proposes_each_pair_once_and_never_a_household_of_its_own(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, phone=PHONE, first_name="Louis", last_name="Blanc")
    file = sheet(["Blanc;Marie;0639980001;;", "Petit;Ana;0639980002;;", "Petit;Bruno;0639980002;;"])
    for _ in "12":
        import_file(runtime, space, file)
    with database.snapshot() as session:
        [pair] = session.scalars(select(DuplicatePair))
        assert (pair.reason, pair.state) == (PairReason.PHONE, PairState.TO_SEE)
