"""What somebody refused follows them from one number to another."""

from datetime import timedelta

import pytest

from app.accounts import keys
from app.accounts.models import Role
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import renumbering
from app.contacts import service as contacts
from app.contacts.merging import service as merging
from app.dashboard.merges import MOVES
from app.messaging.models import Message
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.factories import (
    FINGERPRINT_KEY,
    NOON,
    SOMEBODY,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    next_phone,
    sign_in,
)

ACT = {"by": SOMEBODY, "now": NOON}
EDIT = {"key": FINGERPRINT_KEY, **ACT}
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


def test_a_refusal_follows_the_person_to_a_new_number(runtime, database):
    """« Plus de SMS », « seulement ses missions » and an agreement taken back; the number before keeps them too."""
    with database.transaction() as session:
        space = make_space(session)
        silent, some, seller, neighbour = (make_contact(session, space, first_name=name) for name in "ABCD")
        stop(session, space, silent, wording="STOP")
        stop(session, space, some, only_missions=True)
        for one in (seller, neighbour):
            consent.agree(session, space.id, one.fingerprint, given=True, **ON_PAPER)
        consent.agree(session, space.id, seller.fingerprint, given=False, **ON_PAPER)
        before = [silent.fingerprint, some.fingerprint, seller.fingerprint]
        for one, phone in ((silent, next_phone()), (some, next_phone()), (seller, neighbour.phone)):
            contacts.edit(session, space, one, {"phone": phone}, **EDIT)
        after = [silent.fingerprint, some.fingerprint, seller.fingerprint]
        assert not set(before) & set(after)
        for phones in (before, after):
            assert consent.blocked(session, space.id, Family.CHARITABLE, phones) == {
                phones[0]: consent.OPTED_OUT,
                phones[1]: consent.ONLY_MISSIONS,
            }
            assert consent.consenting(session, space.id, phones) == set()
        told = [renumbering.told(session, one, at) for one, at in zip((silent, some, seller), before, strict=True)]
        assert [sentences[0].partition(" : ")[0] for sentences in told] == [
            f"{silent.name} ne veut plus de SMS",
            f"{some.name} reçoit seulement les SMS de ses missions",
            f"{seller.name} a retiré son accord pour les ventes",
        ]
        contacts.edit(session, space, silent, {"phone": next_phone()}, **EDIT)
        said = consent.latest_objection(session, space.id, silent.fingerprint)
        assert (said.channel, said.wording) == (Channel.SMS, "Dit depuis l'autre numéro de cette personne : « STOP »")


def test_a_refusal_never_makes_a_stricter_number_milder(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        some, silent, free = (make_contact(session, space, first_name=name) for name in "ABC")
        stop(session, space, some, only_missions=True)
        stop(session, space, silent)
        contacts.edit(session, space, some, {"phone": silent.phone}, **EDIT)
        assert consent.opted_out(session, space.id, [some.fingerprint]) == {silent.fingerprint}
        alone = free.fingerprint
        contacts.edit(session, space, free, {"phone": next_phone(), "note": "a changé de numéro"}, **EDIT)
        assert consent.opt_outs(session, space.id, [free.fingerprint]) == []
        assert renumbering.told(session, free, alone) == []


def test_the_page_says_what_followed_and_only_a_referente_may_undo_it(app, client, database):
    with database.transaction() as session:
        space = make_space(session)
        lea, paul = (make_contact(session, space, first_name=name, last_name="") for name in ("Léa", "Paul"))
        stop(session, space, lea)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
        token = keys.make(session, space, name="Site", role=Role.EQUIPIERE, by=SOMEBODY, now=NOON)
    walker = Walker(client, space)
    page = walker.post(f"/benevoles/{lea.id}/modifier", phone=paul.phone, first_name="Léa")
    assert "Léa ne veut plus de SMS : cela suit son nouveau numéro." in page.words
    assert "Paul partage ce téléphone" in page.words
    assert "Dit depuis un autre numéro" in page.words, "for whoever looks later"
    assert walker.post(f"/benevoles/{lea.id}/reprendre").status_code == 403
    again = walker.post(f"/benevoles/{lea.id}/modifier", phone=paul.phone, first_name="Léa")
    assert "cela suit" not in again.words
    answer = client.patch(
        f"/api/v1/contacts/{lea.id}", json={"phone": next_phone()}, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json["consent"]) == (200, "opted_out")
