"""« de » before a name, as it is said aloud. Pure."""

from app.french.folding import without_accents

_VOWELS = "aeiou"


def of_name(name: str) -> str:
    """« de Karim », « d'Irène », « d'Yves » but « de Yasmine »; before an h, which may be aspirate, « de » whole."""
    start = without_accents(name[:2].lower())
    is_elided = start[:1] in _VOWELS or (start[:1] == "y" and start[1:2].isalpha() and start[1:2] not in _VOWELS)
    return f"d'{name}" if name and is_elided else f"de {name}"
