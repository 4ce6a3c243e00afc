"""Trap 9: two people on one phone are counted once and texted once; both are noted as reached, and never merged."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role, Space
from app.audiences.people import recipient
from app.campaigns import launching
from app.campaigns import service as campaigns
from app.carrier.protocol import Accepted, Refused
from app.contacts import history
from app.contacts import service as contacts
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard import story
from app.dashboard.merges import MOVES
from app.events import inviting, service
from app.events.models import Registration
from app.links import service as links
from app.links.models import Link
from app.messaging import messages
from app.messaging.inbox import replies
from app.messaging.inbox.replies import Incoming
from app.messaging.messages import Window
from app.messaging.models import Mailing, Message
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status
from tests.events.stage import make_event
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
    make_user,
    next_phone,
    sign_in,
)
from tests.messaging.desk import claim, settle

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def house(database, settings):
    """A campaign for Marie, Paul and Lou on one phone, and for Ana on hers, looked at two by two: the space's id."""
    with database.transaction() as session:
        space = make_space(session, hours_hold=False, two_way=True, sender="+33199001234")
        everyone, phone = make_list(session, space), "+33612345678"
        for name in ("Marie", "Paul", "Ana", "Lou"):
            mine = {"phone": "+33612345679"} if name == "Ana" else {"phone": phone}
            make_contact(session, space, on=everyone, first_name=name, name_key=name.lower(), **mine)
        whom = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, name="Collecte", audience=whom)
        campaigns.schedule_at_once(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
    launch(database, settings)
    return space.id


def launch(database, settings):
    """Two people more of the campaign."""
    with database.transaction() as session:
        launching.write_batch(session, launching.claim_due(session, now=NOON), limit=2, settings=settings, now=NOON)


def reached(session, space_id):
    """{first name: when last texted, how many texts did not arrive} of those of whom anything is known."""
    people = session.scalars(select(Contact).where(Contact.space_id == space_id)).all()
    kept = {one.first_name: history.find(session, space_id, one.id) for one in people}
    return {name: (row.last_contacted_at, row.undelivered_count) for name, row in kept.items() if row}


def by_name(session, space_id, name):
    return session.scalars(select(Contact).where(Contact.space_id == space_id, Contact.first_name == name)).one()


def test_one_text_leaves_and_all_of_its_phone_are_noted_as_reached(database, settings, house):
    [held] = claim(database, settings, now=NOON + MINUTE)
    settle(database, held, Accepted("SM1"), now=NOON + MINUTE)
    at = NOON + MINUTE
    with database.snapshot() as session:
        assert reached(session, house) == {"Marie": (at, 0), "Paul": (at, 0)}
    launch(database, settings)  # Lou comes once the text of her phone has left
    with database.snapshot() as session:
        assert reached(session, house) == {"Marie": (at, 0), "Paul": (at, 0), "Lou": (at, 0), "Ana": (None, 0)}
        texts = session.scalars(select(Message).order_by(Message.id)).all()
        assert [one.body.split(",")[0] for one in texts] == ["Bonjour Marie", "Bonjour Ana"]
        assert len(session.scalars(select(Contact).where(Contact.space_id == house)).all()) == 4


def test_a_text_that_does_not_arrive_and_its_second_try_are_noted_of_each(database, settings, house):
    [held] = claim(database, settings)
    settle(database, held, Refused(30006), now=NOON)
    launch(database, settings)
    with database.transaction() as session:
        lost = {name: count for name, (_at, count) in reached(session, house).items()}
        assert lost == {"Marie": 1, "Paul": 1, "Lou": 1, "Ana": 0}
        first = session.scalars(select(Message).order_by(Message.id)).first()
        again = messages.write_again(session, first, now=NOON + MINUTE)
        sharers = select(MessageSharer.contact_id).where(MessageSharer.message_id == again.id)
        theirs = [by_name(session, house, name).id for name in ("Paul", "Lou")]
        assert session.scalars(sharers.order_by(MessageSharer.contact_id)).all() == theirs
        contacts.remove(session, by_name(session, house, "Paul"), by=SOMEBODY, now=NOON)
        session.delete(again)
        session.flush()
        assert session.scalars(select(MessageSharer.contact_id)).all() == theirs[1:], "it goes with either"


def test_an_invitation_is_for_each_on_its_phone_and_paid_once(database, settings):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False, budget_micros=settings.part_price_micros)
        people = [make_contact(session, space, phone="+33612345678", first_name=one, name_key=one) for one in "ab"]
        event = make_event(session, space, starts_at=NOON + DAY)
        service.invite(session, event, people, by=SOMEBODY, now=NOON)
        assert inviting.send(session, space, event, body="Venez {lien}", by=SOMEBODY, settings=settings, now=NOON) == 1
        assert session.scalars(select(MessageSharer.contact_id)).all() == [people[1].id]
        assert None not in session.scalars(select(Registration.mailing_id)).all()


def test_the_same_recipients_written_to_twice_change_nothing(database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        phone = next_phone()
        people = [make_contact(session, space, phone=phone, first_name=one, name_key=one) for one in "abc"]
        mailing = make_mailing(session, space)
        words = {"space": space, "body": "Bonjour", "window": Window(NOON), "settings": settings, "now": NOON}
        wrote = [messages.write(session, mailing, [recipient(one) for one in people], **words) for _again in "12"]
        assert wrote == [1, 0]
        shared = session.scalars(select(MessageSharer.contact_id).order_by(MessageSharer.contact_id)).all()
        assert shared == [one.id for one in people[1:]]


def test_a_story_and_the_inbox_name_those_who_share_the_phone(app, database, settings, client, house):
    [held] = claim(database, settings)
    settle(database, held, Accepted("SM1"), now=NOON)
    with database.transaction() as session:
        space, marie, paul = session.get_one(Space, house), *(by_name(session, house, one) for one in ("Marie", "Paul"))
        told = [story.page(session, one, before=None, limit=9, acts={})[0] for one in (marie, paul)]
        assert [[line.what for line in lines] for lines in told] == [
            ["SMS de l'envoi « Collecte »"],
            ["SMS de l'envoi « Collecte » pour le téléphone partagé avec Marie"],
        ]
        session.get_one(Message, held.message_id).status = Status.DELIVERED
        session.flush()
        [line] = story.page(session, paul, before=None, limit=9, acts={})[0]
        assert line.what == "SMS de l'envoi « Collecte » reçu sur le téléphone partagé avec Marie"
        said = Incoming("AC1", "IN1", marie.phone, space.sender, "Oui !")
        replies.receive(session, space, said, settings=settings, now=NOON)
        for number in range(2):
            make_contact(session, space, phone=marie.phone, first_name=f"Zoé{number}", last_name="Roux")
        sign_in(client, session, make_user(session, space=space, role=Role.LECTRICE))
    page = client.get(f"/e/{space.slug}/reponses").text
    for name in ("Marie", "Paul", "Lou"):
        assert f"{name} Martin" in page
    assert "Zoé0" not in page and "ou 2 autres" in page


def test_a_merge_of_the_two_on_one_phone_counts_its_text_once_and_undoes(database):
    """Whichever stays, whoever the text names; and the text of a third one that both share."""
    with database.transaction() as session:
        space = make_space(session)
        phone = next_phone()
        third, marie, paul = (
            make_contact(session, space, phone=phone, first_name=one, name_key=one) for one in ("ana", "marie", "paul")
        )
        texts = []
        for owner, sharers in ((marie, [paul]), (paul, [marie]), (third, [marie, paul])):
            mailing: Mailing = make_mailing(session, space)
            words = {"phone": phone, "status": Status.UNDELIVERED, "claimed_at": NOON}
            texts.append(make_message(session, mailing, contact_id=owner.id, **words))
            rows = [{"message_id": texts[-1].id, "contact_id": one.id, "space_id": space.id} for one in sharers]
            session.add_all([MessageSharer(**row) for row in rows])
        lost = {one.id: 3 for one in (marie, paul)}
        history.note(session, history.News(contacted=dict.fromkeys(lost, NOON), undelivered=lost))
        before = shared(session)
        act = {"moves": MOVES, "by": SOMEBODY, "now": NOON}
        done = merging.merge(session, space, survivor_id=marie.id, loser_id=paul.id, **act)
        assert shared(session) == {(texts[2].id, marie.id)}
        assert reached(session, space.id)["marie"] == (NOON, 3)
        assert [line.what for line in story.page(session, marie, before=None, limit=9, acts={})[0]].count("SMS") == 2
        merging.undo(session, space, done, **act)
        assert shared(session) == before
        counts = {name: count for name, (_at, count) in reached(session, space.id).items()}
        assert counts == {"marie": 3, "paul": 3}


def test_nobody_waits_for_one_text_twice_after_a_merge_nor_loses_the_one_they_share(database):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        phone = next_phone()
        ana, marie, paul = (
            make_contact(session, space, phone=next_phone() if one == "paul" else phone, first_name=one)
            for one in ("ana", "marie", "paul")
        )
        mailing, other = make_mailing(session, space), make_mailing(session, space)
        theirs = make_message(session, mailing, contact_id=ana.id, phone=phone, status=Status.DELIVERED)
        waiting = make_message(session, mailing, contact_id=paul.id, phone=paul.phone, status=Status.QUEUED)
        common = make_message(session, other, contact_id=paul.id, phone=phone, status=Status.QUEUED)
        for text in (theirs, common):
            session.add(MessageSharer(message_id=text.id, contact_id=marie.id, space_id=space.id))
        merging.merge(session, space, survivor_id=marie.id, loser_id=paul.id, moves=MOVES, by=SOMEBODY, now=NOON)
        for text in (waiting, common):
            session.refresh(text)
        assert (waiting.status, common.status) == (Status.WITHDRAWN, Status.QUEUED)


def shared(session):
    rows = session.execute(select(MessageSharer.message_id, MessageSharer.contact_id))
    return {(row.message_id, row.contact_id) for row in rows}


def test_a_second_batch_that_meets_phones_already_written_to_writes_the_others_with_their_links(database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        people = [make_contact(session, space) for _ in range(5)]
        mailing = make_mailing(session, space)
        words = {"space": space, "body": "Stop {lien}", "window": Window(NOON), "settings": settings, "now": NOON}
        some = [[recipient(one) for one in whom] for whom in (people[1:3], people)]
        assert [messages.write(session, mailing, each, **words) for each in some] == [2, 3]
        found = session.scalars(select(Message).order_by(Message.id)).all()
        assert [one.contact_id for one in found] == [people[at].id for at in (1, 2, 0, 3, 4)]
        assert {len(one.public_id) for one in found} == {23} and len({one.public_id for one in found}) == 5
        tokens = [one.body.rpartition("/")[2] for one in found]
        assert [links.find(session, token).contact_id for token in tokens] == [one.contact_id for one in found]
        assert len(session.scalars(select(Link.id)).all()) == 5
