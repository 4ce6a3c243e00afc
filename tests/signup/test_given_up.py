"""A sign-up at a number that somebody gave up."""

from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from tests.factories import SOMEBODY, make_contact
from tests.signup.stage import confirm, fill_in, open_page, texts


def test_what_is_ticked_at_a_number_given_up_is_no_consent_of_the_number_kept(client, runtime, database):
    space, _list = open_page(database, on_list=False, asks_commercial=True)
    act = {"by": SOMEBODY, "now": utc_now()}
    with database.transaction() as session:
        zoe, twin = (make_contact(session, space, phone=phone, first_name="Zoé") for phone in (KEPT, GIVEN_UP))
        sales = {"family": Family.COMMERCIAL, "channel": Channel.SPOKEN, "wording": "Plus de ventes", **act}
        consent.agree(session, space.id, zoe.fingerprint, given=False, **sales)
        merging.merge(session, space, survivor_id=zoe.id, loser_id=twin.id, moves=MOVES, **act)
        both = {zoe.fingerprint, twin.fingerprint}
    fill_in(client, space, first_name="Zoé", phone=GIVEN_UP, commercial="1")
    (message,) = texts(runtime)
    confirm(client, message)
    with database.snapshot() as session:
        zoe = session.get_one(Contact, zoe.id)
        assert consent.consenting(session, space.id, both) == both - {zoe.fingerprint}


KEPT, GIVEN_UP = "+33612345671", "+33612345678"
