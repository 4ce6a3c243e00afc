"""An objection holds, whoever says the contrary at the same moment."""

import pytest
from sqlalchemy import select

from app.consent import service
from app.consent.models import Act, Channel, ConsentEntry
from tests.factories import NOON, SOMEBODY, make_space
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
