"""Each capability has a page: short, dated, and listed where one looks for it."""

import re
from pathlib import Path

import pytest

from app.messaging.inbox.replies import Incoming, Meaning, meaning_of
from tests.test_house import LARGEST_FOLDER, LONGEST_FILE, LONGEST_FUNCTION

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


def headings(page: Path) -> list[int]:
    return [len(one) for one in re.findall(r"^(#+) ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)]


@pytest.mark.parametrize(
    ("french", "english"),
    [(DOCS.parent / "README.md", DOCS.parent / "README.en.md"), (DOCS / "contribuer.md", DOCS / "contributing.md")],
    ids=lambda page: page.name,
)
def test_what_is_said_in_two_languages_has_the_same_headings(french: Path, english: Path) -> None:
    """A section added, dropped or moved in one is missed in the other."""
    assert headings(french) == headings(english)
    assert f"({english.name})" in french.read_text(encoding="utf-8")
    assert f"({french.name}" in english.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), *DOCS.parent.glob("README*.md")], ids=lambda page: page.stem)
def test_every_picture_and_page_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (page.parent / name).exists()] == []


GUIDES = [DOCS / name for name in ("recipes.md", "contribuer.md", "contributing.md")]


def is_there(name: str) -> bool:
    """« contacts/fields.py » is of ``app``, « events/messages.send » a function there, « steps.py » of some room."""
    root = DOCS.parent
    if "/" not in name:
        return any(next(folder.rglob(name), None) for folder in (root / "app", root / "tests"))
    places = (root / name, root / "app" / name, root / "app" / f"{name.partition('.')[0]}.py")
    return any(place.exists() for place in places)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_files_that_a_guide_names_are_there(page: Path) -> None:
    named = re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:py|txt))`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not is_there(name)] == []


@pytest.mark.parametrize("page", [DOCS.parent / "README.md", DOCS / "contributing.md"], ids=lambda page: page.stem)
def test_the_map_of_the_house_has_every_room(page: Path) -> None:
    rooms = {path.name for path in (DOCS.parent / "app").iterdir() if path.is_dir() and not path.name.startswith("__")}
    shown = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rooms == {name for line in shown for name in re.findall(r"`app/(\w+)`", line)}


@pytest.mark.parametrize("page", GUIDES[1:], ids=lambda page: page.stem)
def test_a_guide_says_the_limits_that_the_house_has(page: Path) -> None:
    said = page.read_text(encoding="utf-8")
    limits = re.findall(r"(\d+) (?:lignes|lines)|(?:fonction|function)(?: en| a)? (\d+)|(\d+) (?:fichiers|files)", said)
    assert {int(one) for found in limits for one in found if one} == {LONGEST_FILE, LONGEST_FUNCTION, LARGEST_FOLDER}


def plain(text: str) -> str:
    """With one kind of space and of apostrophe."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


@pytest.fixture(scope="module")
def screens() -> str:
    """Every sentence of the product, those cut over several lines made whole."""
    found = [path for pattern in ("templates/**/*.html", "app/**/*.py") for path in DOCS.parent.glob(pattern)]
    return plain(re.sub(r'"\s*\n\s*"', "", " ".join(path.read_text(encoding="utf-8") for path in found)))


@pytest.mark.parametrize("page", sorted((DOCS / "guides").glob("*.md")), ids=lambda page: page.stem)
def test_what_a_guide_quotes_or_presses_beside_its_steps_is_on_a_screen(page: Path, screens: str) -> None:
    """Its numbered lines are followed in a browser; the prose between them is read by people alone."""
    prose = re.sub(r"^\d+\. .+(?:\n {3}.+)*", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    quoted = [plain(one or other) for one, other in re.findall(r"«\s([^»]+)\s»|\*\*([^*]+)\*\*", prose)]
    in_general = {"gras", "guillemets"}
    assert [one for one in quoted if one not in screens and one not in in_general and one not in REPLIES] == []


REPLIES = {"Arrêtez": Meaning.STOP, "Ne m'envoyez plus rien": Meaning.UNCLEAR}
"""What the référente's guide says that volunteers answer, and what becomes of it."""


def test_what_the_guide_says_of_replies_is_how_they_are_read() -> None:
    guide = (DOCS / "guides" / "referente.md").read_text(encoding="utf-8")
    for body, meaning in REPLIES.items():
        assert body in plain(guide)
        assert meaning_of(Incoming("", "", "", "", body)) is meaning
