"""The replies page with whatever a phone network may send, and what waits until somebody has read it."""

from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.consent.families import Family
from app.contacts.phone import show_phone
from app.messaging.inbox import replies
from app.messaging.models import Reply
from app.messaging.status import Status
from tests.factories import NOON, SOMEBODY, make_mailing, make_message, make_space, make_user, sign_in
from tests.messaging.desk import claim

PHONE = "+33612345678"


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session, two_way=True)


def keep(database, space, body, *, phone=PHONE, meaning="", **words):
    with database.transaction() as session:
        made = Reply(
            space_id=space.id, account_sid="AC1", carrier_sid=f"SM{body}{phone}"[:40], phone=phone, body=body,
            meaning=meaning, at=NOON, raw=words,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made


def look(client, database, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    answer = client.get(f"/e/{space.slug}/reponses")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("sender", ["36180", "Orange", "", "+", "+44770090" + "0" * 14, "INFO-SMS", "+0000"])
def test_a_sender_that_is_no_phone_is_shown_as_it_is(client, database, space, sender):
    keep(database, space, "Votre forfait", phone=sender)
    assert show_phone(sender) == sender
    assert sender in look(client, database, space)


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [("", "1", "Photo reçue"), (" \n", "2", "Photo reçue"), ("", "0", "Message vide"), ("voilà", "1", "voilà")],
)
def test_a_photo_without_words_says_so(client, database, space, body, media, said):
    keep(database, space, body, NumMedia=media)
    assert said in look(client, database, space)


def test_what_may_be_an_objection_stands_before_all_others_until_it_is_read(client, database, space):
    doubtful = keep(database, space, "Désinscrivez Paul, moi je viens", meaning="unclear")
    keep(database, space, "À samedi")
    page = look(client, database, space)
    assert page.index("Désinscrivez Paul") < page.index("À samedi")
    assert page.count("Désinscrivez Paul") == 1
    with database.transaction() as session:
        replies.handle(session, space.id, doubtful.id, by=SOMEBODY, now=NOON)
    page = look(client, database, space)
    assert page.index("Désinscrivez Paul") > page.index("À samedi")


@pytest.mark.parametrize(("family", "leaves"), [(Family.SERVICE, True), (Family.CHARITABLE, False)])
def test_until_it_is_read_only_service_leaves_to_that_number(database, settings, space, family, leaves):
    doubtful = keep(database, space, "Arrêt maladie jusqu'au 12, désolée", meaning="unclear")
    with database.transaction() as session:
        mailing = make_mailing(session, space, family=family)
        make_message(session, mailing, phone=PHONE)
        other = make_message(session, mailing)
    held = {one.message_id for one in claim(database, settings)}
    assert other.id in held
    assert len(held) == (2 if leaves else 1)
    with database.transaction() as session:
        replies.handle(session, space.id, doubtful.id, by=SOMEBODY, now=NOON)
    later = {one.message_id for one in claim(database, settings, now=NOON + timedelta(minutes=6))}
    assert len(held | later) == 2


def send(database, space, body, *, days_ago, phone=PHONE):
    with database.transaction() as session:
        mailing = make_mailing(session, space)
        at = NOON - timedelta(days=days_ago)
        make_message(
            session, mailing, phone=phone, body=body, status=Status.DELIVERED, carrier_sid="SM1", claimed_at=at
        )


def test_a_yes_after_two_texts_shows_both_so_that_somebody_asks_which(client, database, space):
    send(database, space, "Collecte samedi ? https://t.example/r/k7mq2abcdefgh", days_ago=2)
    send(database, space, "Tri des dons dimanche ?", days_ago=1)
    send(database, space, "Un texte du mois passé", days_ago=30)
    send(database, space, "À quelqu'un d'autre", days_ago=1, phone="+33612345600")
    keep(database, space, "OUI")
    page = look(client, database, space)
    places = [page.index(words) for words in ("Répond peut-être", "Tri des dons", "Ou à", "Collecte samedi", "lequel")]
    assert places == sorted(places)
    assert not [hidden for hidden in ("k7mq2", "mois passé", "quelqu&#39;un d&#39;autre") if hidden in page]


def test_a_yes_after_one_text_says_which_it_answers(client, database, space):
    send(database, space, "Collecte samedi ?", days_ago=2)
    keep(database, space, "OUI")
    page = look(client, database, space)
    assert page.index("Répond peut-être") < page.index("Collecte samedi")
    assert "lequel" not in page
