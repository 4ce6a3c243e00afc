"""People found by what somebody types, without reading the whole space."""

import base64

import pytest
from marshmallow import ValidationError
from sqlalchemy import delete, select, text

from app.accounts.models import Space
from app.contacts import archiving, service, tags
from app.contacts.api_schemas import ContactsIn
from app.contacts.finding import service as finding
from app.contacts.finding.cursors import Place, place, written
from app.contacts.finding.models import ContactWord
from app.contacts.finding.rows import read_filter
from app.contacts.finding.typed import LAST, Address, Digits, Names, read_typed
from app.contacts.finding.walking import walk
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from app.errors import RuleBroken
from tests.contacts.sheets import import_file, sheet
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space

ACT = {"by": SOMEBODY, "now": NOON}
ADD = {"key": FINGERPRINT_KEY, **ACT}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  ", None),
        ("Mar DUP", Names(("mar", "dup"))),
        ("jean-pierre d’Artagnan", Names(("jean", "pierre", "d", "artagnan"))),
        ("%", Names((" ",))),
        ("Lea@Exemple.fr", Address("lea@exemple.fr")),
        ("0639", Digits(("+33639", "+590639", "+262639", "+594639", "+596639"), "0639")),
        ("+33 6 39", Digits(("+33639",), "")),
        ("+336", Digits(("+336",), "")),
        ("+33", Digits(("+33",), "")),
        ("a@b\0", Address("a@b")),
        ("\0", None),
        ("0044 74", Digits(("+4474",), "004474")),
        ("12 34", Digits(("+331234", "+5901234", "+2621234", "+5941234", "+5961234", "+1234"), "1234")),
        ("06 39 98 71 21", Digits(tuple(f"+{code}639987121" for code in (33, 590, 262, 594, 596)), "")),
    ],
)
def test_what_is_typed_is_a_name_a_number_or_an_address(typed, meant):
    assert read_typed(typed) == meant


def found(session, space, words, **which):
    return [one.first_name for one in finding.search(session, space.id, words=words, **which).items]


def test_people_are_found_by_beginnings_of_words_and_both_ends_of_a_number(database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, first_name="Marie", last_name="Dupont", phone="+33639981234")
        make_contact(session, space, first_name="Jean-Pierre", last_name="Le Goff", phone="+33612345678")
        make_contact(session, space, first_name="Zoë", last_name="d’Artagnan", phone="+262692123498")
        make_contact(session, space, first_name="Léa", last_name="Marchand", phone="+447400123456", email="LEA@x.fr")
        make_contact(session, make_space(session), first_name="Marie", last_name="Dupont", phone="+33639981234")
        expected = {
            "dup": ["Marie"], "mar dup": ["Marie"], "dup mar": ["Marie"], "MAR": ["Marie", "Léa"],
            "goff": ["Jean-Pierre"], "pierre": ["Jean-Pierre"], "artagnan zoe": ["Zoë"], "0639": ["Marie"],
            "06 39 98": ["Marie"], "+33639": ["Marie"], "12 34": ["Marie"], "1234": ["Marie"], "98 12 34": ["Marie"],
            "+44 74": ["Léa"], "0692": ["Zoë"], "98": ["Zoë"], "lea@x.fr": ["Léa"],
            "zzz": [], "%": [], "mar zzz": [], "_": [], "#": [],
        }  # fmt: skip
        for words, people in expected.items():
            assert found(session, space, words) == people, words
            assert finding.count(session, space.id, words=words).number == len(people), words
            query = finding.matching(select(Contact.first_name).order_by(Contact.sort_key), space.id, {"words": words})
            assert list(session.scalars(query)) == people, words


def inexact(session):
    """What differs between the words kept and those that the contacts have."""
    kept = {tuple(row) for row in session.execute(select(*ContactWord.__table__.c))}
    meant = {
        (one.space_id, one.archived_at is not None, word, one.sort_key, one.id)
        for one in session.execute(select(Contact.__table__))
        for word in (*one.sort_key.split(), f"#{one.phone[:-9:-1]}")
    }
    return kept ^ meant


def test_the_words_stay_exact_whatever_writes_a_contact(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        one = service.add(session, space, {"phone": "0639980001", "first_name": "Léa", "last_name": "Le Le"}, **ADD)
        two = service.add(session, space, {"phone": "0639980002", "first_name": "Ali"}, **ADD)
        three = service.add(session, space, {"phone": "0639980003"}, **ADD)
        gone = service.add(session, space, {"phone": "0639980004", "first_name": "Zoé"}, **ADD)
        assert inexact(session) == set()
        service.edit(session, space, two, {"phone": "0639980005", "last_name": "d'Artagnan"}, **ADD)
        archiving.archive(session, three, **ACT)
        service.remove(session, gone, **ACT)
        session.flush()
        assert inexact(session) == set()
        assert found(session, space, "0005") == ["Ali"]
        assert (found(session, space, "0003"), found(session, space, "0003", archived=True)) == ([], [""])
        done = merging.merge(session, space, survivor_id=one.id, loser_id=two.id, chosen=("phone",), moves=MOVES, **ACT)
        session.flush()
        assert inexact(session) == set()
        merging.undo(session, space, done, moves=MOVES, **ACT)
        archiving.bring_back(session, three, **ACT)
        session.flush()
        assert inexact(session) == set()
        session.execute(
            text("UPDATE contacts SET sort_key = 'a \"b\" c', phone = '+33639980009' WHERE id = :id"), {"id": one.id}
        )
        assert inexact(session) == set()
        session.refresh(space)
    import_file(runtime, space, sheet(["Durand;Ali;06 39 98 00 05;;80000", "Petit;Rose;06 39 98 00 06;;"]))
    with database.transaction() as session:
        assert inexact(session) == set()
        assert found(session, space, "petit") == ["Rose"]
        session.execute(delete(Space).where(Space.id == space.id))
        assert session.scalars(select(ContactWord)).all() == []


def test_people_met_by_their_words_are_neither_lost_nor_met_twice(database):
    names = ["ab", "abel", "aba", "b", "ba", "bab", "abb"]
    with database.transaction() as session:
        space = make_space(session)
        for at in range(30):
            chosen = [names[at % 7], names[at * 3 % 5], names[at // 8 % 7]]
            make_contact(session, space, first_name=chosen[0], last_name=" ".join(chosen[1 : 1 + at % 3]))
        session.flush()
        for words in ("a", "ab", "b", "a b", "abe b", "ba ab", "abb abel", "abel zz", "zz abel", "a ab aba"):
            meant = set(session.scalars(finding.matching(select(Contact.id), space.id, {"words": words})))
            asked, driver = read_filter(session, space.id, {"words": words}), max(words.split(), key=len)
            for limit in (1, 4):
                people, start = [], None
                while people == [] or start is not None:
                    page = walk(session, asked, start, limit)
                    people += page.people
                    if (start := page.next) is None:
                        break
                assert (len(people), {one.id for one in people}) == (len(meant), meant), (words, limit)
                assert [one.word for one in people] == sorted(one.word for one in people), words
                assert all(one.word.startswith(driver) for one in people)


@pytest.mark.parametrize(
    "at", [Place("martin jean", 7), Place("", 0, LAST), Place("", 0, "martin "), Place("é", 3, "é")]
)
def test_a_place_is_read_back_from_an_address_by_a_page_and_by_a_program(at):
    assert place(written(at)) == at
    assert ContactsIn().load({"search": "martin", "after": written(at)})["after"] == written(at)


@pytest.mark.parametrize(
    "said",
    ['["a", Infinity]', '["a", 1e999]', f'["a", {2**31}]', '["a", -1]', '["a", true]', '["a", "1"]', '["\\ud800", 1]',
     '["\\u0000", 1]', '["a", 1, ["x"]]', '["a", 1, "\\u0000"]', '["a", 1, "x", "y"]', '"ab"', '["a"]', "[" * 100_000],
    ids=lambda said: said[:20],
)  # fmt: skip
def test_a_place_that_no_page_wrote_is_refused(said):
    forged = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    with pytest.raises(RuleBroken, match="repartez du début"):
        place(forged)
    with pytest.raises(ValidationError):
        ContactsIn().load({"after": forged})


def test_a_tag_is_looked_for_without_what_a_database_refuses(database):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Léa", email="a@b.fr")
        tags.put(session, lea, ["permis"], **ACT)
        assert found(session, space, "", tag="per\0mis") == ["Léa"]
        assert found(session, space, "", tag="\0x") == []
        assert found(session, space, "a@b.fr\0") == ["Léa"]
        assert session.scalars(finding.matching(select(Contact.id), space.id, {"tag": "permis\0"})).all() == [lea.id]
