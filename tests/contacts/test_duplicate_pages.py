"""« Doublons possibles » as an équipière walks through it."""

import re

from app.accounts.activity import trail
from app.accounts.models import Role
from app.clock import utc_now
from app.contacts.models import Contact
from app.contacts.pairs import proposing as pairs
from tests.contacts.test_pages import Walker
from tests.factories import make_contact, make_space, make_user, sign_in


def test_two_cards_are_looked_at_merged_and_separated(database, client):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Léa", last_name="Blanc", email="l@exemple.fr", postcode="80000")
        other = make_contact(
            session, space, first_name="Lea", last_name="Blanc", email="L@exemple.fr", postcode="80100"
        )
        third = make_contact(session, space, email="l@exemple.fr")
        pairs.propose(session, space.id, [third.id, other.id], now=utc_now())
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    assert "3 doublons possibles" in walker.get("/benevoles").words
    listed = walker.get("/benevoles/doublons")
    assert "3 paires de fiches à regarder" in listed.words
    with database.snapshot() as session:
        found = {(one.low.id, one.high.id): one.pair.id for one in pairs.page(session, space.id, limit=9)}
    apart = walker.post(f"/benevoles/doublons/{found[lea.id, third.id]}/deux-personnes", _from="/benevoles/doublons")
    assert "2 paires" in apart.words
    one = f"/benevoles/doublons/{found[lea.id, other.id]}"
    page = walker.get(one)
    assert "80000" in page.words
    assert re.findall(r'name="(\w+)" value="\d+"', page.text).count("postcode") == 2
    unsaid = walker.post(f"{one}/reunir", _from=one)
    assert "Dites quelle fiche reste" in unsaid.words
    done = walker.post(f"{one}/reunir", _from=one, survivor=lea.id, postcode=other.id, first_name=lea.id)
    assert "Fiches réunies : Léa Blanc" in done.words
    assert "Vous pouvez les séparer jusqu'au" in done.words
    with database.snapshot() as session:
        kept = session.get_one(Contact, lea.id)
        assert (kept.postcode, kept.first_name) == ("80100", "Léa")
        assert trail(session, space.id, before_id=None, limit=1)[0].verb == "contact.merged"
    assert "réunie avec une autre" in walker.get(f"/benevoles/{other.id}").words
    assert "Réunies le" in walker.get(f"/benevoles/{lea.id}").words
    again = walker.post(f"{one}/reunir", _from="/benevoles/doublons", survivor=lea.id)
    assert "archivée" in again.words
    address = re.search(r"/benevoles/fusions/\d+", done.text)[0]
    apart = walker.post(f"{address}/separer", _from=address)
    assert "séparées de nouveau" in apart.words
    with database.snapshot() as session:
        assert [session.get_one(Contact, each.id).postcode for each in (lea, other)] == ["80000", "80100"]
    assert "2 paires" not in walker.get("/benevoles/doublons").words, "never proposed again"
