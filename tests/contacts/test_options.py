"""What a cell says of somebody's days, rhythm and age, as people write it."""

import pytest
from sqlalchemy import select

from app.contacts.fields import BY_NAME
from app.contacts.importing.columns import guess
from app.contacts.models import Contact
from app.contacts.options import (
    AGE_BANDS,
    AVAILABILITY,
    LANGUAGES,
    RHYTHMS,
    band_of,
    codes_of,
    read_option,
    read_several,
)
from tests.contacts.noted import noted
from tests.contacts.sheets import counts, import_file
from tests.factories import NOON, make_space


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("soirs et week-end", ["evenings", "weekends"]),
        ("dispo le samedi", ["weekends"]),
        ("Soirs de semaine", ["evenings"]),
        ("mardi soir", ["evenings"]),
        ("en journée, WE", ["weekdays", "weekends"]),
        ("Mercredis après-midi", ["weekdays"]),
        ("tous les jours", ["weekdays", "evenings", "weekends"]),
        ("jamais le soir", None),
        ("selon planning", None),
    ],
)
def test_availability_is_read_as_people_write_it(cell, codes):
    mask = read_several(AVAILABILITY, cell)
    assert (None if mask is None else codes_of(AVAILABILITY, mask)) == codes


def test_a_choice_is_read_by_its_words_its_label_or_its_code():
    cells = [(RHYTHMS, "Ponctuelle", "one_off"), (RHYTHMS, "régulièrement", "regular"), (RHYTHMS, "on verra", None),
             (AGE_BANDS, "18 - 25 ans", "18-24"), (AGE_BANDS, "65+", "65+"), (AGE_BANDS, "mineur", "u18"),
             (LANGUAGES, "Portugaise", "pt"), (LANGUAGES, "lsf", "lsf")]  # fmt: skip
    assert [read_option(options, cell) for options, cell, _code in cells] == [code for *_rest, code in cells]
    for options in (AGE_BANDS, RHYTHMS, LANGUAGES):
        assert [read_option(options, one.label) for one in options] == [one.code for one in options]


def test_the_band_follows_the_year_and_else_what_was_said():
    year = NOON.year
    years = [year - 17, year - 18, year - 24, year - 25, year - 65, None]
    assert [band_of(one, "50-64", now=NOON) for one in years] == ["u18", "18-24", "18-24", "25-34", "65+", "50-64"]


def test_a_file_of_profiles_is_guessed_and_words_that_are_no_choice_are_kept(runtime, database):
    header = ["Portable", "Ville", "Disponibilité", "Adhérent", "Langue", "Tranche d'âge", "Rythme"]
    rows = [(2, ["0639980001", "Amiens", "dispo le samedi", "oui", "arabe", "25-34", "ponctuel"]),
            (3, ["0639980002", "", "vacances", "non", "", "", ""])]  # fmt: skip
    assert [guess(header, rows)[at] for at in range(1, 7)] == [
        "town", "availability", "is_member", "language", "age_band", "rhythm"
    ]  # fmt: skip
    assert guess(["Portable", "Adhérent"], [(2, ["0639980001", "Jeanne Petit"])])[1] == "full_name"
    with database.transaction() as session:
        space = make_space(session)
    content = "\r\n".join(";".join(cells) for cells in (header, *(cells for _number, cells in rows))).encode()
    mapping = dict(
        zip(header, ["phone", "town", "availability", "is_member", "language", "age_band", "rhythm"], strict=True)
    )
    assert counts(import_file(runtime, space, content, mapping=mapping)) == (2, 0, 0, 0, 0)
    with database.snapshot() as session:
        one, other = session.scalars(select(Contact).order_by(Contact.id)).all()
    assert (one.town, one.availability, one.is_member, one.language) == ("Amiens", 4, True, "ar")
    assert (one.age_band, one.rhythm, other.availability, other.is_member) == ("25-34", "one_off", 0, False)
    assert noted(database, other) == {BY_NAME["availability"].label: "vacances"}
