"""A guide is followed to the letter: what its numbered lines say is done in a browser, in their order.

In such a line **bold** is pressed, *italic* is a field, `code` is what goes into the field named last, « quoted » is on
the screen, and a picture is taken where the line shows one. Everything else is prose, which nobody can follow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

STEP = re.compile(r"^\d+\. (.+(?:\n {3}.+)*)", re.MULTILINE)
TOKEN = re.compile(
    r"\*\*(?P<press>[^*]+)\*\*|\*(?P<field>[^*]+)\*|`(?P<value>[^`]+)`|«\s(?P<shown>[^»]+)\s»|!\[[^]]*\]\((?P<picture>[^)]+)\)"
)
PRESSED = ("button", "link", "tab", "menuitem")
GIVEN = {"time": "09:30", "number": "4"}
"""What a field gets where the guide leaves the choice."""


@dataclass(frozen=True)
class Section:
    """A heading of the guide that has numbered lines."""

    title: str
    steps: tuple[str, ...]


def sections(guide: Path) -> Iterator[Section]:
    """Those of a file in Markdown that can be followed."""
    for part in re.split(r"^## ", guide.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        if steps := tuple(" ".join(step.split()) for step in STEP.findall(rest)):
            yield Section(title, steps)


@dataclass
class Reader:
    """Somebody who does what is written, with the files of ``folder`` at hand, and takes pictures into ``pictures``."""

    page: Page
    folder: Path
    pictures: Path
    field: Locator | None = None

    def follow(self, section: Section) -> None:
        for step in section.steps:
            for token in TOKEN.finditer(step):
                kind = str(token.lastgroup)
                getattr(self, f"_{kind}")(token[kind])

    def _press(self, name: str) -> None:
        begins = re.compile(rf"^\s*{_loose(name)}")
        wanted = self.page.get_by_role("button", name=begins)
        for role in PRESSED[1:]:
            wanted = wanted.or_(self.page.get_by_role(role, name=begins))  # type: ignore[arg-type]
        wanted = wanted.or_(self.page.locator("summary").filter(has_text=begins))
        wanted.filter(visible=True).first.click()
        self.page.wait_for_load_state("domcontentloaded")

    def _field(self, name: str) -> None:
        self.field = self.page.get_by_label(re.compile(rf"^\s*{_loose(name)}")).filter(visible=True).first
        kind = self.field.get_attribute("type")
        if kind in ("checkbox", "radio"):
            self.field.check()
        elif kind == "date":
            self.field.fill(_next_saturday().isoformat())
        elif kind in GIVEN:
            self.field.fill(GIVEN[str(kind)])

    def _value(self, value: str) -> None:
        assert self.field is not None, f"no field is named before « {value} »"
        if self.field.get_attribute("type") == "file":
            self.field.set_input_files(self.folder / value)
        elif self.field.evaluate("one => one.tagName") == "SELECT":
            self.field.select_option(label=value)
        else:
            self.field.fill(value)

    def _shown(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(re.compile(_loose(text)))

    def _picture(self, address: str) -> None:
        self.page.evaluate("() => { scrollTo(0, 0); return document.fonts.ready; }")
        self.page.screenshot(path=self.pictures / Path(address).name)


def _loose(text: str) -> str:
    """A pattern of the same words, whatever spaces and apostrophes stand between them."""
    words = re.split(r"\s+", text.strip())
    return r"\s+".join(re.sub("['’]", "[’']", re.escape(word)) for word in words)


def _next_saturday() -> date:
    today = date.today()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7)
