"""Markdown as a page shows it: a safe subset, its headings with addresses. Pure.

Nothing that somebody typed is ever markup: raw HTML comes out as the text it is, and what is rendered is cleaned
once more.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.french.folding import without_accents
from app.french.language import _
from app.french.typography import set_type

_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
"""A picture would be asked of another site, which would learn who reads; ours stand among the files."""
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "h2": {"id"}, "h3": {"id"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LEVELS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
"""The page's own title is the first heading."""


@dataclass(frozen=True)
class Part:
    """A heading of the second level, and its address in the page."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Rendered:
    """``html`` is clean; ``parts`` are its contents."""

    html: str
    parts: Sequence[Part]


def render(body: str) -> Rendered:
    """Markdown as HTML that may be shown as it is."""
    tokens = _READER.parse(body)
    parts = list(_name_headings(tokens))
    _set_in_type(tokens)
    written = _READER.renderer.render(tokens, _READER.options, {})
    clean = nh3.clean(
        written,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return Rendered(_scrolled(clean), parts)


def _scrolled(clean: str) -> str:
    """A wide table scrolls within itself, by keyboard too. In clean HTML these words are tags and nothing else."""
    label = html.escape(_("Tableau"))
    opened = f'<div class="wide-table" role="group" aria-label="{label}" tabindex="0"><table>'
    return clean.replace("<table>", opened).replace("</table>", "</table></div>")


def _name_headings(tokens: Sequence[Token]) -> Iterator[Part]:
    taken: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = _LEVELS[token.tag]
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            title = "".join(_words(tokens[place + 1]))
            anchor = _anchor(title, taken)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                yield Part(anchor, set_type(title))


def _anchor(title: str, taken: set[str]) -> str:
    """« Le jour même » -> "partie-le-jour-meme"; the beginning keeps it apart from the page's own addresses."""
    words = re.findall(r"[a-z0-9]+", without_accents(title.lower()))
    first = "-".join(["partie", *words])[:60].rstrip("-")
    found, number = first, 2
    while found in taken:
        found, number = f"{first}-{number}", number + 1
    taken.add(found)
    return found


def _words(inline: Token) -> Iterator[str]:
    for child in inline.children or ():
        if child.type in ("text", "code_inline"):
            yield child.content


def _set_in_type(tokens: Sequence[Token]) -> None:
    """French typography, but in quotations: they are SMS, which a typographic apostrophe would make dearer."""
    depth = 0
    for token in tokens:
        depth += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "inline" and not depth:
            for child in token.children or ():
                if child.type == "text":
                    child.content = set_type(child.content)
