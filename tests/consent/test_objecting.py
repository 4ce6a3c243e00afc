"""An objection holds, whoever says the contrary at the same moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.consent import service
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.contacts import service as contacts
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space, next_phone
from tests.together import together

WORDS = {"channel": Channel.SMS, "by": SOMEBODY, "now": NOON}


@pytest.mark.parametrize("start", [True, False], ids=["said before", "never said"])
def test_a_line_of_the_ledger_that_objects_last_has_its_opt_out(database, start):
    with database.transaction() as session:
        space = make_space(session)

    def act(one, phone):
        with database.transaction() as session:
            one(session, space.id, phone, **WORDS)

    for at in range(12):
        phone = f"phone-{at}"
        if start:
            act(service.object_to, phone)
        together(lambda: act(service.object_to, phone), lambda: act(service.restore, phone))  # noqa: B023 - ended here
        with database.snapshot() as session:
            said = session.scalars(
                select(ConsentEntry.act).where(ConsentEntry.fingerprint == phone).order_by(ConsentEntry.id)
            ).all()
            if said[-1] is Act.OBJECTED:
                assert service.opted_out(session, space.id, [phone]) == {phone}


def test_an_objection_said_again_holds_in_its_latest_words(database):
    with database.transaction() as session:
        space = make_space(session)
        service.object_to(session, space.id, "phone", only_missions=True, **WORDS)
        found = service.find(session, space.id, "phone")
        service.object_to(session, space.id, "phone", **WORDS)
        assert found is not None
        assert not found.only_missions
        assert service.opted_out(session, space.id, ["phone"]) == {"phone"}


def test_what_somebody_refused_follows_them_to_another_number(database, runtime):
    sales = {"family": Family.COMMERCIAL, "channel": Channel.PAPER, "by": SOMEBODY, "now": NOON}
    with database.transaction() as session:
        space = make_space(session)
        jeanne, zoe, free = (make_contact(session, space) for _ in "123")
        service.object_to(session, space.id, jeanne.fingerprint, only_missions=True, wording="STOP", **WORDS)
        service.agree(session, space.id, jeanne.fingerprint, given=False, wording="Non", **sales)
        service.agree(session, space.id, zoe.fingerprint, given=True, wording="Oui", **sales)
        edit = {"key": FINGERPRINT_KEY, "by": SOMEBODY, "now": NOON}
        contacts.edit(session, space, jeanne, {"phone": zoe.phone, "first_name": "Jo"}, **edit)
        contacts.edit(session, space, free, {"phone": next_phone()}, **edit)
        phones = [jeanne.fingerprint, free.fingerprint]
        assert service.blocked(session, space.id, Family.CHARITABLE, phones) == {phones[0]: service.ONLY_MISSIONS}
        assert service.consenting(session, space.id, phones) == set()
        said = select(ConsentEntry.wording).where(ConsentEntry.contact_id == jeanne.id).order_by(ConsentEntry.id)
        assert [one.partition(" : ")[2] for one in session.scalars(said)] == ["« STOP »", "« Non »"]

        was = jeanne.fingerprint
        service.object_to(session, space.id, was, **WORDS)
        contacts.edit(session, space, jeanne, {"phone": next_phone()}, **edit)
        assert service.opted_out(session, space.id, [was, jeanne.fingerprint]) == {was, jeanne.fingerprint}
        service.restore(session, space.id, jeanne.fingerprint, **WORDS)
        contacts.edit(session, space, jeanne, {"note": "le mardi"}, **edit)
        assert service.opted_out(session, space.id, [was, jeanne.fingerprint]) == {was}, "« C'était une erreur » holds"


def test_a_stop_said_at_the_number_of_before_is_the_person_s_and_so_is_the_mistake(database):
    with database.transaction() as session:
        space = make_space(session)
        jeanne = make_contact(session, space)
        was, them = jeanne.fingerprint, {"contact_id": jeanne.id, **WORDS}
        contacts.edit(session, space, jeanne, {"phone": next_phone()}, key=FINGERPRINT_KEY, by=SOMEBODY, now=NOON)
        both = {was, jeanne.fingerprint}
        service.object_to(session, space.id, was, **them)
        assert service.opted_out(session, space.id, both) == both, "by the link of an SMS of then"
        service.restore(session, space.id, was, **them)
        assert service.opted_out(session, space.id, both) == set()
        service.object_to(session, space.id, jeanne.fingerprint, **them)
        service.object_to(session, space.id, was, **{**them, "now": NOON + timedelta(hours=1)})
        service.restore(session, space.id, was, **them)
        assert service.opted_out(session, space.id, both) == {jeanne.fingerprint}, "said of its own, it holds"
