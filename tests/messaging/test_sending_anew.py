"""A number mended from where an SMS did not arrive, and the same text written again to it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import Role, Space
from app.accounts.secrets import fingerprint
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts.models import Contact
from app.links import service as links
from app.messaging import afterthought, attempts, withdrawal
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.singles import anew
from app.messaging.singles import service as singles
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)
from tests.messaging.desk import claim
from tests.together import locks

WRONG, RIGHT = "+33612345670", "+33612345671"


@pytest.fixture
def lost(database, client, settings):
    """An équipière before a sending that is over and cancelled, whose one SMS went to a wrong number."""
    now, token = utc_now(), links.new_token()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        zoe = make_contact(session, space, phone=WRONG, first_name="Zoé")
        mailing = make_mailing(session, space, state=MailingState.CANCELLED, family=Family.CHARITABLE)
        body = f"Bonjour Zoé, la collecte est à 9 h.\n{links.address(settings.link_url, token)}"
        message = make_message(
            session, mailing, phone=WRONG, contact_id=zoe.id, body=body, status=Status.UNDELIVERED, error_code=30005
        )
        words = {"space_id": space.id, "purpose": "event", "subject_id": 7, "contact_id": zoe.id}
        links.store(session, [links.row(token, now=now, fingerprint=zoe.fingerprint, **words)])
        campaign = make_campaign(session, space, stage=Stage.CANCELLED, mailing_id=mailing.id, send_at=now)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space), campaign, message


def href(page, words):
    """Where the link that holds these words leads, as a walker's path."""
    found = re.search(rf'<a[^>]*href="/e/[^/"]+([^"]*)"[^>]*>(?:(?!</a>).)*{words}', page.text, re.DOTALL)
    assert found, f"no link says {words}"
    return found[1]


def test_from_those_not_reached_a_number_is_mended_and_the_text_leaves_anew_in_three_clicks(database, settings, lost):
    walker, campaign, message = lost
    page = walker.get(f"/envoyer/{campaign.id}?etat=pas-arrives")
    clicks = [href(page, "Zoé")]
    page = walker.get(clicks[-1])
    assert f'href="tel:{WRONG}"' in page.text and "Voir la fiche" in page.words
    clicks.append(href(page, "Corriger le numéro et réécrire"))
    form = walker.get(clicks[-1])
    assert "1 SMS, 7,5 centimes. Il part 30 secondes après" in form.words
    clicks.append("Enregistrer le numéro et envoyer")
    refused = walker.post(clicks[1], _from=clicks[1], phone="06 12")
    assert 'aria-invalid="true"' in refused.text, "a number that cannot be is said, and nothing is sent"
    sent = walker.post(clicks[1], _from=clicks[1], phone="06 12 34 56 71")
    assert len(clicks) == 3
    assert "Arrêter" in sent.words
    assert claim(database, settings, now=utc_now()) == []
    with database.snapshot() as session:
        again = session.scalars(select(Message).where(Message.id > message.id)).one()
        assert session.scalars(select(Contact)).one().phone == again.phone == RIGHT
        assert session.get_one(Mailing, again.mailing_id).family is Family.CHARITABLE
        link = links.find(session, re.search(r"/r/(\w+)", again.body)[1])
        assert (link.purpose, link.subject_id, link.contact_id) == ("event", 7, again.contact_id)
        assert again.body.partition("http")[0] == message.body.partition("http")[0]
    assert "Réécrit le" in walker.get(clicks[0]).words, "the first one leads to the new one"
    assert "Corriger le numéro" not in walker.get(clicks[0]).words
    twice = walker.post(clicks[1], _from="/benevoles", phone="06 12 34 56 71")
    assert "Corriger le numéro" not in twice.words
    later = utc_now() + afterthought.AFTERTHOUGHT
    assert [one.message_id for one in claim(database, settings, now=later)] == [again.id], "pressed twice, one leaves"


def test_stopped_in_the_thirty_seconds_it_does_not_leave_and_may_be_written_again(database, settings, lost):
    walker, _campaign, message = lost
    walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71")
    walker.post(f"/sms/{message.id + 1}/arreter")
    assert claim(database, settings, now=utc_now() + timedelta(minutes=1)) == []
    assert "Corriger le numéro et réécrire" in walker.get(f"/sms/{message.id}").words
    walker.post(f"/sms/{message.id}/arreter")
    assert walker.get(f"/sms/{message.id + 9}").status_code == 404


def test_those_not_reached_make_a_list_to_phone(database, lost):
    walker, campaign, message = lost
    assert "Liste à téléphoner" in walker.get(f"/envoyer/{campaign.id}?etat=pas-arrives").words
    page = walker.get(f"/sms/a-telephoner/{message.mailing_id}")
    assert "Zoé" in page.words and f'href="tel:{WRONG}"' in page.text
    walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71")
    assert "Personne à rappeler" in walker.get(f"/sms/a-telephoner/{message.mailing_id}").words
    assert walker.get("/sms/a-telephoner/99").status_code == 404


def test_whoever_a_later_try_or_a_text_written_again_once_more_reached_is_left_in_peace(database, settings, lost):
    _walker, _campaign, message = lost
    now = utc_now()
    with database.transaction() as session:
        space, first = session.get_one(Space, message.space_id), session.get_one(Message, message.id)
        words = {"by": SOMEBODY, "settings": settings, "now": now}

        def is_settled():
            session.flush()
            to_phone = singles.not_reached(session, space.id, message.mailing_id, limit=9)
            is_told = "déjà en route ou arrivé" in anew.why_not(session, space, first, now=now)
            assert is_told is not bool(to_phone)
            return is_told

        second = anew.send_anew(session, space, first, phone=RIGHT, **words)
        second.status = Status.UNDELIVERED
        assert not is_settled()
        attempts.try_later(session, [second.id], now=now)
        session.refresh(second)
        later = session.scalars(select(Message).where(Message.attempt == 2)).one()
        assert is_settled(), "it waits for its second try"
        later.status = Status.UNDELIVERED
        third = anew.send_anew(session, space, later, phone="+33612345672", **words)
        third.status = Status.DELIVERED
        assert is_settled(), "the third arrived"
        third.status, later.status = Status.UNDELIVERED, Status.DELIVERED
        assert is_settled(), "the second arrived in the end"
        later.status = Status.UNDELIVERED
        assert not is_settled()
        assert singles.sent_anew(session, space.id, [first.id]) == {first.id: third}


def test_nothing_is_written_again_to_whoever_said_stop_nor_about_what_is_past(database, lost):
    walker, _campaign, message = lost
    with database.transaction() as session:
        session.get_one(Mailing, message.mailing_id).expires_at = utc_now() - timedelta(hours=1)
    assert "est passé" in walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71").words
    with database.transaction() as session:
        session.get_one(Mailing, message.mailing_id).expires_at = None
        mark = session.get_one(Contact, message.contact_id).fingerprint
        consent.object_to(session, message.space_id, mark, channel=Channel.SPOKEN, by=SOMEBODY, now=utc_now())
    assert "ne veut plus de SMS" in walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71").words
    assert "Corriger le numéro" not in walker.get(f"/sms/{message.id}").words
    assert phones(database) == [WRONG], "another number does not undo a STOP"


def test_a_stop_kept_in_the_loss_or_said_at_the_number_of_then_holds_for_a_new_number(database, settings, lost):
    walker, _campaign, message = lost
    for loss in (
        {"status": Status.WITHDRAWN, "reason": consent.OPTED_OUT, "error_code": None},
        {"status": Status.WITHDRAWN, "reason": consent.ONLY_MISSIONS, "error_code": None},
        {"status": Status.FAILED, "reason": "", "error_code": 21610},
    ):
        with database.transaction() as session:
            session.execute(update(Message).values(**loss))
        assert "ne voulait pas de ce SMS" in walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71").words
    with database.transaction() as session:
        session.execute(update(Message).values(status=Status.UNDELIVERED, error_code=30005))
        here = message.space_id, message.fingerprint
        consent.object_to(
            session, *here, channel=Channel.SMS, by=SOMEBODY, now=utc_now(), contact_id=None, only_missions=True
        )
        card = session.get_one(Contact, message.contact_id)
        card.phone, card.fingerprint = "+33612345672", "of another phone"
    refused = walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71").words
    assert "seulement les SMS de ses missions" in refused and "téléphonez" in refused
    with database.transaction() as session:
        consent.restore(session, *here, channel=Channel.SMS, by=SOMEBODY, now=utc_now())
        stopped = fingerprint(RIGHT, key=settings.fingerprint_key)
        consent.object_to(session, here[0], stopped, channel=Channel.SMS, by=SOMEBODY, now=utc_now())
    page = walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71")
    assert (page.status_code, "ne veut plus de SMS" in page.words) == (422, True), "the new number's own STOP is said"
    assert phones(database) == ["+33612345672"]


def test_what_another_sms_brought_is_not_written_again(database, lost):
    walker, _campaign, message = lost
    for reason in (withdrawal.MERGED, withdrawal.ARRIVED, withdrawal.FIRST_ARRIVED):
        with database.transaction() as session:
            session.execute(update(Message).values(status=Status.WITHDRAWN, reason=reason, error_code=None))
        assert "Corriger le numéro" not in walker.get(f"/sms/{message.id}").words
        refused = walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71").words
        assert "Pour dire autre chose à cette personne, écrivez un nouveau SMS" in refused
    assert phones(database) == [WRONG]


def test_the_link_written_again_is_the_person_s_own_and_a_pasted_one_stays(database, settings, lost):
    walker, _campaign, message = lost
    with database.transaction() as session:
        other, space = make_contact(session, session.get_one(Space, message.space_id)), make_space(session)
        pasted = []
        for space_id, contact_id in ((other.space_id, other.id), (space.id, message.contact_id)):
            token = links.new_token()
            pasted.append(links.address(settings.link_url, token))
            words = {"space_id": space_id, "purpose": "sign_up", "subject_id": 9, "contact_id": contact_id}
            links.store(session, [links.row(token, now=utc_now(), fingerprint="x", **words)])
        body = f"{message.body}Merci, {' '.join(pasted)}"
        session.execute(update(Message).values(body=f"{pasted[0]} {body}"))
    walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71")
    with database.snapshot() as session:
        again = session.scalars(select(Message).where(Message.id > message.id)).one()
        before, own, after = again.body.split("http://")[1:4]
        assert (before.split()[0], again.body.split()[-2:]) == (pasted[0].partition("//")[2], pasted)
        link = links.find(session, own.partition("/r/")[2])
        assert (link.purpose, link.subject_id, link.contact_id) == ("event", 7, message.contact_id)
        assert "Merci, " in own and after, "what was stuck to the link is kept"


def test_the_space_is_held_before_the_message_and_the_card(database, lost):
    """In another order a merge or an import of the same moment would wait for us and we for it."""
    walker, _campaign, message = lost
    with locks(database) as held:
        walker.post(f"/sms/{message.id}/reecrire", phone="06 12 34 56 71")
    assert held[:3] == ([] if database.is_sqlite else ["spaces", "messages", "contacts"])


def phones(database):
    """Of the contacts, nothing having been written again."""
    with database.snapshot() as session:
        assert len(session.scalars(select(Message)).all()) == 1
        return session.scalars(select(Contact.phone)).all()
