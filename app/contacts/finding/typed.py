"""What somebody typed to find people: words of a name, digits of a number, an e-mail. Pure."""

import re
from dataclasses import dataclass

from app.contacts.naming import email_key, fold
from app.contacts.numbering import OVERSEAS_CODES
from app.contacts.phone import search_digits

END_DIGITS = 8
"""How much of a number's end is looked up."""
NOBODY = (" ",)
"""No word begins with a blank."""
LAST = "\U0010ffff"
"""After whatever goes on, where texts are compared by code points."""
_NUMBER = re.compile(r"[0-9\s.\-/()+]*[0-9][0-9\s.\-/()+]*")


@dataclass(frozen=True)
class Names:
    """Beginnings of words, each of which begins one of the name's: « mar dup » is Marie Dupont."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Digits:
    """``beginnings`` of numbers in E.164, or the ``end`` of one, "" for none."""

    beginnings: tuple[str, ...]
    end: str


@dataclass(frozen=True)
class Address:
    """A whole e-mail, as ``email_key`` keeps it."""

    key: str


Typed = Names | Digits | Address


def read_typed(text: str) -> Typed | None:
    """What ``text`` means; None for nothing typed. Signs alone are a word that nobody has, and NUL is no sign."""
    text = text.replace("\0", "").strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return _digits(text)
    if "@" in text.strip("@"):
        return Address(email_key(text))
    return Names(tuple(dict.fromkeys(fold(text).split())) or NOBODY)


def _digits(text: str) -> Digits:
    """« 0639 », « +33 6 39 » and « 639 » begin a French number, overseas too; « 12 34 » may end any."""
    begun, digits = search_digits(text), re.sub("[^0-9]", "", text)
    if text.startswith("+"):
        return Digits((_international(begun, digits),), "")
    end = digits if len(digits) <= END_DIGITS else ""
    if digits.startswith("00"):
        return Digits((_international(begun, digits[2:]),), end)
    national = tuple(f"+{code}{begun}" for code in ("33", *OVERSEAS_CODES))
    return Digits(national if digits.startswith("0") else (*national, f"+{digits}"), end)


def _international(begun: str, digits: str) -> str:
    is_french = digits.startswith("33") and len(digits) > len("33")
    return f"+33{begun}" if is_french else f"+{begun}"
