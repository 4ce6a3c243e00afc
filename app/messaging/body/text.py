"""The text of a message: what it costs, how to make it cheaper, and whose name goes where.

Everything counts on the text as it is sent: composed (NFC) and with ``\\n`` alone between lines.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.errors import RuleBroken
from app.french.folding import without_accents
from app.french.invisible import without_invisible
from app.french.language import _
from app.messaging.body.parts import GSM, Encoding, encoding_of, graphemes, part_count, unit_count

FIELDS = ("prénom", "nom", "lien", "association")
"""The places that every message can fill; a feature may bring more."""

_PLACE = re.compile(r"\{\s*([^\W\d]+(?:[ _'-][^\W\d]+)*)\s*\}")
_UNTOUCHED = re.compile(r"(https?://\S+|\{[^{}\n]*\})", re.IGNORECASE)
_HOLE = "\x00"

_CHEAPER = str.maketrans(
    {
        **dict.fromkeys("’‘‚‛′ʼ´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        **dict.fromkeys("\u00a0\u1680\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "),
        **{"…": "...", "°": "o", "º": "o", "ª": "a", "œ": "oe", "Œ": "OE", "×": "x", "ﬁ": "fi", "ﬂ": "fl"},
    }
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs. ``units`` are septets of GSM-7 or UTF-16 units of UCS-2, ``parts`` billed SMS.

    ``costly`` names each character that turns the text to UCS-2, with its positions in code points.
    """

    encoding: Encoding
    units: int
    parts: int
    costly: list[tuple[str, list[int]]]
    simplified: str
    simplified_parts: int


def normalise(body: str) -> str:
    """``body`` as it is stored and sent: composed characters, ``\\n`` between lines."""
    return unicodedata.normalize("NFC", body.replace("\r\n", "\n").replace("\r", "\n"))


def measure(body: str) -> Measure:
    """What ``body`` costs as it stands, and what it would cost simplified."""
    body = normalise(body)
    simplified = simplify(body)
    return Measure(
        encoding=encoding_of(body),
        units=unit_count(body),
        parts=part_count(body),
        costly=_costly(body),
        simplified=simplified,
        simplified_parts=part_count(simplified),
    )


def simplify(body: str) -> str:
    """``body`` with each costly character replaced by its nearest in GSM-7; é è à ù É Ç stay.

    Links and ``{places}`` are never touched, nor what has no near equivalent (emoji).
    """
    pieces = _UNTOUCHED.split(normalise(body))
    return "".join(piece if at % 2 else _simplify_words(piece) for at, piece in enumerate(pieces))


def fields_of(body: str, *, known: Collection[str] = FIELDS) -> list[str]:
    """The places that ``body`` fills, once each in their order, spelled as in ``known``.

    Case and accents do not matter: ``{Prenom}`` is ``prénom``. Raises RuleBroken ``unknown_field``.
    """
    return list(dict.fromkeys(_known(match[1], known) for match in _PLACE.finditer(normalise(body))))


def around_place(body: str, name: str) -> tuple[str, str, str]:
    """What stands before the first place of that name, the place as it is written, and what follows.

    The whole text, then nothing, when it has no such place.
    """
    body = normalise(body)
    found = next((match for match in _PLACE.finditer(body) if _plain(match[1]) == _plain(name)), None)
    return (body[: found.start()], found[0], body[found.end() :]) if found else (body, "", "")


def render(body: str, values: Mapping[str, str], *, known: Collection[str] = FIELDS) -> str:
    """``body`` with its places filled from ``values`` (``{"prénom": "Zoé"}``), names never read as places.

    A place without a value leaves tidy text: « Bonjour {prénom}, » becomes « Bonjour, ». Braces that hold no
    word stay. Raises RuleBroken ``unknown_field``.
    """
    given = {_plain(name): value for name, value in values.items()}
    pieces = list(_pieces(body, (*known, *values)))
    for at in range(1, len(pieces), 2):
        pieces[at] = " ".join(normalise(given.get(pieces[at], "")).split()) or _HOLE
    filled = "".join(pieces)
    return _tidy(filled) if _HOLE in filled else filled


@lru_cache(maxsize=128)
def _pieces(body: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Words and places of ``body`` in turn, the places by their plain names: read once for all who get the text."""
    pieces = _PLACE.split(normalise(body).replace(_HOLE, ""))
    return tuple(_plain(_known(piece, known)) if at % 2 else piece for at, piece in enumerate(pieces))


def _costly(body: str) -> list[tuple[str, list[int]]]:
    if GSM.issuperset(body):
        return []
    found: dict[str, list[int]] = {}
    position = 0
    for cluster in graphemes(body):
        if not GSM.issuperset(cluster):
            found.setdefault(cluster, []).append(position)
        position += len(cluster)
    return list(found.items())


def _simplify_words(text: str) -> str:
    if GSM.issuperset(text):
        return text
    text = re.sub(r"«\s|\s»", '"', without_invisible(text)).translate(_CHEAPER)
    return "".join(character if character in GSM else _bare(character) for character in text)


def _bare(character: str) -> str:
    """A letter without its accent, or the character itself when that is no help."""
    if not character.isalpha():
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in GSM else character


@lru_cache(maxsize=256)
def _plain(name: str) -> str:
    """``name`` for comparison: no accents, no case."""
    return without_accents(name.strip().casefold())


def _known(name: str, known: Collection[str]) -> str:
    for field in known:
        if _plain(field) == _plain(name):
            return field
    places = ", ".join(f"{{{field}}}" for field in dict.fromkeys(known))
    raise RuleBroken(
        "unknown_field",
        _("« {%(name)s} » n'est pas connu. Vous pouvez écrire : %(places)s.", name=name, places=places),
        fields={"body": _("« {%(name)s} » n'est pas connu.", name=name)},
    )


def _tidy(text: str) -> str:
    """``text`` without its holes, nor the space or comma that only a name would justify."""
    text = re.sub(rf"(^|\n)(?:{_HOLE}[^\S\n]*)+(?:,[^\S\n]*)?(\w?)", lambda found: found[1] + found[2].upper(), text)
    text = re.sub(rf"[^\S\n]+{_HOLE}(?=[^\S\n]|[,.;:!?)…]|$|\n|[^\S\n]*{_HOLE})", "", text)
    return text.replace(_HOLE, "")
