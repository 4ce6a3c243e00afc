import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.segments import BASIC, EXTENSION, clusters, count_parts, is_gsm

gsm = st.text(st.sampled_from(sorted(BASIC | EXTENSION)))


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_the_known_boundaries(body, parts):
    assert count_parts(body) == parts


def test_an_escape_pair_is_never_cut():
    assert count_parts("a" * 152 + "€" + "a" * 152) == 3  # 306 septets would fit two parts if one could cut


def test_a_family_is_never_cut():
    family = "👨‍👩‍👧"
    assert list(clusters(f"a{family}b")) == ["a", family, "b"]
    assert count_parts("ê" * 66 + family + "ê" * 60) == 3


@pytest.mark.parametrize("word", ["fête", "reçu", "août", "Noël", "« oui »", "l’été", "sœur"])
def test_some_french_costs_the_short_parts(word):
    assert not is_gsm(word)


@pytest.mark.parametrize("word", ["Emmaüs", "élève à Où", "10 €", "[ok]"])
def test_some_french_does_not(word):
    assert is_gsm(word)


@given(gsm)
def test_gsm_parts_are_between_the_packed_and_the_wasteful_count(body):
    septets = len(body) + sum(character in EXTENSION for character in body)
    assert count_parts(body) == 1 if septets <= 160 else -(-septets // 153) <= count_parts(body) <= -(-septets // 152)


@given(st.text())
def test_nothing_is_lost_between_clusters(body):
    assert "".join(clusters(body)) == body


@given(st.text(max_size=400), st.text(max_size=5))
def test_more_text_never_costs_less(body, more):
    if is_gsm(body) == is_gsm(body + more):
        assert count_parts(body + more) >= count_parts(body)
