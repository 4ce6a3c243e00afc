"""How a text is cut into billable SMS parts (3GPP TS 23.038 and 23.040), as Twilio's calculator cuts it.

A part holds 140 octets. Several parts each lose 6 octets to the header that joins them:
160 GSM-7 septets alone, 153 in each of several; 70 UCS-2 units (UTF-16) alone, 67 in each of several.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = "\f^{}\\[~]|€"
GSM = frozenset(_BASIC + _ESCAPED)
"""The characters a text can hold without turning to UCS-2. The escaped ones take two septets."""

_ALONE = {"GSM-7": 160, "UCS-2": 70}
_JOINED = {"GSM-7": 153, "UCS-2": 67}
_ZWJ = "\u200d"
_SINGLE = re.compile(r"[\x00-\u02ff\u2010-\u205e\u20a0-\u20bf]*")
"""Texts of characters that never join another and take one unit of UCS-2: letters of Europe, dashes, quotes, money."""


def encoding_of(body: str) -> Encoding:
    """GSM-7 unless one character of ``body`` (NFC) is outside its table."""
    return "GSM-7" if GSM.issuperset(body) else "UCS-2"


def unit_count(body: str) -> int:
    """The length of ``body`` in its encoding: septets of GSM-7, or UTF-16 units of UCS-2."""
    if encoding_of(body) == "GSM-7":
        return len(body) + sum(map(body.count, _ESCAPED))
    return len(body) + sum(character > "\uffff" for character in body)


def part_count(body: str) -> int:
    """How many SMS ``body`` (NFC) is billed as; an empty text is one."""
    encoding = encoding_of(body)
    if encoding == "GSM-7":
        units = len(body) + sum(map(body.count, _ESCAPED))
        is_even = units == len(body)
    else:
        is_even = _SINGLE.fullmatch(body) is not None
        units = len(body) if is_even else unit_count(body)
    if units <= _ALONE[encoding]:
        return 1
    if is_even:  # nothing is two wide, so that every part but the last is full
        return -(-units // _JOINED[encoding])
    return _fill(_widths(body, encoding), _JOINED[encoding])


def graphemes(body: str) -> Iterator[str]:
    """What a reader takes for one character: an emoji of several code points stays whole (after UAX #29)."""
    cluster = ""
    for character in body:
        if cluster and not _joins(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _widths(body: str, encoding: Encoding) -> Iterable[int]:
    """The units of each piece that no cut may split."""
    if encoding == "GSM-7":
        return (2 if character in _ESCAPED else 1 for character in body)
    return (len(cluster) + sum(character > "\uffff" for character in cluster) for cluster in graphemes(body))


def _fill(widths: Iterable[int], room: int) -> int:
    """Parts of ``room`` units needed for pieces laid one after the other, none split unless wider than a part."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        filled = max(0, (width - 1) // room)
        parts, used = parts + filled, used + width - filled * room
    return parts


def _joins(cluster: str, character: str) -> bool:
    """Whether ``character`` continues ``cluster``. A plain ASCII or French message never does."""
    if character < "\u0300":
        return False
    if character == _ZWJ or "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return cluster != "\n"
    if unicodedata.category(character) in ("Mn", "Me", "Mc"):
        return cluster != "\n"
    if cluster[-1] == _ZWJ:
        return unicodedata.category(character) == "So"
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return len(cluster) == 1 and "\U0001f1e6" <= cluster <= "\U0001f1ff"
    return _joins_hangul(cluster[-1], character)


def _joins_hangul(before: str, after: str) -> bool:
    """Korean syllables written as separate messages (L, V, T) stand together."""
    if "\u1160" <= after <= "\u11a7":  # vowel: after a lead, a vowel or an open syllable
        return "\u1100" <= before <= "\u11a7" or ("\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0)
    if "\u11a8" <= after <= "\u11ff":  # tail
        return "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= after <= "\u115f" and "\u1100" <= before <= "\u115f"
