"""What a text costs, what would make it cheaper, and whose name goes where."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleBroken
from app.french import invisible
from app.messaging.body.parts import GSM, encoding_of, graphemes, part_count, unit_count
from app.messaging.body.text import fields_of, measure, normalise, render, simplify

VECTORS = json.loads((Path(__file__).parent / "segment_vectors.json").read_text("utf-8"))["vectors"]
GSM_TEXT = st.text(st.sampled_from(sorted(GSM - {"\r"})), max_size=340)
FRENCH_TEXT = st.text(st.sampled_from("abcdé èàçêœ’«»…°\u00a0ÀÉ€[]{}\n.!😀"), max_size=160)


def test_twilios_own_calculator_counts_the_same():
    for vector in VECTORS:
        assert (encoding_of(vector["body"]), part_count(vector["body"])) == (vector["encoding"], vector["parts"]), (
            vector
        )


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_the_boundaries_of_a_part(body, parts):
    assert measure(body).parts == parts


@given(GSM_TEXT)
def test_gsm_parts_hold_160_then_153_septets(body):
    units = unit_count(body)
    assert encoding_of(body) == "GSM-7"
    assert units == len(body) + sum(character in "\f^{}\\[~]|€" for character in body)
    assert part_count(body) == 1 if units <= 160 else -(-units // 153) <= part_count(body) <= -(-units // 152)


@given(st.text(max_size=300))
def test_ucs2_parts_hold_70_then_67_units(body):
    body = "ê" + normalise(body)
    units = len(body.encode("utf-16-le", "surrogatepass")) // 2
    assert unit_count(body) == units
    assert part_count(body) == 1 if units <= 70 else part_count(body) >= -(-units // 67)


@given(st.text(max_size=80))
def test_graphemes_give_the_text_back(body):
    assert "".join(graphemes(body)) == body


def test_an_emoji_of_several_code_points_stays_whole():
    assert list(graphemes("👨‍👩‍👧🇫🇷🇧🇪👍🏽❤️é")) == ["👨‍👩‍👧", "🇫🇷", "🇧🇪", "👍🏽", "❤️", "é"]


@pytest.mark.parametrize(
    "whole",
    ["x\u0300", "👍🏻", "👍🏿", "🇦🇿", "🇿🇦", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"],
)
def test_the_first_and_last_of_each_range_belong_to_their_character(whole):
    assert list(graphemes(f"a{whole}b")) == ["a", whole, "b"]


def test_the_meter_names_the_costly_characters():
    found = measure("Fête de Noël, 5 € : fête")
    assert found.encoding == "UCS-2"
    assert found.costly == [("ê", [1, 21]), ("ë", [10])]
    assert measure("Emmaüs : 5 € pour l'été").costly == []


def test_decomposed_accents_and_windows_lines_cost_nothing_more():
    found = measure(unicodedata.normalize("NFD", "Un été\r\nà Paris"))
    assert (found.encoding, found.units, found.parts) == ("GSM-7", 14, 1)


@pytest.mark.parametrize(
    ("body", "simplified"),
    [
        ("L’été à l’ouest…", "L'été à l'ouest..."),
        ("« Fête »", '"Fete"'),
        ("«\u00a0Noël\u00a0» à 18\u00a0h\u202f30", '"Noel" à 18 h 30'),
        ("Ça coûte 5 € – reçu n° 3", "Ça coute 5 € - recu no 3"),
        ("ŒUVRES, œuvre, ÀÂÈÊËÎÏÔÙÛ", "OEUVRES, oeuvre, AAEEEIIOUU"),
        ("éèàùÉÇ äöü", "éèàùÉÇ äöü"),
        ("Voir https://exemple.fr/fête…oui et la fête", "Voir https://exemple.fr/fête…oui et la fete"),
        ("Bonjour {prénom}, fête", "Bonjour {prénom}, fete"),
        ("Bravo 😀 ≠", "Bravo 😀 ≠"),
        ("Rendez-vous\u200e à 9 h\ufeff, quai\u00ad 3\u202c", "Rendez-vous à 9 h, quai 3"),
        ("Merci 👩\u200d🌾\u200d", "Merci 👩\u200d🌾"),
    ],
)
def test_simplifying_keeps_what_is_free_and_what_is_not_ours(body, simplified):
    assert simplify(body) == simplified


@given(FRENCH_TEXT)
def test_simplifying_twice_is_simplifying_once_and_never_adds_a_costly_character(body):
    once = simplify(body)
    assert simplify(once) == once
    assert set(once) - GSM <= set(body) - GSM


@given(FRENCH_TEXT.filter(lambda body: "😀" not in body and "{" not in body))
def test_a_french_text_without_emoji_or_links_becomes_gsm(body):
    assert measure(body).encoding == "GSM-7" or encoding_of(measure(body).simplified) == "GSM-7"
    assert measure(body).simplified_parts <= 2 * measure(body).parts


def test_an_invisible_sign_is_the_named_cause_of_the_price():
    found = measure("x" * 100 + "\u200e")
    assert (found.parts, found.costly, found.simplified_parts) == (2, [("\u200e", [100])], 1)
    assert [invisible.show(sign) for sign, _at in found.costly] == ["signe invisible"]
    assert invisible.show("ê") == "ê"


def test_the_places_of_a_text_are_known_in_any_case():
    assert fields_of("{Prenom} {NOM}, {prénom} : { lien }") == ["prénom", "nom", "lien"]
    assert fields_of("{mission}", known=["mission"]) == ["mission"]
    assert fields_of("{12} {} { a, b } {") == []


def test_an_unknown_place_is_named_with_the_known_ones():
    with pytest.raises(RuleBroken, match=r"« \{ville\} ».*\{prénom\}, \{nom\}") as refusal:
        fields_of("Bonjour {ville}")
    assert refusal.value.code == "unknown_field"
    with pytest.raises(RuleBroken):
        render("{ville}", {"prénom": "Zoé"})
    assert render("{ville}", {"ville": "Rennes"}) == "Rennes"


@pytest.mark.parametrize(
    ("body", "with_name", "without"),
    [
        ("Bonjour {prénom}, à samedi", "Bonjour Zoé, à samedi", "Bonjour, à samedi"),
        ("Bonjour {Prenom} !", "Bonjour Zoé !", "Bonjour !"),
        ("Bonjour {prénom} {nom}, merci", "Bonjour Zoé Petit, merci", "Bonjour, merci"),
        ("{prénom}, venez samedi", "Zoé, venez samedi", "Venez samedi"),
        ("Merci {prénom}.", "Merci Zoé.", "Merci."),
        ("Merci {prénom}… À samedi", "Merci Zoé… À samedi", "Merci… À samedi"),
        ("Merci {prénom}... À samedi", "Merci Zoé... À samedi", "Merci... À samedi"),
        ("Merci {prénom}\nÀ samedi", "Merci Zoé\nÀ samedi", "Merci\nÀ samedi"),
        ("Prix {a, b} {12}", "Prix {a, b} {12}", "Prix {a, b} {12}"),
    ],
)
def test_a_missing_name_leaves_tidy_text(body, with_name, without):
    assert render(body, {"prenom": "Zoé", "nom": "Petit"}) == with_name
    assert render(body, {"prénom": "", "nom": " "}) == without
    assert render(body, {}) == without


def test_a_name_is_never_read_as_a_place():
    assert render("Bonjour {prénom} {nom}", {"prénom": "{nom}", "nom": "A\nB"}) == "Bonjour {nom} A B"


@given(st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs", "Cc"]), max_size=60))
def test_a_text_without_places_is_sent_as_written(body):
    assert render(body, {"prénom": "Zoé"}) == normalise(body)
    assert fields_of(body) == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_taking_out_what_nobody_sees_takes_nothing_else(text):
    left = invisible.without_invisible(text)
    assert [sign for sign in left if unicodedata.category(sign) != "Cf"] == [
        sign for sign in text if unicodedata.category(sign) != "Cf"
    ]
    assert invisible.without_invisible(left) == left


def test_a_joiner_goes_with_the_mark_that_hid_it():
    assert invisible.without_invisible("a\u200b\u200d漢") == "a漢"


MIXED = st.text(st.sampled_from("abé ÇêëÎ’…—€₤[^~\n\u2028\u0301\u200d👍🏽😀🇫🇷한"), max_size=400)


@given(MIXED)
def test_parts_are_those_of_pieces_laid_one_by_one(body):
    widths = [sum(1 + (sign in "\f^{}\\[~]|€") for sign in piece) for piece in body]
    alone, room = 160, 153
    if encoding_of(body) == "UCS-2":
        alone, room = 70, 67
        widths = [len(piece.encode("utf-16-le")) // 2 for piece in graphemes(body)]
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        over = max(0, (width - 1) // room)
        parts, used = parts + over, used + width - over * room
    assert part_count(body) == (1 if sum(widths) <= alone else parts)


def test_a_text_read_once_is_filled_for_each_with_their_own():
    body = "Bonjour {Prenom}, {lien} {code mission}"
    for name, code in [("Zoé", "A1"), ("", "B2"), (" {nom}  Léa ", "C3")]:
        said = render(body, {"prénom": name, "lien": "x.fr", "code mission": code})
        assert said == (f"Bonjour {' '.join(name.split())}, x.fr {code}" if name else f"Bonjour, x.fr {code}")
    with pytest.raises(RuleBroken):
        render(body, {"prénom": "Zoé", "lien": "x.fr"})
