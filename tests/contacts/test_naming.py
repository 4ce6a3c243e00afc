"""Names as lists write them."""

import pytest

from app.contacts import naming
from app.contacts.naming import speaks_of, split_name


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Jeanne Dupont", "Jeanne", "Dupont"),
        ("Mme Jeanne DE LA TOUR", "Jeanne", "DE LA TOUR"),
        ("De La Tour, Jeanne", "Jeanne", "De La Tour"),
        ("DUPONT JEAN-PIERRE", "JEAN-PIERRE", "DUPONT"),
        ("DUPONT MARIE", "MARIE", "DUPONT"),
        ("JEAN-PIERRE DUPONT", "JEAN-PIERRE", "DUPONT"),
        ("M. et Mme Dupont", "", "Dupont"),
        ("Mr & Mme DUPONT", "", "DUPONT"),
        ("Monsieur et Madame Paul Dupont", "Paul", "Dupont"),
        ("Famille Dupont", "", "Dupont"),
        ("N/A", "", ""),
        ("inconnu", "", ""),
        ("-", "", ""),
        ("?", "", ""),
    ],
)
def test_a_full_name_is_cut_where_people_would(full, first, last):
    assert split_name(full) == (first, last)


@pytest.mark.parametrize(
    ("full", "card", "is_theirs"),
    [
        ("Anne Carlier", "Anne Carlier", True),
        ("ANNE", "Anne Carlier", True),
        ("Anne Carlier-Roy", "Anne Carlier", True),
        ("Mme Carlier Anne", "Anne Carlier", True),
        ("Anne Carlier", "Anne", True),
        ("Jean Pierre Dupont", "Jean-Pierre Dupont", True),
        ("Jean Pierre Dupont", "Jean-Pierre", True),
        ("Anne Carlier", "", True),
        ("Anne-Marie Carlier", "Anne Carlier", False),
        ("Anne-Marie", "Anne", False),
        ("Anne Marie Carlier", "Anne Carlier", False),
        ("Annette Carlier", "Anne Carlier", False),
        ("Anne Carlier", "Anne-Marie Carlier", False),
        ("Jean Carlier", "Anne Carlier", False),
    ],
)
def test_a_name_that_begins_like_another_is_somebody_else(full, card, is_theirs):
    first, _space, last = card.partition(" ")
    assert speaks_of(full, first_name=first, last_name=last) is is_theirs


def test_a_long_text_is_folded_as_a_short_one_is_and_not_kept():
    held = naming._kept.cache_info().currsize
    long = " ".join(["Jean-François  LÉVÊQUE"] * 5_000)
    assert naming.fold(long) == " ".join(["jean francois leveque"] * 5_000)
    assert naming._kept.cache_info().currsize == held, "a file of long cells would stay in memory for months"
