"""« Commencer pour de bon »: what is missing and who does it, the workshop's texts, the first real SMS."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Membership, Mode, Role, Space, User
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts.models import Contact, ContactList, ListMember
from app.errors import RuleBroken
from app.messaging import settling
from app.messaging.models import Message
from app.messaging.status import Status
from app.workshops import service
from app.workshops.models import RealTick, Workshop
from app.workshops.real import drafts as import_drafts
from app.workshops.real import first_sms
from app.workshops.real import points as going_real
from app.workshops.room import service as room_service
from app.workshops.seats import service as seating
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, fingerprint, make_space, make_user, sign_in
from tests.messaging.desk import claim

OWN = "+33612345678"
TODAY = date(2026, 3, 3)


@pytest.fixture
def ready(settings):
    """Settings of a server that receipts can reach."""
    return replace(settings, public_url="https://tambour.example")


@pytest.fixture
def live(database):
    """A live space as it is opened, and its référente."""
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai", sender="", budget_micros=None)
        return space, make_user(session, space=space, name="Odile Vasseur")


def complete(database, live, *, phone=OWN):
    """Do everything the page asks for."""
    space, odile = (each.id for each in live)
    with database.transaction() as session:
        space, odile = session.get_one(Space, space), session.get_one(User, odile)
        space.sender, space.budget_micros = "AmisDuQuai", 20_000_000
        space.contact_name, space.contact_phone = "Odile", "03 22 00 00 00"
        odile.phone, odile.phone_verified_at = phone, NOON
        for key in going_real.BY_HAND:
            going_real.tick(session, space, key, note="l'association", done_on=TODAY, by=SOMEBODY, now=NOON)


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Noumea", date(2026, 3, 4)), ("Pacific/Tahiti", date(2026, 3, 3))]
)
def test_a_point_is_done_today_at_the_latest_where_the_association_is(database, live, zone, today):
    evening = datetime(2026, 3, 3, 20, tzinfo=UTC)
    with database.transaction() as session:
        space = session.get_one(Space, live[0].id)
        space.zone = zone
        words = {"note": "l'association", "by": SOMEBODY, "now": evening}
        going_real.tick(session, space, going_real.PAYER, done_on=today, **words)
        with pytest.raises(RuleBroken, match="aujourd'hui ou avant"):
            going_real.tick(session, space, going_real.PAYER, done_on=today + timedelta(days=1), **words)


def missing(database, live, settings):
    with database.snapshot() as session:
        space, user = session.get_one(Space, live[0].id), session.get_one(User, live[1].id)
        points = going_real.points(session, space, user, settings=settings, today=TODAY)
        assert all(point.who and point.text for point in points)
        return [point.key for point in going_real.missing(points)]


def send(database, live, settings, *, body=first_sms.USUAL, now=NOON):
    with database.transaction() as session:
        space, user = session.get_one(Space, live[0].id), session.get_one(User, live[1].id)
        return first_sms.send(session, space, user, body=body, by=SOMEBODY, settings=settings, now=now)


@pytest.fixture
def browser(app, database, live):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, live[1])
    return client


@pytest.fixture
def harvested(database, settings, opened, live, sit):
    """Two seats wrote texts at the workshop of this association; the trainer wrote one too."""
    with database.transaction() as session:
        session.get_one(Workshop, opened.id).association_space_id = live[0].id
    for nickname, bodies in (("Amina", ["Venez samedi !", "Merci à tous."]), ("Paul", ["Venez samedi !", " "])):
        _client, sitting = sit(opened, nickname)
        with database.transaction() as session:
            for body in bodies:
                everyone = session.scalars(
                    select(ContactList.id).where(ContactList.space_id == sitting.space.id)
                ).first()
                campaigns.draft(
                    session, sitting.space, by=seating.principal_of(sitting.seat), now=utc_now(), name="À Jeanne",
                    family=Family.SERVICE, body=body, audience={"lists": [everyone], "contacts": [], "except": []},
                )  # fmt: skip
    with database.transaction() as session:
        model = session.get_one(Space, opened.model_space_id)
        campaigns.draft(session, model, by=SOMEBODY, now=utc_now(), body="Le texte de la formatrice")
    return opened


def test_a_new_live_space_is_told_everything_it_lacks(database, live, settings, ready):
    assert missing(database, live, settings) == ["sender", "contact", "payer", "hours", "notice", "phone"]
    assert missing(database, live, ready) == ["sender", "contact", "payer", "hours", "notice", "phone"]


def test_receipts_need_an_address_that_the_carrier_can_reach(database, live, settings):
    complete(database, live)
    here = replace(settings, public_url="http://127.0.0.1:8000")
    real = replace(here, carrier_url="https://api.twilio.com")
    assert missing(database, live, here) == [], "in a demonstration the simulator stands in"
    assert missing(database, live, real) == ["carrier"]


def test_a_cap_without_a_payer_is_half_an_answer(database, live, ready):
    complete(database, live)
    assert missing(database, live, ready) == []
    with database.transaction() as session:
        space = session.get_one(Space, live[0].id)
        space.budget_micros = None
    assert missing(database, live, ready) == ["payer"]


def test_a_point_is_ticked_again_and_unticked(browser, database, live):
    address = f"/e/{live[0].slug}/en-vrai"
    for name in ("la mairie", "l'association"):
        sent = {"key": "payer", "note": name, "done_on": "2026-03-01"}
        assert browser.post(f"{address}/cocher", data=sent).status_code == 302
    with database.snapshot() as session:
        ticked = session.scalars(select(RealTick)).one()
        assert (ticked.note, ticked.done_on, ticked.ticked_by) == ("l'association", date(2026, 3, 1), "Odile Vasseur")
    assert "depuis le" not in browser.get(address).text
    browser.post(f"{address}/cocher", data={"key": "payer", "act": "untick"})
    with database.snapshot() as session:
        assert session.scalars(select(RealTick)).all() == []


@pytest.mark.parametrize(
    "sent",
    [
        {"key": "payer", "note": " ", "done_on": "2026-03-01"},
        {"key": "notice"},
        {"key": "notice", "done_on": "hier"},
        {"key": "notice", "done_on": "2999-01-01"},
        {"key": "sender", "done_on": "2026-03-01"},
        {"key": "x" * 500, "done_on": "2026-03-01"},
    ],
)
def test_a_wrong_tick_says_why_and_changes_nothing(browser, database, live, sent):
    answer = browser.post(f"/e/{live[0].slug}/en-vrai/cocher", data=sent)
    assert answer.status_code == 422
    assert "à corriger" in answer.text
    with database.snapshot() as session:
        assert session.scalars(select(RealTick)).all() == []


def test_the_notice_names_whom_to_call_and_prints_alone(browser, database, live):
    complete(database, live)
    page = browser.get(f"/e/{live[0].slug}/en-vrai/avis").text
    assert "Les Amis du Quai" in page
    assert "03 22 00 00 00" in page


def test_nobody_else_comes_in(app, browser, database, live):
    """Not a team member, not staff, not in a practice space."""
    with database.transaction() as session:
        helper = make_user(session, space=live[0], role=Role.EQUIPIERE)
        practice = make_space(session, mode=Mode.PRACTICE)
        odile = session.get_one(User, live[1].id)
        session.add(Membership(space_id=practice.id, user_id=odile.id, role=Role.REFERENTE, created_at=NOON))
        other = app.test_client()
        sign_in(other, session, helper)
    assert other.get(f"/e/{live[0].slug}/en-vrai").status_code == 403
    assert browser.get(f"/e/{practice.slug}/en-vrai").status_code == 404
    assert app.test_client().get(f"/e/{live[0].slug}/en-vrai").status_code == 302


def test_home_leads_there_until_the_first_text_has_left(browser, database, live, ready):
    home = f"/e/{live[0].slug}/"

    def offered():
        return "/en-vrai" in browser.get(home).text.partition("<main")[2]

    assert offered()
    complete(database, live)
    assert offered()
    send(database, live, ready)
    assert not offered()
    assert "/en-vrai" in browser.get(home).text, "the notice to print is behind « Plus » for good"


def test_the_first_real_text_goes_to_her_own_phone_through_the_live_carrier(database, live, ready):
    complete(database, live)
    send(database, live, ready)
    (claimed,) = claim(database, ready)
    assert (claimed.text.phone, claimed.text.sender) == (OWN, "AmisDuQuai")
    assert claimed.text.body.startswith("Bonjour Odile, ceci est le premier vrai SMS de Les Amis du Quai.")
    assert "/r/" in claimed.text.body
    assert (claimed.account.account_sid, claimed.account.practice) == (ready.twilio_account_sid, False)


def test_written_at_night_it_leaves_in_the_morning(database, live, ready):
    complete(database, live)
    send(database, live, ready, now=NOON.replace(hour=23))
    assert claim(database, ready, now=NOON.replace(hour=23)) == []
    assert len(claim(database, ready, now=NOON.replace(day=4, hour=7, minute=5))) == 1


def test_with_something_missing_nothing_leaves_and_the_sentence_says_what(browser, database, live):
    complete(database, live)
    with database.transaction() as session:
        session.get_one(Space, live[0].id).sender = ""
    answer = browser.post(f"/e/{live[0].slug}/en-vrai/premier-sms", data={"body": "Bonjour"})
    assert answer.status_code == 422
    assert "Rien n’est parti. Il manque encore" in answer.text
    assert "Le nom d’expéditeur" in answer.text
    with database.snapshot() as session:
        assert session.scalars(select(Message)).all() == []


def test_two_presses_send_one_text_and_a_failed_one_may_go_again(browser, database, live, ready):
    complete(database, live)
    address = f"/e/{live[0].slug}/en-vrai/premier-sms"
    assert [browser.post(address, data={"body": "Bonjour"}).status_code for _ in range(2)] == [302, 409]
    with database.transaction() as session:
        session.scalars(select(Message)).one().status = Status.UNDELIVERED
    assert browser.post(address, data={"body": "Bonjour encore"}).status_code == 302
    with database.snapshot() as session:
        failed, second = session.scalars(select(Message).order_by(Message.id)).all()
    everything = browser.get(f"/e/{live[0].slug}/envoyer").text
    assert (everything.count("Premier vrai SMS"), everything.count("Pas arrivé")) == (2, 1), "the failed one stays"
    assert all(browser.get(f"/e/{live[0].slug}/sms/{one.id}").status_code == 200 for one in (failed, second))
    assert [f"/sms/{one.id}" in everything for one in (failed, second)] == [True, True]


@pytest.mark.parametrize(
    ("body", "words"), [("", "vide"), ("Répondez OUI à ce SMS", "Répondez"), ("bit.ly/x", "raccourcis")]
)
def test_a_text_that_nobody_should_send_is_not_the_first(browser, database, live, body, words):
    complete(database, live)
    answer = browser.post(f"/e/{live[0].slug}/en-vrai/premier-sms", data={"body": body})
    assert answer.status_code == 422
    assert words in answer.text


def test_not_to_a_number_abroad(browser, database, live):
    complete(database, live, phone="+5351234567")
    answer = browser.post(f"/e/{live[0].slug}/en-vrai/premier-sms", data={"body": "Bonjour"})
    assert answer.status_code == 422
    assert "numéros de ce pays" in answer.text


def test_not_to_a_fiction_number_nor_to_one_that_said_no(browser, database, live):
    complete(database, live, phone="+33639980012")
    address = f"/e/{live[0].slug}/en-vrai/premier-sms"
    assert "numéro inventé" in browser.post(address, data={"body": "Bonjour"}).text
    with database.transaction() as session:
        session.get_one(User, live[1].id).phone = OWN
        mark = fingerprint(OWN, key=FINGERPRINT_KEY)
        consent.object_to(session, live[0].id, mark, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
    assert "ne veut plus de SMS" in browser.post(address, data={"body": "Bonjour"}).text


def test_the_workshops_texts_wait_each_once(database, harvested, live):
    with database.snapshot() as session:
        (harvest,) = import_drafts.waiting(session, live[0])
        assert [text.body for text in harvest.texts] == ["Venez samedi !", "Merci à tous."]
    with database.transaction() as session:
        assert import_drafts.waiting(session, make_space(session)) == []


def test_words_pass_and_people_never_do(browser, database, harvested, live, settings):
    """No contact, list, message, name or audience of the practice space comes along, even once it is closed."""
    with database.transaction() as session:
        room_service.close(session, service.get(session, harvested.id, lock=True), by=SOMEBODY, now=utc_now())
    page = browser.get(f"/e/{live[0].slug}/en-vrai").text
    assert "2 textes écrits à l’atelier du" in page
    with database.snapshot() as session:
        (harvest,) = import_drafts.waiting(session, live[0])
    sent = {"text": [str(text.id) for text in harvest.texts]}
    assert browser.post(f"/e/{live[0].slug}/en-vrai/textes", data=sent).status_code == 302
    with database.snapshot() as session:
        passed = session.scalars(select(Campaign).where(Campaign.space_id == live[0].id).order_by(Campaign.id)).all()
        assert [(one.body, one.family, one.name, one.stage.value) for one in passed] == [
            ("Venez samedi !", Family.SERVICE, "", "draft"),
            ("Merci à tous.", Family.SERVICE, "", "draft"),
        ]
        assert not any(value for one in passed for value in one.audience.values())
        for table in (Contact, ContactList, Message):
            assert session.scalar(select(func.count()).where(table.space_id == live[0].id)) == 0
        members = select(func.count()).select_from(ListMember).join(Contact).where(Contact.space_id == live[0].id)
        assert session.scalar(members) == 0
    assert browser.post(f"/e/{live[0].slug}/en-vrai/textes", data=sent).status_code == 422, "they do not pass twice"


def test_only_texts_of_ones_own_workshop_can_be_chosen(browser, database, harvested, live):
    with database.snapshot() as session:
        others = session.scalars(select(Campaign.id).where(Campaign.body == "Le texte de la formatrice")).all()
    for ids in ([], [str(one) for one in others], ["999999"], ["²"], ["1' OR 1=1"]):
        assert browser.post(f"/e/{live[0].slug}/en-vrai/textes", data={"text": ids}).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(Campaign).where(Campaign.space_id == live[0].id)).all() == []


REASON = "L'opérateur n'accepte pas encore cet expéditeur."


@pytest.fixture
def stopped(database, live, ready):
    """The first SMS, written and then stopped by an error before it left."""
    complete(database, live)
    with database.transaction() as session:
        session.get_one(Space, live[0].id).hours_hold = False
    message = send(database, live, ready, now=utc_now())
    with database.transaction() as session:
        settling.pause(session, {message.mailing_id: REASON})
    return message


def first(database, message):
    with database.snapshot() as session:
        return session.get_one(Message, message.id).status


def test_a_first_sms_that_was_stopped_says_why_and_goes_on_when_asked(browser, database, live, stopped, settings):
    address = f"/e/{live[0].slug}/en-vrai"
    for page in (browser.get(address).text, browser.get(f"{address}?part=1").text):
        assert "pas encore cet expéditeur" in page
        assert "Reprendre l" in page
    assert claim(database, settings, now=utc_now()) == []
    assert browser.post(f"{address}/premier-sms/reprendre").location.startswith(address)
    assert "Reprendre l" not in browser.get(address).text
    assert len(claim(database, settings, now=utc_now())) == 1
    assert browser.post(f"{address}/premier-sms/reprendre").status_code == 409


def test_a_first_sms_that_was_stopped_can_be_ended_and_another_written(browser, database, live, stopped, ready):
    address = f"/e/{live[0].slug}/en-vrai"
    assert browser.post(f"{address}/premier-sms/arreter").location.startswith(address)
    assert first(database, stopped) is Status.WITHDRAWN
    assert browser.post(f"{address}/premier-sms/arreter").status_code == 409
    assert send(database, live, ready, now=utc_now()).id != stopped.id


def test_the_notice_promises_nothing_that_the_code_does_not_do():
    said = going_real.notice_text(Space(name="Les Amis du Quai", contact_name="", contact_phone=""))
    assert "puis nous l'effaçons" not in said.replace("’", "'")
    assert "Nous revoyons notre liste chaque année" in said
