"""What a reader of replies may do next: answer, phone, and obey an objection that no rule read."""

import pytest
from sqlalchemy import select

from app.accounts import secrets
from app.accounts.models import Role
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Act, Channel, ConsentEntry
from app.messaging.models import Reply
from tests.contacts.test_pages import Walker
from tests.factories import make_contact, make_space, make_user, sign_in

UNKNOWN, SHARED = "+33639987777", "+33639984242"


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def replied(database, space, phone, body, contact=None):
    with database.transaction() as session:
        reply = Reply(
            space_id=space.id, account_sid="AC1", carrier_sid=secrets.new_word(), phone=phone, body=body,
            at=utc_now(), contact_id=contact and contact.id,
        )  # fmt: skip
        session.add(reply)
        session.flush()
        return reply.id


def test_the_objection_of_a_number_without_a_card_is_obeyed_and_kept_by_fingerprint(database, walker, space, settings):
    reply_id = replied(database, space, UNKNOWN, "fichez-moi la paix")
    assert "Noter : ne veut plus de SMS" in walker.get("/reponses").words
    said = walker.post(f"/reponses/{reply_id}/stop", _from="/reponses").words
    assert "plus aucun SMS ne partira vers le 06 39 98 77 77" in said
    assert "Noter : ne veut plus de SMS" not in said
    mark = secrets.fingerprint(UNKNOWN, key=settings.fingerprint_key)
    with database.snapshot() as session:
        entry = session.scalars(select(ConsentEntry)).one()
        assert (entry.fingerprint, entry.contact_id) == (mark, None)
        assert (entry.act, entry.channel, entry.wording) == (Act.OBJECTED, Channel.SMS, "fichez-moi la paix")
        assert consent.opted_out(session, space.id, [mark])
        assert session.get_one(Reply, reply_id).handled_at is not None


def test_on_a_shared_phone_one_answers_a_person_and_a_stop_says_whom_it_silences(database, walker, space):
    with database.transaction() as session:
        karim = make_contact(session, space, phone=SHARED, first_name="Karim")
        sofia = make_contact(session, space, phone=SHARED, first_name="Sofia")
    replied(database, space, SHARED, "Oui je viens (Sofia)", karim)
    page = walker.get("/reponses")
    assert "Répondre à Karim" in page.words and "Répondre à Sofia" in page.words
    assert "vaudra pour toutes ces personnes" in page.words
    assert f'href="tel:{SHARED}"' in page.text
    walker.post("/envoyer", contacts=sofia.id)
    with database.snapshot() as session:
        assert session.scalars(select(Campaign)).one().audience["contacts"] == [sofia.id]


def test_a_card_a_list_and_an_import_lead_to_writing(database, walker, space):
    with database.transaction() as session:
        zoe = make_contact(session, space, phone=SHARED, first_name="Zoé")
    walker.post("/listes", name="Conducteurs")
    walker.post("/listes/1/ajouter", contact=str(zoe.id))
    card, one_list = walker.get(f"/benevoles/{zoe.id}"), walker.get("/listes/1")
    assert "Lui écrire" in card.words and f'href="tel:{SHARED}"' in card.text
    assert "Écrire à cette liste" in one_list.words
    assert "Retirer de la liste : " in one_list.words
    walker.post(f"/benevoles/{zoe.id}/plus-de-sms")
    assert "Lui écrire" not in walker.get(f"/benevoles/{zoe.id}").words
