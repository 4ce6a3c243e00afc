"""Places as other tools write them, « {{prénom}} », « [nom] », « %FIRSTNAME% »: which fill nobody's name here.

Only what names a person or one of our own places is read so: « [urgent] » and « 50 % » are words. Pure.
"""

import re
from collections.abc import Collection

from app.errors import RuleBroken
from app.french.folding import in_place
from app.french.language import _

_OTHER_NAMES = (
    r"prenom|first ?_?name|fname|given_?name|nom(?: de famille)?|last ?_?name|lname|surname|full_?name|nickname|surnom"
    r"|name|civilite|destinataire|lien|link|url|association|organisation"
)
_PATH = r"(?:[a-z_]+[.:])*"
"""« contact.prenom », « merge:fname »."""


_WHOLE = re.compile(r"(?<!\{)\{[^{}\n]*\}(?!\})")
"""A place as we write it."""


def _find(plain: str, names: str) -> re.Match[str] | None:
    word = rf"\s*{_PATH}(?:{names})\s*"
    forms = (
        r"\{\{[^{}\n]*\}\}?|\*\|[^|\n]*\|\*"  # whatever stands there: no other text is written so
        rf"|\$\{{{word}\}}|\[\[?{word}\]\]?|<<?{word}>>?|%%?{word}%%?|\$(?:{names})\b|#(?:{names})#"
    )
    without_ours = _WHOLE.sub(lambda whole: " " * len(whole[0]), plain)
    return re.search(forms, plain) or re.search(rf"\{{{word}(?!\w)|(?<!\w)(?:{names})\s*\}}", without_ours)


def check(body: str, *, known: Collection[str]) -> None:
    """Refuse a place written for another tool, ours beside it. ``known`` are the places this text may have.

    Raises RuleBroken ``foreign_place``.
    """
    plain = in_place(body)
    ours = "|".join(re.escape(in_place(name)) for name in known)
    found = _find(plain, f"{_OTHER_NAMES}|{ours}" if ours else _OTHER_NAMES)
    if found is None:
        return
    typed = body[found.start() : found.end()].strip()
    places = ", ".join(f"{{{name}}}" for name in known)
    sentence = _("« %(typed)s » partirait tel quel. Écrivez-le comme ici : %(places)s.", typed=typed, places=places)
    raise RuleBroken("foreign_place", sentence, fields={"body": sentence})
