"""Text without its accents, so that « Élève » is found under « eleve ». Pure."""

import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
"""Letters that no accent makes, as people type them who have none."""


def without_accents(text: str) -> str:
    """Lower-case letters without accents, ligatures in two: « crème, cœur » -> "creme, coeur"."""
    letters = unicodedata.normalize("NFD", text).translate(_LETTERS)
    return "".join(character for character in letters if not unicodedata.combining(character))


def in_place(text: str) -> str:
    """``text`` without case or accents, one character for each: what is found here stands there at the same place."""
    return "".join(unicodedata.normalize("NFKD", character)[:1] for character in text).lower()
