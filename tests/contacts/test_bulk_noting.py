"""What many cards are made to say at once, of a search or of a saved selection, and given back as each was."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.activity import trail
from app.accounts.models import Role
from app.audiences import segments
from app.clock import utc_now
from app.contacts import service
from app.contacts.bulk import choosing, noting
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import Change
from app.contacts.bulk.service import Undone, Words
from app.contacts.models import Contact
from app.contacts.pairs.models import DuplicatePair
from app.contacts.profile import custom_fields, values
from app.contacts.profile.models import FieldType
from app.errors import RuleBroken
from tests.contacts.test_pages import Walker
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space, make_user, sign_in

ACT = {"by": SOMEBODY, "now": NOON}
LATER = {"by": SOMEBODY, "now": NOON + timedelta(days=1)}


def note(session, space, key, *typed, change=Change.NOTE):
    value = noting.read(noting.get(session, space.id, key), typed) if typed else None
    etag = choosing.look(session, space.id, Choice()).etag
    words = Words(field=key, value=value)
    return bulk.apply(session, space, Choice(), change, etag=etag, words=words, take_back=lambda *_: None, **ACT)


def own(session, space, label, kind, choices=""):
    made = custom_fields.make(session, space.id, label=label, kind=kind, choices=choices, **ACT)
    return f"custom.{made.id}"


def said(session, space, *people):
    found = values.of_contacts(session, space.id, [one.id for one in people])
    return [{one.field.label: one.text for one in found[each.id]} for each in people]


def test_a_field_of_every_card_is_noted_and_each_gets_back_what_they_had_unless_it_changed_since(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        lea = make_contact(session, space, town="Lyon", availability=4, is_member=False)
        paul = make_contact(session, space, town="Amiens", availability=0, is_member=None)
        zoe = make_contact(session, space, town="", availability=3, is_member=True)
        stranger = make_contact(session, elsewhere, town="Paris")
        town = note(session, space, "town", "  Amiens ")
        assert (town.people, bulk.changed(session, town), town.shown) == (3, 2, "Amiens")
        free = note(session, space, "availability", "evenings", "weekends")
        member = note(session, space, "is_member", "yes")
        spoken = note(session, space, "language", "ar")
        bare = note(session, space, "rhythm", change=Change.FORGET)
        assert bulk.changed(session, bare) == 0, "nobody's was known"
        people = (lea, paul, zoe, stranger)
        assert [one.town for one in people] == ["Amiens", "Amiens", "Amiens", "Paris"]
        assert [one.availability for one in people] == [6, 6, 6, 0]
        assert [one.language for one in people] == ["ar", "ar", "ar", ""]
        service.edit(session, space, zoe, {"town": "Corbie"}, key=FINGERPRINT_KEY, **LATER)
        assert bulk.undo(session, town, **LATER) == Undone(1, (zoe.id,))
        assert bulk.undo(session, free, **LATER) == Undone(3)
        assert (bulk.undo(session, member, **LATER), bulk.undo(session, spoken, **LATER)) == (Undone(2), Undone(3))
        assert [one.town for one in people] == ["Lyon", "Amiens", "Corbie", "Paris"]
        assert [one.availability for one in people] == [4, 0, 3, 0]
        assert [one.is_member for one in people] == [False, None, True, None]
        verbs = [row.verb for row in trail(session, space.id, before_id=None, limit=20)]
        assert [verbs.count(one) for one in ("people.noted", "people.forgotten", "people.change_undone")] == [4, 1, 4]


def test_a_field_of_the_space_s_own_is_noted_and_forgotten_and_given_back_row_for_row(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, paul = (make_contact(session, space) for _ in "12")
        size = own(session, space, "Taille", FieldType.CHOICE, "S\nM\nL")
        moves = own(session, space, "Véhicule", FieldType.CHOICES, "Vélo\nVoiture\nBus")
        day, tons = own(session, space, "Badge", FieldType.DATE), own(session, space, "Tonnes", FieldType.NUMBER)
        before = {"Taille": "M", "Véhicule": ["Bus", "Vélo"], "Badge": "3/3/2026", "Tonnes": "1,5"}
        values.put(session, lea, before, now=NOON)
        was = said(session, space, lea, paul)
        done = [
            note(session, space, size, "l"),
            note(session, space, moves, "Voiture"),
            note(session, space, tons, "2,25"),
            note(session, space, day, change=Change.FORGET),
        ]
        both = {"Taille": "L", "Véhicule": "Voiture", "Tonnes": "2,25"}
        assert said(session, space, lea, paul) == [both, both]
        assert [bulk.changed(session, one) for one in done] == [2, 2, 2, 1]
        values.put(session, paul, {**both, "Taille": "S"}, now=NOON)
        assert [bulk.undo(session, one, **LATER).kept for one in done] == [(paul.id,), (), (), ()]
        assert said(session, space, lea, paul) == [was[0], {"Taille": "S"}]
        with pytest.raises(RuleBroken, match="XXL"):
            note(session, space, size, "XXL")


def test_what_no_card_could_hold_is_refused_with_its_reason(database):
    with database.transaction() as session:
        space = make_space(session)
        twins = [make_contact(session, space, first_name=name, last_name="Petit") for name in ("Ana", "Ana")]
        make_contact(session, space)
        for key, typed in (("town", ["x" * 81]), ("language", ["klingon"]), ("is_member", ["peut-être"])):
            with pytest.raises(RuleBroken) as refusal:
                noting.read(noting.get(session, space.id, key), typed)
            assert list(refusal.value.fields) == ["value"]
        with pytest.raises(RuleBroken, match="Écrivez une valeur"):
            noting.read(noting.get(session, space.id, "town"), [" "])
        for key in ("first_name", "phone", "note", "custom.1", "id"):
            with pytest.raises(RuleBroken, match="Choisissez un renseignement"):
                noting.get(session, space.id, key)
        note(session, space, "postcode", "80000")
        [pair] = session.scalars(select(DuplicatePair))
        assert [pair.low_id, pair.high_id] == [one.id for one in twins], "one name at one postcode, from now on"


def test_a_saved_selection_is_changed_whole_and_says_its_name(database, client):
    now = utc_now()
    by = {"by": SOMEBODY, "now": now}
    with database.transaction() as session:
        space, away = make_space(session), make_space(session)
        lea, paul, other = (make_contact(session, space, is_member=member) for member in (True, True, None))
        rule = {"field": "member", "is": "true"}
        here = segments.make(session, space, name="Adhérents", rule=rule, **by)
        foreign = segments.make(session, away, name="Ailleurs", rule=rule, **by)
        broken = segments.make(session, space, name="Cassée", rule=rule, **by)
        broken.rule = {"field": "custom.gone", "is": "known"}
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    address = f"/benevoles/ensemble?selection={here.id}"
    page = walker.get(address)
    assert "Modifier 2 personnes" in page.words and "Celles de la sélection « Adhérents »" in page.words
    check = "/benevoles/ensemble/verifier"
    words = {"_from": address, "selection": here.id, "change": "note", "field": "rhythm"}
    assert "Que noter pour 2 personnes ?" in walker.post(check, **words).words
    assert "Écrivez une valeur" in walker.post(check, valued="1", value="", **words).words
    asked = walker.post(check, valued="1", value="regular", **words)
    assert "Noter « Vient : Régulièrement » pour 2 personnes ?" in asked.words
    etag = re.search(r'name="etag" value="([^"]+)"', asked.text)[1]
    done = walker.post("/benevoles/ensemble/faire", etag=etag, value="regular", **words)
    assert "« Vient : Régulièrement » noté pour 2 personnes" in done.words
    assert "Choisies par la sélection « Adhérents »" in done.words
    with database.transaction() as session:
        people = [session.get_one(Contact, one.id) for one in (lea, paul, other)]
        assert [one.rhythm for one in people] == ["regular", "regular", ""]
        newest = trail(session, space.id, before_id=None, limit=1)[0]
        assert (newest.verb, newest.detail) == ("people.noted", {"people": 2, "segment": here.id})
        people[0].rhythm = "one_off"
    one = re.search(r"/benevoles/ensemble/\d+", done.text)[0]
    undone = walker.post(f"{one}/annuler", _from=one)
    assert "annulé pour 1 personne" in undone.words
    assert f"Pour {lea.name}, la fiche a changé depuis" in undone.words
    assert walker.get(f"/benevoles/ensemble?selection={foreign.id}").status_code == 404
    assert "Modifier 0 personne" in walker.get(f"/benevoles/ensemble?selection={broken.id}").words
