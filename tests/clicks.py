"""Somebody at a browser without scripts: sees a page, fills its fields, and presses what bears a word."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Form:
    """A form of a page; ``buttons`` by their words, ``choices`` by theirs: {words: (name, value)}."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    choices: dict[str, tuple[str, str, str]] = field(default_factory=dict)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._form: Form | None = None
        self._kept: tuple[str, str, str] | None = None
        self._words = ""
        self._area = ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self._kept, self._words = ("a", given.get("href", ""), ""), ""
        elif tag == "button" and "aria-hidden" not in given:
            self._kept, self._words = ("button", given.get("name", ""), given.get("value", "")), ""
        elif tag == "label":
            self._words = ""
        elif tag == "textarea":
            self._area, self._words = given.get("name", ""), ""
        elif tag == "input" and self._form and given.get("name"):
            self._input(given, dict(attrs))

    def _input(self, given, attrs):
        if given.get("type") not in ("radio", "checkbox"):
            self._form.values.append((given["name"], given.get("value", "")))
            return
        self._kept = ("choice", given["name"], given.get("value", "on"))
        self._kept_type = given["type"]
        if "checked" in attrs:
            self._form.values.append((given["name"], given.get("value", "on")))

    def handle_data(self, data):
        self._words += data

    def handle_endtag(self, tag):
        words = " ".join(self._words.split())
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._form:
            self._form.values.append((self._area, self._words.removeprefix("\n")))
        elif tag == "a" and self._kept and self._kept[0] == "a":
            self.links[words] = self._kept[1]
        elif tag == "button" and self._kept and self._kept[0] == "button" and self._form:
            self._form.buttons[words] = self._kept[1:]
        elif tag == "label" and self._kept and self._kept[0] == "choice" and self._form:
            self._form.choices[words] = (*self._kept[1:], self._kept_type)
            self._kept = None


@dataclass
class Browser:
    """``clicks`` counts what was pressed and ticked; typing is none."""

    client: FlaskClient
    clicks: int = 0
    answer: TestResponse | None = None

    def open(self, address: str) -> None:
        self._show(self.client.get(address, follow_redirects=True))

    def fill(self, **typed: str) -> None:
        form = next(one for one in self.page.forms if {*typed} <= {name for name, _value in one.values})
        form.values = [(name, typed.get(name, value)) for name, value in form.values]

    def tick(self, words: str) -> None:
        form, found = next((one, at) for one in self.page.forms for at in one.choices if at.startswith(words))
        name, value, kind = form.choices[found]
        form.values = [one for one in form.values if kind == "checkbox" or one[0] != name] + [(name, value)]
        self.clicks += 1

    def press(self, words: str, *, status: int = 200) -> None:
        form, found = next((one, at) for one in self.page.forms for at in one.buttons if at.startswith(words))
        name, value = form.buttons[found]
        data: dict[str, list[str]] = {}
        for key, one in [*form.values, *([(name, value)] if name else [])]:
            data.setdefault(key, []).append(one)
        self.clicks += 1
        self._show(self.client.post(form.action, data=data, follow_redirects=True), status)

    @property
    def text(self) -> str:
        assert self.answer is not None
        return self.answer.text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")

    def _show(self, answer: TestResponse, status: int = 200) -> None:
        assert answer.status_code == status, answer.text
        self.answer, self.page = answer, _Page()
        self.page.feed(answer.text)
