"""Two cards that nothing proposed: somebody says that they are one person's, and chooses what each field keeps."""

import re

import pytest

from app.accounts.activity import trail
from app.accounts.models import Role
from app.contacts import archiving, service
from app.contacts.merging import choices
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs.models import PairReason, PairState
from app.contacts.profile import values
from app.dashboard.merges import MOVES
from app.errors import Conflict, RuleBroken
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in

ACT = {"by": SOMEBODY, "now": NOON}
DO = {"moves": MOVES, **ACT}


def said(session, *people):
    found = values.of_contacts(session, people[0].space_id, [one.id for one in people])
    return [{one.field.label: one.text for one in found[each.id]} for each in people]


def test_the_value_of_an_own_field_is_chosen_and_each_card_gets_its_own_back(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        values.put(session, lea, {"Taille": "M", "Métier": "soudeuse", "Badge": "12"}, now=NOON)
        values.put(session, other, {"Taille": "L", "Métier": "facteur", "Badge": "12", "Vélo": "oui"}, now=NOON)
        before = said(session, lea, other)
        found = {one.label: one for one in choices.differences(session, lea, other)}
        assert {(one.label, one.first, one.second) for one in found.values()} == {
            ("Taille", "M", "L"),
            ("Métier", "soudeuse", "facteur"),
        }
        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, chosen=[found["Taille"].name], **DO)
        assert said(session, lea) == [{"Taille": "L", "Métier": "soudeuse", "Badge": "12", "Vélo": "oui"}]
        merging.undo(session, space, done, **DO)
        assert said(session, lea, other) == before

        again = merging.merge(
            session, space, survivor_id=lea.id, loser_id=other.id, chosen=[found["Taille"].name], **DO
        )
        values.put(session, lea, {**said(session, lea)[0], "Taille": "XL"}, now=NOON)
        merging.undo(session, space, again, **DO)
        assert [one["Taille"] for one in said(session, lea, other)] == ["XL", "L"], "what was said since stays"
        foreign = make_contact(session, elsewhere)
        values.put(session, foreign, {"Taille": "S"}, now=NOON)
        [theirs] = values.of_contacts(session, elsewhere.id, [foreign.id])[foreign.id]
        for wrong in (f"custom.{theirs.field.id}", "custom.x", "id"):
            with pytest.raises(RuleBroken, match="où l'on choisit"):
                merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, chosen=[wrong], **DO)


def test_what_somebody_says_is_looked_at_again_whatever_was_answered_before(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other, gone = (make_contact(session, space) for _ in "123")
        pair = pairs.propose_two(session, space.id, other, lea, **ACT)
        assert (pair.low_id, pair.high_id, pair.reason) == (lea.id, other.id, PairReason.SAID)
        assert pairs.propose_two(session, space.id, lea, other, **ACT) is pair
        pairs.settle(session, pair, PairState.NOT_DUPLICATE, **ACT)
        assert pairs.count(session, space.id).number == 0
        pairs.propose_two(session, space.id, lea, other, **ACT)
        assert pairs.count(session, space.id).number == 1
        archiving.archive(session, gone, **ACT)
        with pytest.raises(Conflict, match="archivée"):
            pairs.propose_two(session, space.id, lea, gone, **ACT)
        with pytest.raises(RuleBroken, match="différentes"):
            pairs.propose_two(session, space.id, lea, lea, **ACT)


def test_from_a_card_the_other_is_searched_compared_and_merged(database, client):
    with database.transaction() as session:
        space, away = make_space(session), make_space(session)
        lea = make_contact(session, space, first_name="Léa", last_name="Blanc", rhythm="regular")
        married = make_contact(session, space, first_name="Léa", last_name="Noir", rhythm="one_off")
        stranger = make_contact(session, away, last_name="Blanc")
        for one, size in ((lea, "M"), (married, "L")):
            values.put(session, one, {"Taille": size}, now=NOON)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, here = Walker(client, space), f"/benevoles/{lea.id}/meme-personne"
    assert "C'est la même personne que…" in walker.get(f"/benevoles/{lea.id}").words
    assert "Aucune autre fiche trouvée" in walker.get(here).words, "nobody else is called Blanc here"
    found = walker.get(f"{here}?q=noir")
    assert re.findall(r'name="other" value="(\d+)"', found.text) == [str(married.id)]
    assert "Choisissez l'autre fiche" in walker.post(here, _from=here).words
    assert walker.post(here, _from=here, other=stranger.id).status_code == 404
    page = walker.post(here, _from=f"{here}?q=noir", other=married.id)
    assert "Rapprochées par quelqu'un de l'équipe" in page.words
    assert "Régulièrement" in page.words and "De temps en temps" in page.words, "a choice is said in words"
    merge = re.search(r"/benevoles/doublons/\d+/reunir", page.text)[0]
    own = re.search(r'name="(custom\.\d+)"', page.text)[1]
    done = walker.post(merge, _from=here, survivor=lea.id, **{own: married.id, "last_name": married.id})
    assert "Fiches réunies : Léa Noir" in done.words
    with database.transaction() as session:
        assert said(session, session.get_one(Contact, lea.id)) == [{"Taille": "L"}]
        verbs = [row.verb for row in trail(session, space.id, before_id=None, limit=2)]
        assert verbs == ["contact.merged", "contact.pair_proposed"]
        assert service.survivor(session, session.get_one(Contact, married.id)).id == lea.id
    assert "remettez-la d'abord" in walker.get(f"/benevoles/{married.id}/meme-personne").words
