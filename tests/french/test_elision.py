"""« de » before a name."""

import pytest

from app.french.elision import of_name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Irène", "d'Irène"), ("Élodie Petit", "d'Élodie Petit"), ("Yves", "d'Yves"), ("Yasmine", "de Yasmine"),
        ("Karim", "de Karim"), ("Hugo", "de Hugo"), ("Œdipe", "d'Œdipe"), ("06 39 98 00 13", "de 06 39 98 00 13"),
        ("Y", "de Y"), ("", "de "),
    ],
)  # fmt: skip
def test_de_is_cut_before_a_vowel_that_is_heard(name, said):
    assert of_name(name) == said
