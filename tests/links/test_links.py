"""The way back: a personal link shows on GET, acts on POST, and tells a stranger nothing."""

import math
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import secrets
from app.accounts.web.welcome_pages import FREE_WRONG_LINKS
from app.clock import utc_now
from app.consent.models import ConsentEntry, OptOut
from app.contacts.models import Contact
from app.links import service
from app.links.models import Link
from app.links.pages import WRONG_FREE
from app.messaging.models import Reply
from tests.factories import make_contact, make_space

LONG_AGO = utc_now() - service.LASTS - timedelta(seconds=1)
LOOK_ALIKES = set("0oO1lI")


def make_link(database, *, now=None, **words):
    """A link in somebody's hand: its token."""
    token = service.new_token()
    with database.transaction() as session:
        space = make_space(session)
        person = make_contact(session, space)
        row = service.row(
            token,
            now=now or utc_now(),
            space_id=space.id,
            purpose="opt_out",
            subject_id=None,
            contact_id=person.id,
            fingerprint=person.fingerprint,
        )
        service.store(session, [{**row, **words}])
    return token


def test_a_token_has_64_random_bits_and_no_look_alikes():
    token = service.new_token()
    assert set(token) <= set(secrets.ALPHABET)
    assert not LOOK_ALIKES & set(secrets.ALPHABET)
    assert len(set(secrets.ALPHABET)) == len(secrets.ALPHABET)
    assert len(token) * math.log2(len(secrets.ALPHABET)) >= 64


def test_tokens_never_repeat_and_use_every_sign():
    tokens = [service.new_token() for _ in range(3000)]
    assert len(set(tokens)) == 3000
    assert all({token[at] for token in tokens} == set(secrets.ALPHABET) for at in range(len(tokens[0])))


def test_looking_changes_nothing_and_pressing_does(client, database):
    token = make_link(database)
    for method in (client.get, client.head, client.options):
        method(f"/r/{token}")
    with database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == []
    for choice, out in (("stop", [False]), ("missions", [True]), ("stop", [False]), ("mistake", [])):
        assert client.post(f"/r/{token}", data={"choice": choice}).status_code == 200
        with database.snapshot() as session:
            assert session.scalars(select(OptOut.only_missions)).all() == out
    with database.snapshot() as session:
        assert len(session.scalars(select(ConsentEntry)).all()) == 4


def test_a_link_may_be_typed_in_capitals(client, database):
    token = make_link(database)
    assert client.get(f"/r/{token.upper()}").status_code == 200


def test_the_token_itself_is_stored_nowhere(database):
    token = make_link(database)
    with database.snapshot() as session:
        kept = session.scalars(select(Link)).one()
    assert token not in str(vars(kept))


@pytest.mark.parametrize("data", [{}, {"choice": "everything"}, {"choice": "\x00"}])
def test_a_press_of_no_button_of_ours_does_nothing(client, database, data):
    token = make_link(database)
    assert client.post(f"/r/{token}", data=data).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == []


def test_nothing_of_a_link_is_kept_by_browsers_whatever_it_opens(client, database):
    expired, valid, unknown = make_link(database, now=LONG_AGO), make_link(database), service.new_token()
    for token, status in ((expired, 200), (valid, 200), (unknown, 404)):
        for method in (client.get, client.post):
            answer = method(f"/r/{token}", data={"choice": "stop"} if method == client.post else None)
            assert answer.status_code == (422 if token == expired and method == client.post else status)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in answer.headers["X-Robots-Tag"]


def test_an_old_link_shows_nothing_and_still_lets_its_phone_say_stop(client, database):
    token = make_link(database, now=LONG_AGO)
    with database.transaction() as session:
        person = session.scalars(select(Contact)).one()
        session.delete(person)
    page = client.get(f"/r/{token}").text
    assert "plus d’un an" in page
    assert person.phone not in page
    assert client.post(f"/r/{token}", data={"phone": "pas un numéro"}).status_code == 422
    assert client.post(f"/r/{token}", data={"phone": person.phone}).status_code == 200
    with database.snapshot() as session:
        assert session.scalars(select(OptOut.fingerprint)).all() == [person.fingerprint]
        assert session.scalars(select(Reply)).all() == []


def test_another_number_typed_on_an_old_link_is_put_before_a_person(client, database):
    token = make_link(database, now=LONG_AGO)
    answer = client.post(f"/r/{token}", data={"phone": "06 39 98 00 01"})
    assert answer.status_code == 200
    with database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == []
        reply = session.scalars(select(Reply)).one()
        assert (reply.phone, reply.meaning, reply.handled_at) == ("+33639980001", "unclear", None)
    answers = [client.post(f"/r/{token}", data={"phone": "06 39 98 00 01"}).status_code for _ in range(8)]
    assert answers[-1] == 429, "one old link does not fill the page of replies"


@pytest.mark.parametrize("token", ["%00", "é", "a" * 3000, "%F0%9F%98%80", "..%2f", "' OR 1=1"])
def test_an_odd_token_is_only_unknown(client, database, token):
    assert client.get(f"/r/{token}").status_code == 404


def test_wrong_links_are_slowed_down_by_address_and_right_ones_are_free(client, database):
    token = make_link(database)
    for _ in range(WRONG_FREE + 5):
        assert client.get(f"/r/{token}").status_code == 200
    answers = [client.get(f"/r/{service.new_token()}").status_code for _ in range(WRONG_FREE + 2)]
    assert answers[:WRONG_FREE] == [404] * WRONG_FREE
    slowed = client.get(f"/r/{service.new_token()}")
    assert slowed.status_code == 429
    assert slowed.headers["Cache-Control"] == "no-store"
    assert client.get(f"/r/{token}").status_code == 200
    assert client.post(f"/r/{token}", data={"choice": "stop"}).status_code == 200
    with database.snapshot() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1


def test_wrong_invitations_slow_no_personal_link(client, database):
    token = make_link(database)
    answers = [client.get(f"/bienvenue/{service.new_token()}").status_code for _ in range(FREE_WRONG_LINKS + 5)]
    assert answers[-1] == 429
    assert client.get(f"/r/{service.new_token()}").status_code == 404
    assert client.post(f"/r/{token}", data={"choice": "stop"}).status_code == 200


@pytest.mark.parametrize("stuck", [".", ")", ").", "Merci", "!", ",", "%C2%A0%C2%BB", "%22", "…"])
def test_a_sign_against_the_link_does_not_close_it(client, database, stuck):
    token = make_link(database)
    page = client.get(f"/r/{token}{stuck}")
    assert page.status_code == 200
    assert f'"/r/{token}"' in page.text, "and its press goes to the link itself"
    for other in range(WRONG_FREE + 2):
        assert client.get(f"/r/{token}{stuck}{other}").status_code == 200, "nor counts as a wrong one"


@pytest.mark.parametrize("stuck", ["/", ")/", "./"])
def test_a_slash_against_the_link_does_not_close_it(client, database, stuck):
    token = make_link(database)
    page = client.get(f"/r/{token}{stuck}")
    assert page.status_code == 200
    assert f'"/r/{token}"' in page.text
    assert client.post(f"/r/{token}{stuck}", data={"choice": "stop"}).status_code == 200
    with database.snapshot() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1
