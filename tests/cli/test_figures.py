"""Every figure of the impact page and of the staff's week opens as many rows as it says: on the demonstration."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.database.engine import Database
from tests.cli.conftest import browser

NUMBER = re.compile(r"\d+(?:[\u202f\xa0]\d{3})*")
BEHIND = "/programme/impact/associations?"
OF_SECTION = {"axe-": "comparees", "age-": "ages", "places": "sms"}
"""Where a row's own number is a mean or a sum, and no smaller number of associations stands in it: the section's."""


@dataclass
class Row:
    """A line of a table, or what stands outside of any: {address: words of the link}, and its last cell."""

    links: dict[str, str] = field(default_factory=dict)
    last: str = ""


class Reader(HTMLParser):
    """The links of a page's main part, row by row; the words of each are joined where several have one address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows = [Row()]
        self._outside = self.rows[0]
        self._href = ""
        self._in_cell = False
        self.feed(page.partition("<main")[2].partition("<footer")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append(Row())
        elif tag == "td":
            self._in_cell, self.rows[-1].last = True, ""
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._row.links.setdefault(self._href, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.rows.append(self._outside)
        elif tag == "td":
            self._in_cell = False
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self._row.links[self._href] += f"{data} "
        if self._in_cell:
            self.rows[-1].last += data

    @property
    def _row(self) -> Row:
        return self.rows[-1]


def number(words: str) -> int | None:
    """The first one; « – » is none of them."""
    found = NUMBER.search(words.replace("–", "0"))
    return int(re.sub(r"\D", "", found[0])) if found else None


def promise(href: str, words: str) -> int | None:
    """What a link says itself: the numbers of an age are not those of its associations."""
    if "chiffre=age-" in href:
        words = " ".join(re.findall(r"\d+ association", words))
    return number(words)


def figures(page: str) -> dict[str, int]:
    """{address: the number of rows that its link promises}, of the links to rows behind a figure."""
    rows = [row for row in Reader(page).rows if row.links]
    links = [(href, words, row) for row in rows for href, words in row.links.items() if href.startswith(BEHIND)]
    said = {href: promise(href, words) for href, words, _row in links}
    for href, _words, row in links:
        if said[href] is None:
            key = href.partition("chiffre=")[2].partition("&")[0]
            whole = next((its for start, its in OF_SECTION.items() if key.startswith(start)), None)
            in_section = [n for other, n in said.items() if f"chiffre={whole}&" in other]
            said[href] = in_section[0] if whole else number(row.last)
    assert None not in said.values(), said
    return {href: n for href, n in said.items() if n is not None}


def count(page: str, start: str, end: str, row: str) -> int:
    """How many rows a part of a page has."""
    assert start in page, start
    return len(re.findall(row, page.partition(start)[2].partition(end)[0]))


def rows_at(desk: FlaskClient, href: str) -> int:
    path, _mark, part = href.partition("#")
    answer = desk.get(path)
    assert answer.status_code == 200, href
    page = answer.text
    if part.startswith("etape-"):
        return count(page, f'id="{part}"', "</ul>", "<li")
    if part:
        return count(page, f'aria-labelledby="{part}"', "</section>", "<li>|<th scope=.row.>")
    if "/candidatures?" in path:
        return count(page, 'aria-labelledby="pile"', "</section>", "<li")
    return len(re.findall('<th scope="row">', page))


@pytest.mark.parametrize("cohort", [1, 2, 3, "toutes"])
def test_each_figure_of_the_impact_page_opens_as_many_rows_as_it_says(
    seeded: Database, app: Flask, cohort: int | str
) -> None:
    desk = browser(app, seeded, "programme")
    page = desk.get(f"/programme/impact?cohorte={cohort}").text
    promised = figures(page)
    assert {href: rows_at(desk, href) for href in promised} == promised
    drawn = [row for row in Reader(page).rows if row.last]
    assert [row.last for row in drawn if not any(href in promised for href in row.links)] == [], "opens nothing"
    keys = {re.split("[=&]", href)[1] for href in promised}
    assert {"commencees", "deposees", "retenue", "diagnostic", "formations", "atelier"} <= keys
    if cohort in (1, "toutes"):
        assert {
            "ont-demarre", "recommandees", "hors-critere", "decidees", "comparees", "axe-M", "sms", "places",
            "partagent", "premier-sms", "seances-formations", "seances-ateliers", "a-noter", "age-age_25_34",
        } <= keys  # fmt: skip
        assert ("sans celles d’une cohorte, moins de 5" in page) is (cohort == "toutes")
        for words, key in (("SMS partis", "sms"), ("Places de mission remplies", "places")):
            rows = desk.get(f"{BEHIND}chiffre={key}&cohorte={cohort}").text
            parts = [number(one) for one in re.findall(r"(\d+) depuis l’atelier", rows)]
            whole = next(row.last for row in Reader(page).rows if any(words in one for one in row.links.values()))
            assert sum(one or 0 for one in parts) == number(whole)


def test_each_figure_of_the_week_opens_as_many_rows_as_it_says(seeded: Database, app: Flask) -> None:
    desk = browser(app, seeded, "programme")
    page = desk.get("/programme").text
    before = Reader(page.partition('aria-labelledby="presences"')[0])
    drawn = [row for row in before.rows if "sur" in row.last or row.last.strip().isdigit()]
    promised = {href: number(row.last) for row in drawn for href in row.links}
    assert len(promised) == 9, "of the cohort five, of the applications four"
    assert {href: rows_at(desk, href) for href in promised} == promised
    everybody = re.search(r'href="([^"]*)">Les (\d+) associations<', page)
    assert everybody is not None
    assert rows_at(desk, everybody[1]) == int(everybody[2])
    lines = ((r"Lire (\d+) candidatures", "filtre=a-lire"), (r"l’atelier (?:de (\d+)|d’une)", "sans-atelier"))
    for words, part in lines:
        said = re.search(words, page)
        assert said is not None
        [href] = {one for row in Reader(page).rows for one in row.links if part in one}
        assert rows_at(desk, href) == int(said[1] or 1)
    for stage, many in re.findall(r'id="(etape-\w+)".*?ladder-figure">(\d+)<', page, re.DOTALL):
        assert rows_at(desk, f"/programme#{stage}") == int(many)
