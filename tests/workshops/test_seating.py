"""Taking a seat: a copy of one's own, found again, ended with the workshop."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.contacts.models import Contact, ListMember
from app.errors import NotFound
from app.links.models import Link
from app.messaging import tallies
from app.messaging.models import Message
from app.workshops import service
from app.workshops.room import service as room_service
from app.workshops.seats import service as seating
from tests.factories import SOMEBODY

NOW = utc_now()


@pytest.fixture
def workshop(opened):
    """An open workshop with its practice space."""
    return opened


def sit(database, settings, workshop, nickname, **words):
    with database.transaction() as session:
        found = service.get(session, workshop.id, lock=True)
        token = seating.join(session, found, nickname=nickname, settings=settings, now=utc_now(), **words)
    with database.snapshot() as session:
        return seating.find(session, token)


def test_a_code_is_read_however_it_was_typed(database, workshop):
    code = workshop.code
    with database.snapshot() as session:
        typed = f" {code[:3].lower()} - {code[3:].lower()} "
        assert seating.find_workshop(session, typed).id == workshop.id
        with pytest.raises(NotFound):
            seating.find_workshop(session, "AAAAAA" if code != "AAAAAA" else "BBBBBB")


def test_each_seat_has_a_copy_that_nobody_else_can_spoil(database, settings, workshop):
    first = sit(database, settings, workshop, "Amina")
    second = sit(database, settings, workshop, "Amina")
    assert (first.seat.nickname, second.seat.nickname) == ("Amina", "Amina 2")
    assert first.space.carrier_account_sid != second.space.carrier_account_sid
    assert first.space.mode is Mode.PRACTICE
    with database.snapshot() as session:
        people = {
            space_id: session.scalar(select(func.count()).where(Contact.space_id == space_id))
            for space_id in (workshop.model_space_id, first.space.id, second.space.id)
        }
        assert len(set(people.values())) == 1
        assert people[first.space.id] > 100


def test_the_past_of_a_copy_is_its_own_down_to_the_links(database, settings, workshop):
    sitting = sit(database, settings, workshop, "Amina")
    with database.snapshot() as session:
        past = session.scalars(
            select(Campaign).where(Campaign.space_id == sitting.space.id).order_by(Campaign.id)
        ).first()
        model = session.scalars(
            select(Campaign).where(Campaign.space_id == workshop.model_space_id).order_by(Campaign.id)
        ).first()
        assert tallies.progress(session, past.mailing_id).counts == tallies.progress(session, model.mailing_id).counts
        message = session.scalars(
            select(Message).where(Message.mailing_id == past.mailing_id).order_by(Message.id)
        ).first()
        twin = session.scalars(
            select(Message).where(Message.mailing_id == model.mailing_id).order_by(Message.id)
        ).first()
        assert message.phone == twin.phone
        assert message.body != twin.body
        assert message.contact_id != twin.contact_id
        links = session.scalar(select(func.count()).where(Link.space_id == sitting.space.id))
        messages = session.scalar(select(func.count()).where(Message.space_id == sitting.space.id))
        assert links == messages
        on_lists = select(func.count()).select_from(ListMember).join(Contact, Contact.id == ListMember.contact_id)
        assert session.scalar(on_lists.where(Contact.space_id == sitting.space.id)) > 0


def test_a_pair_may_share_a_copy(database, settings, workshop):
    first = sit(database, settings, workshop, "Amina")
    beside = sit(database, settings, workshop, "Paul", with_seat=first.seat)
    assert beside.space.id == first.space.id


def test_seats_end_with_the_workshop(database, settings, workshop):
    with database.transaction() as session:
        found = service.get(session, workshop.id, lock=True)
        token = seating.join(session, found, nickname="Amina", settings=settings, now=NOW)
    with database.transaction() as session:
        room_service.close(session, service.get(session, workshop.id, lock=True), by=SOMEBODY, now=NOW)
    with database.snapshot() as session:
        assert seating.find(session, token) is None
        assert seating.find_ended(session, token).nickname == "Amina"
        with pytest.raises(NotFound):
            seating.find_workshop(session, workshop.code)
