"""A page as a browser reads it: forms to fill in, parts that ask for themselves again, files it is shown with."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]
_IMPORTED = re.compile(r'\bfrom\s*"\./([\w.-]+)"')


@dataclass
class Form:
    """What would be sent as it stands. ``choices`` are the other values of its boxes and lists, by field."""

    action: str
    keep: str = ""
    """Where it is kept while somebody types, if anywhere."""
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, typed: dict[str, str]) -> list[tuple[str, str]]:
        """The fields, with what was typed in their place."""
        return [(name, value) for name, value in self.fields if name not in typed] + list(typed.items())


@dataclass(frozen=True)
class Live:
    """A part of a page that its script asks for again ``every_s`` after each answer."""

    id: str
    address: str
    every_s: float


@dataclass
class Page:
    """One page or one part of it, come from ``path``."""

    path: str
    text: str
    forms: list[Form] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def form(self, end_of_action: str) -> Form:
        """The first one sent to an address that ends so. Raises LookupError."""
        for one in self.forms:
            if one.action.endswith(end_of_action):
                return one
        raise LookupError(f"no form for {end_of_action} on {self.path}")


def read(path: str, text: str) -> Page:
    """What stands on a page of ours."""
    reader = _Reader(path, text)
    reader.feed(text)
    reader.close()
    return reader.page


def imported(path: str, script: str) -> list[str]:
    """The addresses of the modules that a script beside them asks for."""
    folder = path.rpartition("/")[0]
    return [f"{folder}/{name}" for name in _IMPORTED.findall(script)]


class _Reader(HTMLParser):
    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.page = Page(path, text)
        self._form: Form | None = None
        self._list = self._typing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if at.get("data-poll") and at.get("id") and at.get("hx-get"):
            self.page.live.append(Live(at["id"], at["hx-get"], int(at["data-poll"]) / 1000))
        if tag == "script" and "src" in at:
            self.page.files.append(at["src"])
        elif tag == "link" and at.get("rel") in ("stylesheet", "preload"):
            self.page.files.append(at["href"])
        elif tag == "form":
            self._form = Form(at.get("action") or self.page.path, at.get("hx-post", ""))
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._read_control(self._form, tag, at)

    def handle_data(self, data: str) -> None:
        if self._typing and self._form is not None:
            self._form.fields.append((self._typing, data.removeprefix("\n")))
            self._typing = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._typing = ""

    def _read_control(self, form: Form, tag: str, at: Attributes) -> None:
        name, value = at.get("name", ""), at.get("value", "")
        if tag == "textarea":
            self._typing = name
        elif tag == "select":
            self._list = name
        elif tag == "option" and self._list:
            is_first = all(known != self._list for known, _value in form.fields)
            if "selected" in at and not is_first:
                form.fields = [one for one in form.fields if one[0] != self._list]
            if is_first or "selected" in at:
                form.fields.append((self._list, value))
        elif tag == "input" and name and at.get("type") in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(value)
            if "checked" in at:
                form.fields.append((name, value))
        elif tag == "input" and name and at.get("type") != "file":
            form.fields.append((name, value))
        elif tag == "button" and name:
            form.choices.setdefault(name, []).append(value)
