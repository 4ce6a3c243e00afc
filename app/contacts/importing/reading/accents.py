"""How the accents of a text file look, read one way and another: somebody who sees them knows which is right. Pure."""

import re
from collections.abc import Iterator

from app.contacts.importing.reading.csv_text import ENCODINGS, read_utf8

_HEAD_BYTES = 65_536
_SAMPLES = 3
_ODD_WORD = re.compile(r"[^\W\d_]*(?:[^\x00-\x7f])[^\s;,\t\"|]*")


def readings(content: bytes, chosen: str) -> dict[str, str]:
    """{encoding: some of the file's words with accents}, the chosen one first; empty when there are no accents."""
    found: dict[str, str] = {}
    for encoding in (chosen, *ENCODINGS):
        if encoding.startswith("utf-16") and encoding != chosen and b"\0" not in content[:_HEAD_BYTES]:
            continue  # UTF-16 decodes any byte string
        sample = ", ".join(_samples(content, encoding))
        if sample and sample not in found.values():
            found.setdefault(encoding, sample)
    return found if chosen in found else {}


def _samples(content: bytes, encoding: str) -> Iterator[str]:
    head, is_cut = content[:_HEAD_BYTES], len(content) > _HEAD_BYTES
    if encoding == "utf-8":
        try:
            text = read_utf8(head[: head.rfind(b"\n") + 1] if is_cut else head)
        except UnicodeDecodeError:
            return
    else:
        text = head.decode(encoding, "replace")[: -1 if is_cut else None]  # a sign may be cut there
    text = text.lstrip("\ufeff")
    if "\ufffd" in text or "\0" in text:
        return
    words = dict.fromkeys(match[0][:24] for match in _ODD_WORD.finditer(text))
    yield from list(words)[:_SAMPLES]
