"""From the poster to the contacts: a form, a text, a link pressed, and nobody learns who is known."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Failure, Mode, Role, Space
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.contacts import lists
from app.contacts.models import Contact
from app.errors import TooMany
from app.messaging.body.parts import encoding_of
from app.messaging.restore import halt
from app.signup import asking, retention
from app.signup import service as page_service
from app.signup.models import SignUp
from tests.factories import SOMEBODY, make_contact, make_list, make_space, make_user, sign_in
from tests.signup.stage import confirm, fill_in, open_page, stamp, texts, waiting

E164 = "+33612345678"


def rows(database, table):
    with database.snapshot() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def test_somebody_signs_up_and_is_nobody_s_contact_before_their_phone_says_so(client, runtime, database):
    space, new = open_page(database)
    page = client.get(f"/inscription/{space.slug}")
    assert "Deux samedis par mois." in page.text
    answer = fill_in(client, space, availability=["2", "4"])
    assert (answer.status_code, answer.location) == (303, f"/inscription/{space.slug}/merci")
    assert rows(database, Contact) == []
    texts(runtime)
    (message,) = texts(runtime)
    assert (message.phone, message.parts, encoding_of(message.body)) == (E164, 1, "GSM-7")
    assert message.body.startswith("Les Amis du Quai : ")
    asked, done = confirm(client, message)
    assert "Jeanne Martin" in asked
    assert "le soir, le week-end" in asked
    assert "C’est confirmé" in done.text or "C'est confirmé" in done.text
    confirm(client, message)
    (person,) = rows(database, Contact)
    assert (person.first_name, person.last_name, person.phone, person.availability) == ("Jeanne", "Martin", E164, 6)
    with database.snapshot() as session:
        assert [one.name for one in lists.of_contacts(session, [person.id])[person.id]] == [new.name]
    (entry,) = rows(database, ConsentEntry)
    assert (entry.family, entry.act, entry.channel, entry.contact_id) == (
        "charitable", Act.GIVEN, Channel.FORM, person.id,
    )  # fmt: skip
    assert "J'accepte que Les Amis du Quai m'écrive par SMS" in entry.wording
    assert "18 ans ou plus" in entry.wording
    assert entry.evidence.startswith(f"http://tambour.test/inscription/{space.slug} ")
    (left,) = waiting(database)
    assert (left.phone, left.first_name, left.last_name, left.wording, left.contact_id) == ("", "", "", "", person.id)
    for shown in (page, answer, done):
        assert "Set-Cookie" not in shown.headers


def test_the_commercial_consent_is_asked_apart_and_only_kept_when_ticked(client, runtime, database):
    space, _new = open_page(database, asks_commercial=True)
    page = client.get(f"/inscription/{space.slug}").text
    assert 'name="commercial" value="1"' in page
    assert " checked" not in page
    fill_in(client, space, commercial="1")
    fill_in(client, space, phone="06 12 34 56 79")
    first, second = texts(runtime)
    confirm(client, first)
    confirm(client, second)
    with database.snapshot() as session:
        marks = {person.phone: person.fingerprint for person in session.scalars(select(Contact))}
        blocked = consent.blocked(session, space.id, Family.COMMERCIAL, marks.values())
    assert blocked == {marks["+33612345679"]: consent.NO_CONSENT}


def test_whoever_is_under_eighteen_is_asked_to_call_and_nothing_is_kept(client, database):
    space, _new = open_page(database)
    answer = fill_in(client, space, adult=None, first_name="Zoé")
    assert answer.status_code == 422
    assert "03 22 00 00 00" in answer.text.replace("\u00a0", " ")
    assert 'value="Zoé"' in answer.text
    assert (waiting(database), rows_of(database, Failure)) == ([], [])


def rows_of(database, table):
    with database.snapshot() as session:
        return session.scalars(select(table)).all()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"first_name": " "}, "Écrivez votre prénom."),
        ({"first_name": "N/A"}, "Écrivez votre prénom."),
        ({"phone": "01 99 00 12 34"}, "fixe"),
        ({"phone": "06 39 98 00 00"}, "inventé"),
        ({"phone": "+44 7400 123456"}, "de ce pays"),
        ({"missions": None}, "cochez cette case"),
        ({"website": "http://spam"}, "appuyez encore une fois"),
        ({"stamp": ""}, "appuyez encore une fois"),
        ({"stamp": "1764111128." + "0" * 64}, "appuyez encore une fois"),
        ({"first_name": "x" * 81}, "trop long"),
    ],
)
def test_a_form_that_cannot_be_taken_comes_back_with_what_was_typed(client, database, words, said):
    space, _new = open_page(database)
    answer = fill_in(client, space, last_name="Lévêque", **words)
    assert answer.status_code == 422
    assert said in answer.text.replace("\u00a0", " ").replace("’", "'")
    assert 'value="Lévêque"' in answer.text
    assert waiting(database) == []


def test_too_fast_or_too_old_is_asked_again(client, database):
    space, _new = open_page(database)
    for ago_s in (0, 25 * 3600):
        answer = fill_in(client, space, stamp=stamp(space, ago_s=ago_s))
        assert (answer.status_code, "appuyez encore une fois" in answer.text) == (422, True)
    assert waiting(database) == []


def test_the_answer_and_its_work_are_the_same_whoever_the_number_is(client, runtime, database):
    """A stranger is texted, a known person too; one who said STOP is not, nor one who was texted today."""
    space, _new = open_page(database)
    with database.transaction() as session:
        known = make_contact(session, space, phone="+33612345601", first_name="Paul")
        stopped = make_contact(session, space, phone="+33612345602")
        consent.object_to(
            session, space.id, stopped.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=utc_now()
        )  # fmt: skip
    answers = [fill_in(client, space, phone=f"+3361234560{at}") for at in (0, 1, 2, 0)]
    assert len({(one.status_code, one.location, one.data) for one in answers}) == 1
    assert {one.phone for one in texts(runtime)} == {"+33612345600", known.phone}
    assert [one.phone for one in waiting(database)] == ["+33612345600", known.phone]
    fill_in(client, space, phone="+33612345600", first_name="Ali")
    both = texts(runtime)
    assert len(both) == 2
    page, _done = confirm(client, next(one for one in both if one.phone == "+33612345600"))
    assert "Confirmer Jeanne" in page
    assert "Confirmer Ali" in page
    assert {one.first_name for one in rows(database, Contact)} >= {"Jeanne", "Ali"}


def test_without_money_the_text_waits_and_the_page_says_nothing_of_it(client, runtime, database):
    space, _new = open_page(database, budget_micros=0)
    assert fill_in(client, space).status_code == 303
    assert texts(runtime) == []
    (one,) = waiting(database)
    assert one.due_at > utc_now()
    with database.transaction() as session:
        session.get_one(Space, space.id).budget_micros = None
        session.get_one(SignUp, one.id).due_at = utc_now()
    assert len(texts(runtime)) == 1


def test_while_all_sending_is_stopped_nobody_waits_for_a_text_unawares(client, database):
    space, _new = open_page(database)
    told = "Les SMS ne partent pas en ce moment"
    assert told not in client.get(f"/inscription/{space.slug}").text
    with database.transaction() as session:
        halt.stop(session, why="une erreur chez nous", by=SOMEBODY, now=utc_now())
    thanks = client.get(fill_in(client, space).location).text
    pages = [client.get(path).text for path in (f"/inscription/{space.slug}", "/candidature")]
    assert [told in page for page in (thanks, *pages)] == [True, True, True]
    assert "une erreur chez nous" not in thanks, "the reason is for those who send"
    assert told not in client.get("/ressources").text, "no text is awaited there"


def test_a_known_person_keeps_their_card_and_only_gains(client, runtime, database):
    space, _new = open_page(database)
    with database.transaction() as session:
        known = make_contact(
            session, space, phone=E164, first_name="Jeanne", last_name="", email="j@exemple.fr", note="aime conduire",
            availability=1, archived_at=utc_now(),
        )  # fmt: skip
    fill_in(client, space, first_name="JEANNE", last_name="Martin", availability="2")
    (message,) = texts(runtime)
    with database.snapshot() as session:
        before = session.get_one(Contact, known.id)
        assert (before.last_name, before.availability, before.archived_at is None) == ("", 1, False)
    confirm(client, message)
    (person,) = rows(database, Contact)
    assert (person.id, person.first_name, person.last_name) == (known.id, "Jeanne", "Martin")
    assert (person.email, person.note, person.availability) == ("j@exemple.fr", "aime conduire", 3)
    assert person.archived_at is None


def test_not_me_keeps_nothing_and_offers_the_way_out(client, runtime, database):
    space, _new = open_page(database)
    fill_in(client, space)
    (message,) = texts(runtime)
    page, done = confirm(client, message, "forget")
    assert "/sms" in page
    assert "Rien n" in done.text
    assert (waiting(database), rows(database, Contact)) == ([], [])
    fill_in(client, space)
    assert len(texts(runtime)) == 1, "one text a day, whatever was answered"


def test_a_closed_page_and_an_unknown_one_answer_alike_and_links_in_pockets_stay_good(client, runtime, database):
    space, _new = open_page(database)
    fill_in(client, space)
    (message,) = texts(runtime)
    with database.transaction() as session:
        change(session, space, is_open=False)
    answers = [client.get(f"/inscription/{slug}") for slug in (space.slug, "nulle-part")]
    answers += [client.post(f"/inscription/{slug}") for slug in (space.slug, "nulle-part")]
    assert {(one.status_code, one.data) for one in answers} == {(404, answers[0].data)}
    confirm(client, message)
    assert len(rows(database, Contact)) == 1


def change(session, space, **words):
    asked = {"is_open": True, "welcome": "", "list_id": None, "asks_commercial": False, **words}
    return page_service.change(session, session.get_one(Space, space.id), **asked, by=SOMEBODY, now=utc_now())


def test_what_nobody_confirmed_is_gone_after_its_time(client, runtime, database):
    space, _new = open_page(database)
    fill_in(client, space)
    (message,) = texts(runtime)
    later = utc_now() + asking.LASTS
    with database.transaction() as session:
        assert retention.forget_expired(session, now=later - timedelta(minutes=1)) == 0
        assert retention.forget_expired(session, now=later) == 1
    page, _done = confirm(client, message)
    assert "attend plus" in page
    assert f'href="/inscription/{space.slug}"' in page
    assert rows(database, Contact) == []


def test_a_fair_behind_one_address_signs_up_and_one_number_is_slowed_down(client, database):
    space, _new = open_page(database)
    for at in range(asking.FREE_PHONE + 1):
        assert fill_in(client, space, phone="+33612345600").status_code == 303, at
    slowed = fill_in(client, space, phone="+33612345600")
    assert (slowed.status_code, 'value="Martin"' in slowed.text) == (429, True)
    assert int(slowed.headers["Retry-After"]) <= 2
    for at in range(20):
        assert fill_in(client, space, phone=f"+336123457{at:02d}").status_code == 303
    now = utc_now()
    with database.transaction() as session:
        for at in range(asking.FREE_FROM + 1):
            asking.take_turn(session, 0, f"+336{at:08d}", came_from="fair", key="k", now=now)
        with pytest.raises(TooMany) as waits:
            asking.take_turn(session, 0, "+33611111111", came_from="fair", key="k", now=now)
        assert waits.value.retry_after_s <= asking.MAX_WAIT_S
        asking.take_turn(session, 0, "+33611111111", came_from="elsewhere", key="k", now=now)


def test_a_practice_page_says_so_and_takes_invented_numbers_alone(client, runtime, database):
    space, _new = open_page(database, mode=Mode.PRACTICE)
    page = client.get(f"/inscription/{space.slug}").text
    assert "Entraînement" in page
    assert "06 39 98" in page.replace("\u00a0", " ")
    real = fill_in(client, space)
    assert (real.status_code, "vrai numéro" in real.text) == (422, True)
    assert fill_in(client, space, phone="06 39 98 50 10").status_code == 303
    (message,) = texts(runtime)
    confirm(client, message)
    assert [one.phone for one in rows(database, Contact)] == ["+33639985010"]


def test_its_referente_opens_the_page_and_others_only_read(app, client, database):
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai")
        new = make_list(session, space)
        readers = {role: make_user(session, space=space, role=role) for role in Role}
    home = f"/e/{space.slug}/inscription"
    asked = {"is_open": "1", "welcome": "Venez !", "list_id": str(new.id)}
    with database.transaction() as session:
        sign_in(client, session, readers[Role.REFERENTE])
    missing = client.post(home, data=asked)
    assert (missing.status_code, "numéro à appeler" in missing.text.replace("\u00a0", " ")) == (422, True)
    assert "Venez !" in missing.text
    with database.transaction() as session:
        session.get_one(Space, space.id).contact_phone = "03 22 00 00 00"
    assert client.post(home, data=asked).status_code == 302
    client.post(home, data=asked)
    client.post(home, data={**asked, "is_open": ""})
    verbs = [one.verb for one in rows(database, Activity) if one.verb.startswith("sign_up_page")]
    assert verbs == ["sign_up_page.opened", "sign_up_page.closed"]
    with database.transaction() as session:
        sign_in(client, session, readers[Role.LECTRICE])
    page = client.get(home)
    assert (page.status_code, "Venez !" in page.text, 'action="/e/' in page.text) == (200, True, False)
    poster = client.get(f"{home}/affiche").text
    assert f"tambour.test/inscription/{space.slug}" in poster
    assert "data:image/svg+xml" in poster
    assert client.post(home, data=asked).status_code == 403
