"""What a spreadsheet would run leaves as a text, and comes back as it was."""

import pytest

from app.contacts.importing.formulas import guarded, unguarded

FORMULAS = ["=1", "+A1", "-A1", "@SUM(A1)", " =1", "\u00a0=1", "\n=1", "\t=1", "\r=1", "\u200b=1", "\ufeff=1"]
WIDE = ["\uff1d1", "\uff0bA1", "\uff0dA1", "\uff20SUM(A1)", " \uff1d1", "\nfin"]


@pytest.mark.parametrize("cell", [*FORMULAS, *WIDE])
def test_a_formula_is_guarded_and_comes_back_whole(cell):
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Zoé", "'quinze", "--", "-", "+33 6 12 34 56 78", " +33612345678", "(0)6", "a=1"])
def test_what_no_spreadsheet_runs_is_left_alone(cell):
    assert guarded(cell) == cell
    assert unguarded(cell) == cell
