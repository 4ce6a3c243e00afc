"""What a row says, however its spreadsheet wrote it."""

import pytest

from app.accounts.models import Mode
from app.contacts.importing import plan as plans
from app.contacts.importing.entries import Entry, Skipped
from app.contacts.importing.plan import plan
from app.contacts.importing.uploads import read_upload
from app.contacts.profile.reading import parted
from tests.contacts.sheets import sheet
from tests.factories import NOON


def steps(lines, header, mapping=None):
    upload = read_upload(sheet(lines, header), file_name="liste.csv", mapping=mapping)
    return plan(upload.sheet, upload.mapping, mode=Mode.LIVE, now=NOON)


def born(value):
    (step,) = steps([f"Zoé;0639980000;{value}"], "Prénom;Portable;Date de naissance")
    return step.values.get("birth_year") if isinstance(step, Entry) else step.reason


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("1985", 1985),
        ("12/03/1985", 1985),
        ("12/03/85", 1985),
        ("12.03.85", 1985),
        ("3-12-51", 1951),
        ("85", 1985),
        ("01/02/05", 2005),
        ("--05-21", None),
        ("05/21", None),
        ("21 mai", None),
        ("00/00/0000", None),
        ("0000-00-00", None),
        ("-", None),
        ("inconnue", None),
        ("N/A", None),
    ],
)
def test_a_birth_date_gives_its_year_or_nothing_and_the_person_comes_in(value, year):
    assert born(value) == year


def test_a_year_in_which_nobody_was_born_is_still_asked_again():
    assert "année de naissance" in born("12/03/1785")


@pytest.mark.parametrize("value", ["N/A", "-", "?", "inconnu", "Néant", "x", "."])
def test_a_first_name_that_is_none_is_left_blank(value):
    (step,) = steps([f"{value};Petit;0639980000"], "Prénom;Nom;Portable")
    assert step.values == {"last_name": "Petit"}


def test_a_cell_written_as_a_formula_is_what_it_shows():
    (step,) = steps(['Zoé;="0639980000";="01000"'], "Prénom;Portable;Code postal")
    assert (step.phone, step.values["postcode"]) == ("+33639980000", "01000")


def test_a_swiss_postcode_stays_as_typed():
    header = "Prénom;Portable;Code postal"
    swiss, french = steps(["Zoé;+41 79 123 45 67;1200", "Luc;0639980000;1000"], header)
    assert (swiss.values["postcode"], french.values["postcode"]) == ("1200", "01000")


def test_two_rows_of_one_person_are_one_person_who_has_it_all():
    header = "Prénom;Portable;E-mail;Étiquettes;Taille"
    mapping = {
        "Prénom": "first_name", "Portable": "phone", "E-mail": "email", "Étiquettes": "tags", "Taille": "custom",
    }  # fmt: skip
    lines = [
        "Zoé;0639980000;;samedi;",
        "ZOE;06 39 98 00 00;z@exemple.fr;dimanche;L",
        "zoé;0639980000;autre@exemple.fr;;M",
    ]
    first, second, third = steps(lines, header, mapping)
    assert (first.values["first_name"], first.values["email"]) == ("Zoé", "z@exemple.fr")
    assert (first.tags, first.custom) == (["samedi", "dimanche"], {"Taille": "L"})
    assert (second.is_duplicate, third.is_duplicate) == (True, True)
    assert "complétée" in second.reason
    assert "E-mail" in third.reason


def test_a_cell_of_skills_holds_several_and_two_dashes_forget_them():
    header = "Prénom;Portable;Compétences"
    lines = [
        'Zoé;0639980000;"permis B, cuisine;accueil"', "Luc;0639980001;--", "Ali;0639980002;?", "Zoé;0639980000;chant",
    ]  # fmt: skip
    zoe, luc, ali, double = steps(lines, header)
    assert (zoe.skills, luc.skills, ali.skills) == (["permis B", "cuisine", "accueil", "chant"], [], None)
    assert (zoe.tags, double.is_duplicate) == (None, True)
    assert parted(["cuisine / accueil", "photo/vidéo", "/"], ["Photo/Vidéo"]) == ["cuisine", "accueil", "photo/vidéo"]


def test_a_refused_child_makes_no_double_of_a_good_row():
    header = "Prénom;Portable;Date de naissance"
    child, adult = steps(["Léo;0639980000;2021", "Léo;0639980000;1985"], header)
    assert isinstance(child, Entry | Skipped)
    assert isinstance(adult, Entry)


def test_a_column_of_a_parents_phone_says_so_of_the_child():
    header = "Prénom enfant;Nom;Date de naissance;Portable parent"
    (leo,) = steps(["Léo;Petit;2018;0639980000"], header)
    assert isinstance(leo, Entry)
    assert (leo.phone, leo.values["phone_is_parents"], leo.values["first_name"]) == ("+33639980000", True, "Léo")


def test_a_refusal_counts_wherever_it_stands_beside_an_answer_that_cannot_be_read():
    mapping = {"Portable": "phone", "A": "sms_allowed", "B": "sms_refused", "C": "only_missions"}
    for line, said in {
        "0639980000;peut-être;oui;": (True, False),
        "0639980000;oui;peut-être;oui": (False, True),
        "0639980000;peut-être;;à voir": (False, False),
    }.items():
        (step,) = steps([line], "Portable;A;B;C", mapping)
        assert isinstance(step, Skipped)
        assert (step.objects, step.only_missions) == said
        assert "« peut-être » ne dit pas" in step.reason


def test_a_long_remark_comes_in_and_stays_in_no_memory():
    held = plans._kept_value.cache_info().currsize
    remark = "Elle vient le samedi. " * 40
    (step,) = steps([f"0639980000;{remark}"], "Portable;Remarques")
    assert step.values["note"] == remark.strip()
    assert plans._kept_value.cache_info().currsize == held, "the remarks of a file of 20 MB would stay for months"
