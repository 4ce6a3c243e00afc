"""Markdown: what is written shows, what would act does not. Pure."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programme.resources import markup

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://elsewhere.example/pixel.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    '<a href="x" onclick="alert(1)">x</a>',
    "<iframe src=//x></iframe>",
    "<style>*{display:none}</style>",
    '## x" onmouseover="alert(1)',
    "[a]: javascript:alert(1)\n\n[a]",
    "<svg/onload=alert(1)>",
    "`<script>`",
    "```html\n<script>alert(1)</script>\n```",
]


class Tags(HTMLParser):
    """Every tag and attribute, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def harmless(body: str) -> None:
    for tag, attrs in Tags(markup.render(body).html).found:
        assert tag in markup._TAGS | {"div"}, tag
        assert set(attrs) <= {"href", "rel", "id", "start", "class", "role", "aria-label", "tabindex"}, attrs
        href = attrs.get("href") or ""
        assert not re.match(r"\s*(javascript|data|vbscript|file)\s*:", href, re.I), href


@pytest.mark.parametrize("body", BAD)
def test_nothing_typed_acts(body: str) -> None:
    harmless(body)


@given(
    st.lists(
        st.sampled_from([*BAD, "\n", "> ", "- ", "| a | b |\n|---|---|\n", "**", "texte", "](", "<", "&lt;"]),
        max_size=8,
    )
)
def test_no_mixture_of_it_acts(pieces: list[str]) -> None:
    harmless("".join(pieces))


def test_raw_html_is_read_as_the_text_that_it_is() -> None:
    assert "<script>alert(1)</script>" in unescape(markup.render("Un <script>alert(1)</script> mot").html)


def test_a_text_keeps_its_headings_lists_quotes_links_and_tables() -> None:
    text = markup.render(
        "# Un\n\n## Deux fois\n\n## Deux fois\n\n### Trois\n\n- **gras**\n\n> l'ami\n\n[outil](/outils)\n\n"
        "[site](https://exemple.fr)\n\n|a|b|\n|-|-|\n|1|2|"
    )
    assert [(part.anchor, part.title) for part in text.parts] == [
        ("partie-un", "Un"), ("partie-deux-fois", "Deux fois"), ("partie-deux-fois-2", "Deux fois"),
    ]  # fmt: skip
    found = [tag for tag, _attrs in Tags(text.html).found]
    assert "h1" not in found, "the page's title is the first heading"
    assert {"h2", "h3", "ul", "strong", "blockquote", "a", "table"} <= set(found)
    assert [attrs["href"] for tag, attrs in Tags(text.html).found if tag == "a"] == ["/outils", "https://exemple.fr"]


def test_words_are_set_in_type_and_quoted_sms_are_left_as_they_are_sent() -> None:
    html = unescape(markup.render("L'ami dit : oui\n\n> L'ami : oui\n\n`l'ami`").html)
    assert "L’ami dit\u00a0: oui" in html
    assert "L'ami : oui" in html
    assert "<code>l'ami</code>" in html
