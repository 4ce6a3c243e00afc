"""What somebody refused follows them from one number to another."""

from datetime import timedelta

import pytest

from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts.merging import service as merging
from app.dashboard.merges import MOVES
from app.messaging.models import Message
from app.messaging.status import Status
from tests.factories import NOON, SOMEBODY, make_contact, make_mailing, make_message, make_space

ACT = {"by": SOMEBODY, "now": NOON}
MERGED = {"moves": MOVES, "by": SOMEBODY, "now": NOON + timedelta(hours=1)}
UNDONE = {**MERGED, "now": NOON + timedelta(hours=2)}
ON_PAPER = {"family": Family.COMMERCIAL, "channel": Channel.PAPER, "wording": "Vos ventes", **ACT}


def stop(session, space, one, **words):
    consent.object_to(session, space.id, one.fingerprint, channel=Channel.SMS, contact_id=one.id, **ACT, **words)


@pytest.mark.parametrize("who", ["survivor", "loser"])
@pytest.mark.parametrize("chosen", [(), ("phone",)])
def test_the_number_kept_refuses_what_either_refused_until_they_are_two_again(database, who, chosen):
    with database.transaction() as session:
        space = make_space(session)
        people = {"survivor": make_contact(session, space), "loser": make_contact(session, space)}
        cards = {"survivor_id": people["survivor"].id, "loser_id": people["loser"].id, "chosen": chosen}
        refusing = people[who].fingerprint
        kept, given_up = (one.fingerprint for one in (people.values() if not chosen else reversed(people.values())))
        both = {kept, given_up}
        for one in people.values():
            consent.agree(session, space.id, one.fingerprint, given=one is not people[who], **ON_PAPER)
        stop(session, space, people[who])
        done = merging.merge(session, space, **cards, **MERGED)
        assert people["survivor"].fingerprint == kept
        assert consent.opted_out(session, space.id, both) == {kept, refusing}
        assert consent.consenting(session, space.id, both) == both - {kept, refusing}
        merging.undo(session, space, done, **UNDONE)
        assert consent.opted_out(session, space.id, both) == {refusing}, "the other never said so"
        assert consent.consenting(session, space.id, both) == both - {refusing}


def test_their_missions_only_is_said_of_the_number_kept_too(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        mine, theirs = lea.fingerprint, other.fingerprint
        stop(session, space, lea, only_missions=True)
        mailings = [make_mailing(session, space, family=family) for family in (Family.SERVICE, Family.CHARITABLE)]
        words = {"contact_id": other.id, "phone": other.phone, "fingerprint": theirs, "status": Status.QUEUED}
        waiting = [make_message(session, one, **words).id for one in mailings]
        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, chosen=["phone"], **MERGED)
        assert [session.get_one(Message, one).status for one in waiting] == [Status.QUEUED, Status.WITHDRAWN]
        assert consent.find(session, space.id, theirs).only_missions
        said = {"channel": Channel.SMS, "by": SOMEBODY, "now": NOON + timedelta(minutes=90)}
        consent.object_to(session, space.id, theirs, contact_id=lea.id, **said)
        merging.undo(session, space, done, **UNDONE)
        assert consent.opted_out(session, space.id, {mine, theirs}) == {theirs}, "said since, it stays"
        assert consent.find(session, space.id, mine).only_missions
