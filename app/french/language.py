"""French is the source language; ``_`` marks a sentence so that ``pybabel extract`` finds it.

The standard library's gettext serves pages, jobs and the command line alike: a rule may raise a sentence
without knowing of Flask, which Flask-Babel's functions would not allow.
"""

import gettext
from pathlib import Path

_catalogue = gettext.translation("tambour", Path(__file__).parent.parent / "locale", languages=["fr"], fallback=True)


def _(sentence: str, **words: object) -> str:
    """``sentence`` in the reader's language, its ``%(name)s`` places filled with ``words``."""
    translated = _catalogue.gettext(sentence)
    return translated % words if words else translated


def ngettext(one: str, many: str, n: int, **words: object) -> str:
    """``one`` or ``many`` by ``n``, which fills ``%(n)s``. Zero is singular in French: « 0 bénévole »."""
    sentence = one if abs(n) < 2 else many
    return _(sentence, n=n, **words)
