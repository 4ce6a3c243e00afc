"""Every text says how to stop, in words before its link, once."""

import pytest

from app.audiences.recipients import Recipient
from app.errors import RuleBroken
from app.events import knowledge
from app.messaging.body.mention import wholes, with_mention
from app.messaging.body.rules import check_body

PLACES = ("prénom", "nom", "lien", "association", "titre", "jour", "heure", "lieu")


@pytest.mark.parametrize(
    ("body", "asks", "whole"),
    [
        ("Vous venez ? ", False, "Vous venez ?\nStop : {lien}"),
        ("Vous venez ?", True, "Vous venez ?\nRéponse ou stop : {lien}"),
        ("Vous venez ? {lien} Merci", True, "Vous venez ? Réponse ou stop : {lien} Merci"),
        ("À samedi. { Lien }", False, "À samedi. Stop : { Lien }"),
        ("À samedi. STOP : {lien}", False, "À samedi. STOP : {lien}"),
        ("Répondre, ou stop {lien}", True, "Répondre, ou stop {lien}"),
        ("Pour ne plus recevoir de SMS : {lien}", False, "Pour ne plus recevoir de SMS : {lien}"),
    ],
)
def test_words_stand_before_the_link_wherever_it_is(body, asks, whole):
    assert with_mention(body, asks=asks) == whole
    assert with_mention(whole, asks=asks) == whole


def test_what_was_read_before_the_mention_changed_is_still_true():
    one = Recipient(1, "", "", {"prénom": "Zoé", "jour": "samedi 7 mars", "heure": "10h", "lieu": "Gare"})
    template, read = "{jour} à {heure}, {lieu}", "samedi 7 mars à 10h, Gare\nPlus de SMS : https://t.test/r/x"
    assert [knowledge.is_true(whole, read, one) for whole in wholes(template, known=PLACES)] == [False, True]
    assert wholes("{jour} {lien}", known=PLACES) == ("{jour} {lien}",)


def test_a_refused_answer_leads_to_the_question():
    with pytest.raises(RuleBroken) as refusal:
        check_body("Répondez OUI", two_way=False)
    assert "Poser la question : qui vient ?" in refusal.value.sentence
