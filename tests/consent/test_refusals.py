"""Whose words a refusal is: a phone's own hold, and those copied from another go with it."""

from datetime import timedelta

import pytest

from app.clock import utc_now
from app.consent import agreeing
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import archiving
from app.contacts import service as contacts
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from app.links import service as links
from tests.contacts.test_pages import Walker
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space, make_user, next_phone, sign_in

HOUR = timedelta(hours=1)


class Phones:
    """People whose phones speak, one after the other."""

    def __init__(self, session):
        self.session, self.space, self.now = session, make_space(session), NOON

    def words(self):
        self.now += HOUR
        return {"by": SOMEBODY, "now": self.now}

    def say(self, one, phone, **words):
        said = {"channel": Channel.LINK, "contact_id": one.id, "wording": "STOP", **self.words(), **words}
        consent.object_to(self.session, self.space.id, phone, **said)

    def take_back(self, one, phone):
        words = {"channel": Channel.LINK, "contact_id": one.id, **self.words()}
        consent.restore(self.session, self.space.id, phone, **words)

    def renumber(self, one):
        """The number before."""
        before = one.fingerprint
        contacts.edit(self.session, self.space, one, {"phone": next_phone()}, key=FINGERPRINT_KEY, **self.words())
        return before

    def merge(self, survivor, loser, **words):
        cards = {"survivor_id": survivor.id, "loser_id": loser.id, **words}
        return merging.merge(self.session, self.space, **cards, moves=MOVES, **self.words())

    def part(self, done):
        merging.undo(self.session, self.space, done, moves=MOVES, **self.words())

    def refusing(self, *phones):
        """« a » for all SMS, « m » for all but one's missions, « - » for none."""
        found = {phone: consent.find(self.session, self.space.id, phone) for phone in phones}
        return "".join("-" if one is None else "m" if one.only_missions else "a" for one in found.values())


@pytest.fixture
def phones(runtime, database):
    with database.transaction() as session:
        yield Phones(session)


def test_a_phone_s_own_stop_outlives_the_copy_that_it_was(phones):
    zoe = make_contact(phones.session, phones.space)
    old = phones.renumber(zoe)
    phones.say(zoe, old, only_missions=True)
    assert phones.refusing(old, zoe.fingerprint) == "mm"
    phones.say(zoe, zoe.fingerprint)
    phones.take_back(zoe, old)
    assert phones.refusing(old, zoe.fingerprint) == "-a"


def test_a_mistake_said_at_an_old_number_lifts_what_followed_at_any_remove_and_nothing_else(phones):
    zoe, other = (make_contact(phones.session, phones.space) for _ in "12")
    phones.say(other, other.fingerprint)
    first = zoe.fingerprint
    phones.say(zoe, first)
    phones.renumber(zoe)
    second, third = phones.renumber(zoe), zoe.fingerprint
    assert phones.refusing(first, second, third) == "aaa"
    phones.take_back(zoe, second)
    assert phones.refusing(first, second, third) == "a--", "what it was copied from stays"
    phones.say(zoe, first)
    assert phones.refusing(first, second, third) == "a-a", "the number of today refuses too"
    phones.say(zoe, first, only_missions=True)
    assert phones.refusing(first, second, third) == "m-m", "milder there, milder here"
    phones.take_back(zoe, first)
    assert phones.refusing(first, second, third, other.fingerprint) == "---a"


def test_their_own_missions_only_hold_again_once_the_stricter_copy_is_lifted(phones):
    zoe = make_contact(phones.session, phones.space)
    old = phones.renumber(zoe)
    phones.say(zoe, zoe.fingerprint, only_missions=True)
    phones.say(zoe, old)
    between, newer = phones.renumber(zoe), zoe.fingerprint
    assert phones.refusing(old, between, newer) == "aaa"
    phones.take_back(zoe, old)
    assert phones.refusing(old, between, newer) == "-mm"
    phones.take_back(zoe, between)
    assert phones.refusing(between, newer) == "--"


def test_a_start_from_the_number_given_up_lifts_the_copy_that_a_merge_made(phones):
    zoe, twin = (make_contact(phones.session, phones.space) for _ in "12")
    phones.say(twin, twin.fingerprint)
    phones.merge(zoe, twin)
    assert phones.refusing(zoe.fingerprint, twin.fingerprint) == "aa"
    phones.take_back(zoe, twin.fingerprint)
    assert phones.refusing(zoe.fingerprint, twin.fingerprint) == "--"


def test_a_neighbour_s_no_is_not_that_of_who_was_merged_of_their_phone(phones):
    session, space_id = phones.session, phones.space.id
    lea, paul = make_contact(session, phones.space), make_contact(session, phones.space, first_name="Paul")
    twin = make_contact(session, phones.space, phone=paul.phone, first_name="Léa P.")
    phones.merge(lea, twin)
    sales = {"family": Family.COMMERCIAL, "channel": Channel.PAPER, "wording": "Oui", **phones.words()}
    consent.agree(session, space_id, lea.fingerprint, given=True, **sales)

    def file_says_no(one):
        agreeing.agree_by_file(session, space_id, {paul.fingerprint: (one.id, "")}, wording="non", **phones.words())
        return consent.consenting(session, space_id, [lea.fingerprint]) == set()

    phones.say(paul, paul.fingerprint)
    assert (phones.refusing(paul.fingerprint, lea.fingerprint), file_says_no(paul)) == ("a-", False)
    phones.say(lea, paul.fingerprint, only_missions=True)
    assert (phones.refusing(lea.fingerprint), file_says_no(lea)) == ("m", True), "by the link of an SMS of then"
    archiving.archive(session, paul, **phones.words())
    phones.say(paul, paul.fingerprint, contact_id=None)
    assert phones.refusing(lea.fingerprint) == "a", "nobody else is at that phone any more"


@pytest.mark.parametrize("chosen", [(), ("phone",)], ids=["own number", "the other's number"])
def test_two_cards_again_share_no_refusal_wherever_it_followed(phones, chosen):
    """The survivor, renumbered since, refuses what they said themselves, at whichever number they have."""
    zoe, twin = (make_contact(phones.session, phones.space) for _ in "12")
    speaker, other = (zoe, twin) if chosen else (twin, zoe)
    given_up, kept = speaker.fingerprint, other.fingerprint
    phones.say(speaker, given_up)
    done = phones.merge(zoe, twin, chosen=chosen)
    phones.renumber(zoe)
    newer = zoe.fingerprint
    assert phones.refusing(given_up, kept, newer) == "aaa"
    phones.part(done)
    assert phones.refusing(given_up, kept, newer) == ("a-a" if chosen else "a--")
    assert (zoe.fingerprint, twin.fingerprint) == (newer, kept if chosen else given_up)


def test_two_cards_again_keep_what_was_said_while_they_were_one_and_give_back_the_other_s_own(phones):
    zoe, twin, lea, other = (make_contact(phones.session, phones.space) for _ in "1234")
    phones.say(twin, twin.fingerprint)
    done = phones.merge(zoe, twin)
    phones.say(zoe, twin.fingerprint)
    phones.part(done)
    assert phones.refusing(zoe.fingerprint, twin.fingerprint) == "aa", "said of the one person they were"
    phones.say(other, other.fingerprint)
    done = phones.merge(lea, other, chosen=("phone",))
    phones.renumber(lea)
    assert phones.refusing(lea.fingerprint) == "a"
    phones.part(done)
    assert phones.refusing(lea.fingerprint, other.fingerprint) == "-a", "it came with the other's number"


def test_a_stop_said_at_another_number_says_so_on_the_card_and_its_link_mends_both(app, client, database):
    with database.transaction() as session:
        space = make_space(session, two_way=False)
        zoe = make_contact(session, space)
        sign_in(client, session, make_user(session, space=space))
        token, words = links.new_token(), {"purpose": "opt_out", "subject_id": None, "contact_id": zoe.id}
        links.store(session, [links.row(token, now=utc_now(), fingerprint=zoe.fingerprint, space_id=space.id, **words)])
        contacts.edit(session, space, zoe, {"phone": next_phone()}, key=FINGERPRINT_KEY, by=SOMEBODY, now=utc_now())
    walker = Walker(client, space)
    client.post(f"/r/{token}", data={"choice": "stop"})
    page = walker.get(f"/benevoles/{zoe.id}").words
    assert "Par le lien de ses SMS. Dit depuis un autre numéro. Si ce n'était pas cette personne" in page
    client.post(f"/r/{token}", data={"choice": "mistake"})
    with database.snapshot() as session:
        assert consent.find(session, space.id, session.get_one(Contact, zoe.id).fingerprint) is None
