"""The guides of the référente and of the trainer, followed to the letter; their pictures are taken on the way."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import guide
from tests.browser.conftest import ONE_WORKER, House
from tests.browser.guide import Reader, Section

pytestmark = ONE_WORKER

DOCS = Path(__file__).resolve().parents[2] / "docs"
IMAGES = DOCS / "images"
READERS = {"referente": ("Référente", "/e/demo/"), "formateur": ("Formatrice", "/ateliers")}
"""{guide: (who reads it, where each of its sections begins)}"""
SHEET = "Prénom;Nom;Téléphone;Ville\n" + "\n".join(
    ["Zoé;Lefèvre;06 39 98 61 42;Amiens", "Noël;Maçon;0639986143;Abbeville", "Inès;Bîle;06 39 98 61;Amiens"]
)
WALKS = [(name, section) for name in READERS for section in guide.sections(DOCS / "guides" / f"{name}.md")]


@pytest.mark.parametrize(("name", "section"), WALKS, ids=[f"{name}-{section.title}" for name, section in WALKS])
def test_what_is_written_is_what_happens(name: str, section: Section, house: House, page: Page, tmp_path: Path) -> None:
    (tmp_path / "benevoles.csv").write_bytes(SHEET.encode("cp1252"))
    who, start = READERS[name]
    house.sign_in(page, who)
    page.goto(f"{house.address}{start}")
    kept = os.environ.get("TAKE_PICTURES") == "1"
    Reader(page, tmp_path, IMAGES if kept else tmp_path).follow(section)
