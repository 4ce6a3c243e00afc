"""« oui » and « non » as cells say them. Pure."""

import re
import unicodedata

_YES = frozenset(("oui", "o", "x", "1", "vrai", "yes", "y", "ok", "true", "✓", "✔", "☑", "✅"))
_NO = frozenset(("non", "n", "0", "faux", "no", "false", "☐", "❌", "✗", "✘", "jamais"))


def read_answer(cell: str) -> bool | None:
    """Whether the cell says yes or no; None for anything else, a blank one too."""
    said = re.sub(r"[\s.!*\ufe0f]+", "", unicodedata.normalize("NFC", cell.casefold()))
    return True if said in _YES else False if said in _NO else None
