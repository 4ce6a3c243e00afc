"""Names as lists write them."""

import pytest

from app.contacts.naming import split_name


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
