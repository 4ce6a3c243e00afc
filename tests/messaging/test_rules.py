"""What a text may not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleBroken
from app.messaging.body.rules import check_body, stuck_to_link


def code_of(body, *, two_way=False):
    try:
        check_body(body, two_way=two_way)
    except RuleBroken as refusal:
        assert refusal.fields["body"]
        return refusal.code
    return None


@pytest.mark.parametrize(
    "body",
    [
        "Répondez OUI",
        "repondez-nous vite",
        "RÉPONDEZ STOP pour ne plus en recevoir",
        "Merci de répondre OUI ou NON",
        "Vous pouvez répondre à ce message",
        "STOP au 36111",
        "Stop SMS",
        "STOP : 38080",
        "Envoyez STOP",
        "Renvoyez « OUI »",
        "Tapez 1 si vous venez",
    ],
)
def test_a_one_way_sender_invites_no_answer(body):
    assert code_of(body) == "reply_to_one_way"
    assert code_of(body, two_way=True) is None


@pytest.mark.parametrize(
    "body",
    [
        "Pour répondre : {lien}",
        "Répondez ici https://exemple.fr/r/abc",
        "Ne répondez pas à ce SMS",
        "Merci de ne pas répondre",
        "Non-stop au marché samedi",
        "Écrivez à Anne, apportez 2 caisses",
        "Venez nombreux. {lien}",
    ],
)
def test_other_words_are_left_alone(body):
    assert code_of(body) is None


@pytest.mark.parametrize(
    "body", ["https://bit.ly/abc", "Voir TinyURL.com/x", "goo.gl/maps/1", "www.t.co/abc.", "(is.gd/a)", "urlz.fr/ab"]
)
def test_a_shortened_link_is_refused_even_to_a_two_way_sender(body):
    assert code_of(body, two_way=True) == "shortener"


def test_a_refused_shortener_is_named_by_its_site():
    with pytest.raises(RuleBroken, match=r"\(t\.co\)"):
        check_body("Voir www.t.co/abc", two_way=True)


@pytest.mark.parametrize(
    "body", ["restaurant.com", "https://est.community/a", "bit.ly.exemple.fr", "zoe@t.co", "Il est.co"]
)
def test_an_address_that_only_resembles_a_shortener_passes(body):
    assert code_of(body) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_empty"),
        (" \n\u00a0", "body_empty"),
        ("a" * 1601, "body_too_long"),
        ("😀" * 801, "body_too_long"),
        ("a" * 1600, None),
        ("\uffff" * 1600, None),  # the last that is one UTF-16 unit
        ("sonne\x07", "body_control"),
        ("moitié \ud83d", "body_control"),
        ("Bonjour {ville}", "unknown_field"),
        ("Ligne 1\r\nLigne 2", None),
    ],
)
def test_what_no_message_can_hold(body, code):
    assert code_of(body) == code


def test_a_feature_may_bring_places_of_its_own():
    check_body("Rendez-vous {lieu}", two_way=False, known=["lieu"])


@given(st.text(max_size=200))
def test_any_text_passes_or_is_refused_with_a_reason(body):
    assert code_of(body) in {None, "body_empty", "body_control", "unknown_field", "shortener", "reply_to_one_way"}


@pytest.mark.parametrize(
    ("body", "stuck"),
    [
        ("Venez : {lien}.", "."),
        ("Venez ({lien}).", ")."),
        ("{lien}Merci", "Merci"),
        ("{lien}/", "/"),
        ("{lien}{prénom}", "{prénom}"),
        ("{ Lien },", ","),
        ("Venez : {lien} !", ""),
        ("{lien}\nMerci", ""),
        ("{lien}", ""),
        ("rien", ""),
    ],
)
def test_what_touches_the_link_is_named(body, stuck):
    assert stuck_to_link(body) == stuck
