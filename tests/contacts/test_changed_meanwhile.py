"""Cards merged or archived while something else is under way: a campaign planned or launching, a file coming in."""

from sqlalchemy import select

from app.audiences import people as audience
from app.campaigns import launching, service
from app.consent.families import Family
from app.contacts import lists, panels
from app.contacts.bulk import choosing
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import Change
from app.contacts.importing import service as importing
from app.contacts.merging import service as merging
from app.contacts.models import Contact, Import, ListMember
from app.dashboard.merges import MOVES
from app.messaging.models import Message
from app.messaging.status import Status
from tests.contacts.sheets import CONSENT, sheet, start
from tests.factories import (
    FINGERPRINT_KEY,
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
)

ACT = {"by": SOMEBODY, "now": NOON}


def merge(session, space, survivor, loser):
    return merging.merge(session, space, survivor_id=survivor.id, loser_id=loser.id, moves=MOVES, **ACT)


def chosen(session, space, **asked):
    words = {"lists": [], "segments": [], "contacts": [], "except": [], **asked}
    found = audience.select_batch(session, space, words, Family.SERVICE, after_id=0, limit=9, now=NOON)
    return [one.contact_id for one in found.recipients]


def test_an_audience_that_names_a_merged_card_means_the_person_chosen_or_excepted(database):
    with database.transaction() as session:
        space = make_space(session)
        here = make_list(session, space)
        lea, other, third, gone = (make_contact(session, space, on=here) for _ in "1234")
        first = merge(session, space, lea, other)
        merge(session, space, third, lea)
        session.get_one(Contact, gone.id).archived_at = NOON
        session.flush()
        assert chosen(session, space, contacts=[other.id, gone.id]) == [third.id], "nobody archived is chosen"
        assert chosen(session, space, lists=[here.id], **{"except": [other.id]}) == []
        kept, missing = audience.still_there(session, space.id, {"contacts": [other.id, gone.id], "except": [lea.id]})
        assert (kept["contacts"], kept["except"], missing) == ([third.id], [lea.id, third.id], 1)
        [latest] = merging.of_contact(session, third)
        merging.undo(session, space, latest, moves=MOVES, **ACT)
        merging.undo(session, space, first, moves=MOVES, **ACT)
        assert chosen(session, space, contacts=[other.id]) == [other.id]


def launch(database, settings, space, campaign_id, limit):
    with database.transaction() as session:
        campaign = launching.claim_due(session, now=NOON)
        return campaign and launching.write_batch(session, campaign, limit=limit, settings=settings, now=NOON)


def planned(session, settings, people):
    space = make_space(session)
    here = make_list(session, space)
    found = [make_contact(session, space, on=here) for _ in range(people)]
    campaign = make_campaign(session, space, audience={"lists": [here.id], "contacts": [], "except": []})
    service.schedule_at_once(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
    return space, campaign.id, found


def test_cards_merged_between_two_batches_get_one_text_whichever_was_reached(database, settings):
    with database.transaction() as session:
        space, campaign_id, (first, second, third, fourth) = planned(session, settings, 4)
    assert launch(database, settings, space, campaign_id, 2) == 2
    with database.transaction() as session:
        merge(session, space, third, first)  # reached already: their text waits under the other number
        merge(session, space, second, fourth)
    while launch(database, settings, space, campaign_id, 2):
        pass
    with database.snapshot() as session:
        texts = session.execute(select(Message.contact_id, Message.phone).order_by(Message.id)).all()
        assert texts == [(third.id, first.phone), (second.id, second.phone)]


def test_what_waits_for_the_survivor_does_not_leave_when_the_other_card_s_has(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        mailing = make_mailing(session, space)
        make_message(session, mailing, contact_id=other.id, phone=other.phone, status=Status.DELIVERED)
        waiting = make_message(session, mailing, contact_id=lea.id, phone=lea.phone, status=Status.QUEUED)
        merge(session, space, lea, other)
        session.refresh(waiting)
        assert (waiting.status, waiting.reason) == (Status.WITHDRAWN, "merged")


def test_people_archived_together_while_a_campaign_launches_get_nothing(database, settings, client):
    with database.transaction() as session:
        space, campaign_id, people = planned(session, settings, 4)
    assert launch(database, settings, space, campaign_id, 2) == 2
    with client.application.app_context(), database.transaction() as session:
        choice = Choice(ids=[people[0].id, people[3].id])
        etag = choosing.look(session, space.id, choice).etag
        words = {"etag": etag, "take_back": lambda session, one: panels.take_back(session, one, now=NOON), **ACT}
        done = bulk.apply(session, space, choice, Change.ARCHIVE, **words)
    while launch(database, settings, space, campaign_id, 2):
        pass
    with database.transaction() as session:
        texts = session.execute(select(Message.contact_id, Message.status).order_by(Message.id)).all()
        assert texts == [
            (people[0].id, Status.WITHDRAWN),
            (people[1].id, Status.QUEUED),
            (people[2].id, Status.QUEUED),
        ]
        assert bulk.undo(session, bulk.get(session, space.id, done.id), **ACT).back == 2
        assert len(session.scalars(select(Message.id)).all()) == 3, "nothing is written again by itself"


def test_a_merge_between_two_batches_of_a_file_leads_the_rows_that_follow(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space, first_name="Léa", phone=f"+3363998000{n}") for n in "12")
        rows = [f"Petit;Ana {n};06 39 98 01 {n % 100:02d};;" for n in range(importing.BATCH)]
        one = start(session, space, sheet([*rows, "Blanc;Léa;06 39 98 00 02;lea@exemple.fr;80000"]), list_name="Ici")
        steps = importing.plan_of(session, one.id)
        words = {"key": FINGERPRINT_KEY, "now": NOON, **CONSENT}
        importing.run_batch(session, importing.claim(session, one.id), steps, **words)
        merge(session, space, lea, other)
        importing.run_batch(session, importing.claim(session, one.id), steps, **words)
        session.expire_all()
        found = session.get_one(Import, one.id)
        assert (found.updated, found.rows_done) == (1, len(steps))
        assert (session.get_one(Contact, lea.id).email, session.get_one(Contact, other.id).email) == (
            "lea@exemple.fr",
            "",
        )
        here = lists.find(session, space.id, "Ici")
        on = select(ListMember.contact_id).where(ListMember.list_id == here.id)
        assert {lea.id, other.id} & set(session.scalars(on)) == {lea.id}
