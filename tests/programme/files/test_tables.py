"""The tables that the programme gives: one convention for all of them."""

import pytest

from app.programme.applications import table as applications
from app.programme.diagnostic import inventory_pages
from app.programme.recommendations import cohort_pages as recommendations
from app.programme.resources import staff_pages as resources
from app.programme.staff import file_pages as associations
from app.programme.tools import file_pages as tools
from app.programme.trainings import file_pages as trainings

TABLES = {
    "candidatures": applications.COLUMNS,
    "inventaire": inventory_pages.COLUMNS,
    "recommandations": recommendations.COLUMNS,
    "ressources": resources.COLUMNS,
    "associations": associations.COLUMNS,
    "catalogue": tools.COLUMNS,
    "formations": trainings.COLUMNS,
    "inscrits": trainings.PEOPLE_COLUMNS,
}


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
def test_columns_are_named_in_plain_words_each_once(columns):
    assert [name for name in columns if "_" in name or not name[:1].isupper()] == []
    assert len(set(columns)) == len(columns)
