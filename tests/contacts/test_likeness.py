"""A first name badly typed once is one person; a household is several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.pairs.likeness import MAX_EDITS, Said, are_close, edits, is_same, keeps_its_name, mended

MAIL = "blanc@exemple.fr"


@pytest.mark.parametrize(
    ("before", "after"),
    [("Jenane", "Jeanne"), ("Jean-Piere", "Jean-Pierre"), ("Nathlie", "Nathalie"), ("Stéhpanie", "STEPHANIE"),
     ("Mathhieu", "Matthieu"), ("Abdoulaye", "Abodulaye")],
)  # fmt: skip
def test_a_slip_is_one_person_whichever_came_first(before, after):
    one, two = Said(1, before, "Blanc"), Said(2, after, "BLANC")
    assert is_same(one, two)
    assert is_same(two, one)
    assert not is_same(one, Said(2, after, "Martin"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Louis", "Louise"), ("Léo", "Léa"), ("Julie", "Julien"), ("Marie", "Paul"), ("Jean", "Jeanne"), ("Lina", "Lisa"),
     ("Fatma", "Fatima"), ("Marina", "Martina"), ("Yan", "Yann"), ("Jean", "Jean-Pierre"), ("Moussa", "Mousso"),
     ("", "Léa")],
)  # fmt: skip
def test_a_household_stays_several(one, other):
    assert not is_same(Said(1, one, "Blanc"), Said(2, other, "Blanc"))


def test_the_same_e_mail_lets_a_name_differ_more_but_never_two_names_of_people():
    assert is_same(Said(1, "Aminta", "Diop", MAIL), Said(2, "Aminata", "Diop", MAIL.upper()))
    assert is_same(Said(1, "Jannet", "Diop", MAIL), Said(2, "Jeanne", "Diop", MAIL))
    assert not is_same(Said(1, "Jannet", "Diop"), Said(2, "Jeanne", "Diop"))
    assert not is_same(Said(1, "Marie", "Diop", MAIL), Said(2, "Paul", "Diop", MAIL))


def test_the_well_typed_name_stays():
    assert keeps_its_name("Jeanne", "Jenane")
    assert not keeps_its_name("Jenane", "Jeanne")
    assert (
        mended([Said("Paul", "Paul", "Blanc"), Said("she", "Jenane", "Blanc")], Said(None, "Jeanne", "Blanc")) == "she"
    )


def test_near_names_are_for_a_person_to_look_at():
    assert are_close("Jean", "Jean-Pierre")
    assert are_close("Léo", "Léa")
    assert are_close("", "Léa")
    assert not are_close("Marie", "Paul")


NAMES = st.text(alphabet="abcde", max_size=7)


@given(NAMES, NAMES)
def test_edits_are_the_same_both_ways_and_none_only_for_the_same(one, other):
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)


@given(NAMES, st.data())
def test_one_swap_is_one_edit(name, data):
    if len(name) > 1:
        at = data.draw(st.integers(0, len(name) - 2))
        swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        assert edits(name, swapped) <= 1 <= MAX_EDITS
