"""Which column is what, told by its name or by its cells."""

import pytest

from app.contacts.importing.mapping import FIELDS, guess_mapping

PEOPLE = [
    ["DUPONT", "Jeanne", "06 39 98 00 00", "jeanne@exemple.fr", "35000", "1980"],
    ["LE GALL", "Marie", "0639980001", "", "44100", "1975"],
    ["PETIT", "Luc", "+33 6 39 98 00 02", "luc@exemple.fr", "35200", "2001"],
]


def guess(header, *rows):
    return list(guess_mapping(header, [(number, list(row)) for number, row in enumerate(rows, 2)]).values())


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Téléphone", "phone"),
        ("Tél. portable", "phone"),
        ("N° de tel", "phone"),
        ("MOBILE", "phone"),
        ("gsm", "phone"),
        ("Prénom", "first_name"),
        ("PRENOM", "first_name"),
        ("Nom", "last_name"),
        ("Nom de famille", "last_name"),
        ("Nom d’usage", "last_name"),
        ("Nom et prénom", "full_name"),
        ("NOM Prénom", "full_name"),
        ("Bénévole", "full_name"),
        ("Courriel", "email"),
        ("E-mail", "email"),
        ("Adresse mail", "email"),
        ("Code postal", "postcode"),
        ("CP", "postcode"),
        ("Année de naissance", "birth_year"),
        ("Né(e) le", "birth_year"),
        ("Étiquettes", "tags"),
        ("Groupes", "tags"),
        ("Tags", "tags"),
        ("Compétences", "skills"),
        ("Vos savoir-faire", "skills"),
        ("Compétences et savoir-faire", "skills"),
        ("Remarques", "note"),
        ("Couleur", "ignore"),
        ("", "ignore"),
    ],
)
def test_the_words_of_a_header(name, field):
    assert guess([name]) == [field]
    assert field in FIELDS


def test_cells_speak_when_the_header_says_nothing():
    header = [f"Colonne {message}" for message in "ABCDEF"]
    assert guess(header, *PEOPLE) == ["last_name", "first_name", "phone", "email", "postcode", "birth_year"]


def test_first_names_are_told_from_family_names_in_either_order():
    rows = [[row[1], row[0].title(), row[2]] for row in PEOPLE]
    assert guess(["Colonne A", "Colonne B", "Colonne C"], *rows) == ["first_name", "last_name", "phone"]


def test_the_column_with_most_mobiles_is_the_phone_and_the_others_wait_behind():
    rows = [["01 99 00 00 01", "0639980000"], ["01 99 00 00 02", "0639980001"], ["0639980003", ""]]
    assert guess(["Téléphone fixe", "Portable"], *rows) == ["phone_2", "phone"]
    assert guess(["Téléphone", "Autre"], *rows) == ["phone_2", "phone"]


def test_a_column_of_numbers_eaten_by_excel_is_still_the_phone():
    assert guess(["Portable"], ["6,12346E+08"], ["6,12347E+08"]) == ["phone"]


def test_an_agreement_to_sms_is_no_phone():
    assert guess(["Accord SMS", "Numéro"], ["oui", "0639980000"], ["non", "0639980001"]) == ["sms_allowed", "phone"]
    assert guess(["Accord SMS", "Numéro"], ["2024", "0639980000"], ["2025", "0639980001"]) == ["ignore", "phone"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Ne pas envoyer de SMS", "sms_refused"),
        ("Ne veut plus de SMS", "sms_refused"),
        ("Ne pas contacter", "sms_refused"),
        ("SMS_BLACKLISTED", "sms_refused"),
        ("Do Not SMS", "sms_refused"),
        ("Opt-out", "sms_refused"),
        ("Désinscrit(e)", "sms_refused"),
        ("SMS autorisés", "sms_allowed"),
        ("Souhaitez-vous recevoir nos SMS ?", "sms_allowed"),
        ("Seulement ses missions", "only_missions"),
        ("SMS : uniquement vos missions", "only_missions"),
        ("Non contacté", "ignore"),
        ("Paiement sans contact", "ignore"),
    ],
)
def test_who_wants_no_sms_is_told_by_the_column(name, field):
    assert guess([name, "Tél"], ["oui", "0639980000"], ["", "0639980001"]) == [field, "phone"]


def test_a_field_is_given_once():
    assert guess(["Nom", "Nom", "Tel"], ["A", "B", "0639980000"]) == ["last_name", "ignore", "phone"]


CLIMBERS = [
    ["Petit", "Paul", "03 22 00 00 01", "", "Odile 06 39 98 00 10"],
    ["Le Gall", "Marie", "", "06 39 98 00 01", "06 39 98 00 11"],
    ["Martin", "Luc", "03 22 00 00 02", "", "06 39 98 00 12"],
]


def test_a_relatives_number_is_neither_the_phone_nor_a_spare():
    header = ["Nom", "Prénom", "Tél. domicile", "Téléphone", "En cas d'accident"]
    rows = [[*row[:4], row[4].removeprefix("Odile ")] for row in CLIMBERS]
    assert guess(header, *rows) == ["last_name", "first_name", "phone_2", "phone", "ignore"]


@pytest.mark.parametrize(
    "name",
    [
        "Personne à prévenir",
        "Contact d'urgence",
        "Tél. du conjoint",
        "Portable mère",
        "Mobile de l'épouse",
        "Emergency phone",
        "Téléphone d'un proche",
        "Numéro du tuteur",
        "Référente",
    ],
)
def test_somebody_elses_number_is_left_alone_beside_ones_own(name):
    rows = [["0639980000", "0639980009"], ["", "0639980008"], ["", "0639980007"]]
    assert guess(["Téléphone", name], *rows) == ["phone", "ignore"]


@pytest.mark.parametrize("name", ["SIREN", "N° de licence", "Code barre"])
def test_nine_bare_digits_under_another_name_are_no_phone(name):
    rows = [["775000001", "Asso Un", "06 39 98 67 01"], ["639980002", "Asso Deux", ""]]
    assert guess([name, "Nom", "Téléphone"], *rows) == ["ignore", "last_name", "phone"]


def test_nine_bare_digits_without_a_name_are_phones():
    assert guess(["Colonne A", "Colonne B"], ["Zoé", "639980000"], ["Luc", "639980001"]) == ["first_name", "phone"]


def test_a_date_in_a_question_makes_no_phone_of_its_column():
    header = ["Nom", "Serez-vous là le 06 juin ?", "Tél"]
    assert guess(header, ["Petit", "", "0639980000"]) == ["last_name", "ignore", "phone"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Nom adhérent", "last_name"),
        ("Prénom adhérent", "first_name"),
        ("Prénom(s)", "first_name"),
        ("Nom (obligatoire)", "last_name"),
        ("Quel est votre prénom ?", "first_name"),
        ("Nom du bénévole", "last_name"),
        ("Prénom de l'enfant", "first_name"),
        ("Given Name", "first_name"),
        ("Family name", "last_name"),
        ("Full name", "full_name"),
        ("Vos nom et prénom *", "full_name"),
        ("Votre adresse e-mail", "email"),
        ("Email adhérent", "email"),
        ("Date de naissance (JJ/MM/AAAA)", "birth_year"),
        ("Nom de l'association", "ignore"),
        ("Nom de la rue", "ignore"),
        ("Nom payeur", "ignore"),
        ("Prénom de la personne à prévenir", "ignore"),
    ],
)
def test_the_words_around_a_name_do_not_hide_it(name, field):
    assert guess([name, "Tél"], ["", "0639980000"])[0] == field


def test_the_plainest_name_wins_over_a_longer_one():
    header = ["Nom de naissance", "Nom", "Prénom", "Tél"]
    assert guess(header, ["Blanc", "Petit", "Zoé", "0639980000"]) == ["ignore", "last_name", "first_name", "phone"]


@pytest.mark.parametrize(("name", "cells"), [("Adhérent", ["1207", "1208"]), ("Bénévole", ["oui", "non"])])
def test_a_number_or_a_yes_is_nobodys_name(name, cells):
    rows = [[cells[0], "Petit", "0639980000"], [cells[1], "Martin", "0639980001"]]
    assert guess([name, "Nom", "Tél"], *rows) == ["ignore", "last_name", "phone"]
