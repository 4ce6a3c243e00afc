"""Places written as other tools want them never leave as they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleBroken
from app.messaging.body.foreign_places import check
from app.messaging.body.rules import check_body
from app.messaging.body.text import FIELDS

FOREIGN = [
    "Bonjour {{prénom}},",
    "Bonjour {{ contact.PRENOM }}",
    "Bonjour {{params.whatever}}",
    "Bonjour {prénom, venez",
    "Bonjour {prénom",
    "Bonjour prénom}, venez",
    "Bonjour [Prénom]",
    "Bonjour [[nom]]",
    "Bonjour %prénom%",
    "Bonjour %FIRST_NAME%",
    "Bonjour <prénom>",
    "Bonjour $firstname",
    "Bonjour ${nom}",
    "Bonjour *|FNAME|*",
    "Bonjour #prenom#",
    "Confirmez : [lien]",
]


@pytest.mark.parametrize("body", FOREIGN)
def test_another_tools_place_is_refused_with_ours_beside_it(body):
    with pytest.raises(RuleBroken, match=r"partirait tel quel.*\{prénom\}") as refusal:
        check_body(body, two_way=True)
    assert refusal.value.code == "foreign_place"


@pytest.mark.parametrize(
    "body",
    [
        "Bonjour {prénom}, {Nom} : { lien }",
        "[Urgent] 50 % des places, 20 %",
        "Rendez-vous <ici> ou (là), réf. #12#",
        "Prix {a, b} {12} {",
        "Votre nom, votre prénom [obligatoires]",
        "5$ ou $ 10",
        "{prénom} {nom}",
    ],
)
def test_words_in_signs_are_words(body):
    check(body, known=FIELDS)


@given(st.text(st.characters(exclude_characters="{}[]<>%$#*|()"), max_size=80))
def test_a_text_without_signs_is_never_refused(body):
    check(body, known=FIELDS)


def test_a_place_of_the_feature_is_known_in_foreign_signs_too():
    with pytest.raises(RuleBroken):
        check("Rendez-vous [lieu]", known=("lieu",))
    check("Rendez-vous [lieu]", known=("quand",))
