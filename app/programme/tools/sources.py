"""Where a fact was read, its web addresses told apart from the other words so that a page can link them. Pure."""

import re
from collections.abc import Iterator

from app.programme.partners.rules import site

_FIRST = re.compile(r"\s*(https?://[^\s;,]+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s;,]*)?)(?=[\s;,:]|$)", re.IGNORECASE)
"""What begins one source of several; « jitsi/jitsi-meet: LICENSE » begins with none."""
_BETWEEN = re.compile(r"( ; )")
_FILES = frozenset({"csv", "html", "json", "md", "odt", "pdf", "po", "py", "rst", "toml", "txt", "xlsx", "yaml", "yml"})
"""Endings that make a name the name of a file, not of a site."""


def parts(source: str) -> Iterator[tuple[str, str]]:
    """(words, address to link them to) in order, which make up the source again; an empty address is plain words."""
    for piece in _BETWEEN.split(source):
        found = _FIRST.match(piece)
        words = found[1].rstrip(".:") if found else ""
        address = "" if _is_file(words) else site(words)
        if not found or not address:
            yield piece, ""
            continue
        start = found.start(1)
        if start:
            yield piece[:start], ""
        yield words, address
        if piece[start + len(words) :]:
            yield piece[start + len(words) :], ""


def host(address: str) -> str:
    """« www.brevo.com » of « https://www.brevo.com/ »: what a link to a site says."""
    return re.sub(r"^https?://", "", address, flags=re.IGNORECASE).rstrip("/")


def _is_file(words: str) -> bool:
    return "/" not in words and words.rpartition(".")[2].lower() in _FILES
