"""How many parts a text is billed as, counted from the standard (GSM 03.38) and apart from the rest of the product.

Two counts written apart that agree are worth more than one that is shared: the tests compare them.
"""

import unicodedata
from collections.abc import Iterable, Iterator

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)
REGIONAL = range(0x1F1E6, 0x1F200)


def is_gsm(body: str) -> bool:
    """Whether every character of ``body`` exists in GSM-7, its extension table included."""
    return all(character in BASIC or character in EXTENSION for character in body)


def count_parts(body: str) -> int:
    """The billed parts of ``body``: 160 septets or 70 UTF-16 units for one, 153 or 67 in each of several.

    Nothing is cut in its middle: neither an escape pair nor what a reader sees as one character.
    """
    if is_gsm(body):
        return _packed([2 if character in EXTENSION else 1 for character in body], alone=160, among=153)
    return _packed([_units(cluster) for cluster in clusters(body)], alone=70, among=67)


def clusters(body: str) -> Iterator[str]:
    """The characters as a reader sees them: a family emoji, a flag or an accented letter is one."""
    cluster = ""
    for character in body:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    if unicodedata.category(character) in {"Mn", "Me", "Mc"} or character == JOINER:
        return True
    if cluster[-1] == JOINER or ord(character) in SKIN_TONES:
        return True
    return len(cluster) == 1 and ord(cluster) in REGIONAL and ord(character) in REGIONAL


def _units(cluster: str) -> int:
    return len(cluster.encode("utf-16-le", "surrogatepass")) // 2


def _packed(widths: Iterable[int], *, alone: int, among: int) -> int:
    widths = list(widths)
    if sum(widths) <= alone:
        return 1
    parts, room = 0, 0
    for width in widths:
        if width > room:
            opened = -(-width // among)  # more than one only for a character wider than a whole part
            parts, room = parts + opened, opened * among
        room -= width
    return parts
