"""What is asked before a file comes in."""

import pytest

from app.contacts.importing.uploads import read_upload
from app.contacts.importing.warnings import warnings_of
from tests.contacts.sheets import sheet
from tests.contacts.test_workbook import PEOPLE, book, saved


def warnings(content, name="liste.csv"):
    upload = read_upload(content, file_name=name)
    return warnings_of(upload.sheet, upload.mapping)


def test_a_plain_list_asks_nothing():
    assert warnings(sheet(["Petit;Zoé;0639980000;;80000"])) == []


@pytest.mark.parametrize("name", ["En cas d'accident", "Mère", "Covoiturage"])
def test_numbers_that_are_not_taken_are_named(name):
    content = sheet(["Zoé;0639980000;0639980001", "Luc;0639980002;0639980003"], header=f"Prénom;Téléphone;{name}")
    (told,) = warnings(content)
    assert f"« {name} »" in told
    assert "quelqu'un d'autre" in told


def test_a_list_without_first_names_says_whom_it_cannot_greet():
    (told,) = warnings(sheet(["Petit;0639980000"], header="Nom;Téléphone"))
    assert "prénoms" in told


def test_those_who_want_no_sms_are_counted_before():
    lines = ["Zoé;0639980000;x", "Luc;0639980002;", "Ana;0639980003;oui"]
    (told,) = warnings(sheet(lines, header="Prénom;Téléphone;Ne pas envoyer de SMS"))
    assert "2 personnes ne veulent pas de SMS" in told
    (unsure,) = warnings(sheet(["Zoé;0639980000;mars 2024"], header="Prénom;Téléphone;Ne pas envoyer de SMS"))
    assert "à vous de choisir" in unsure


def test_birth_dates_without_a_year_and_parents_numbers_are_told():
    lines = ["Zoé;0639980000;--05-21", "Luc;0639980002;12/03/85", "Ana;0639980003;00/00/0000"]
    header = "Prénom enfant;Portable parent;Date de naissance"
    assert [told[:20] for told in warnings(sheet(lines, header))] == ["Les numéros de « Por", "2 dates de naissance"]


def test_the_sheets_left_aside_and_the_hidden_rows_are_told():
    made = book(Samedi=PEOPLE, Été=PEOPLE)
    made["Samedi"].row_dimensions[3].hidden = True
    sheets, hidden = warnings(saved(made), "liste.xlsx")
    assert "« Samedi » est lue" in sheets
    assert "sans « Été »" in sheets
    assert hidden.startswith("1 ligne est masquée")
