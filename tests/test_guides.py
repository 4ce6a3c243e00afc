"""Each capability has a page: short, dated, and listed where one looks for it."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(DOCS.glob("capabilities/*.md"))
LONGEST = 60
"""Lines: beyond, nobody reads it before changing the code."""
DATED = re.compile(
    r"\n\n\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\. "
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_short_dated_and_says_what_was_not_taken(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert DATED.search(text[:200]), "its date opens its first paragraph"
    assert "\n## What was not taken\n" in text


def test_the_index_names_every_page_and_no_other() -> None:
    named = re.findall(r"\]\(([^)]+)\)", (DOCS / "README.md").read_text(encoding="utf-8"))
    assert [name for name in named if not (DOCS / name).exists()] == []
    own = {page for page in DOCS.rglob("*.md") if page != DOCS / "README.md"}
    assert own - {(DOCS / name).resolve() for name in named} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:app|jobs)/[\w/.]+)`", page.read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if not (DOCS.parent / name).exists()] == []
