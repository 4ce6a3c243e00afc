"""« oui » and « non » as cells say them, and what they say of a consent to be told of sales. Pure."""

import re
import unicodedata
from enum import Enum, auto

from app.contacts.importing.headings import plain

_YES = frozenset(("oui", "o", "x", "1", "vrai", "yes", "y", "ok", "true", "✓", "✔", "☑", "✅"))
_NO = frozenset(("non", "n", "0", "faux", "no", "false", "☐", "❌", "✗", "✘", "jamais"))


def read_answer(cell: str) -> bool | None:
    """Whether the cell says yes or no; None for anything else, a blank one too."""
    said = re.sub(r"[\s.!*\ufe0f]+", "", unicodedata.normalize("NFC", cell.casefold()))
    return True if said in _YES else False if said in _NO else None


class Agreement(Enum):
    """What a cell says of a consent that has to be proved."""

    BLANK = auto()
    GIVEN = auto()
    """Dated, or said with where it is written: the cell is the proof."""
    DECLINED = auto()
    UNPROVED = auto()
    """A yes, and nothing else."""
    UNREADABLE = auto()
    """Neither: a question, a condition, something still to be asked."""


_NOBODY_ASKED = re.compile(
    r"\b(non (renseigne|precise|communique|connu|defini|demande|repondu|applicable|date|su)\w*"
    r"|(pas|sans) (encore|de reponse|reponse|repondu|demande|renseigne|precise|connu)\w*|s(ai|ait|ais) pas"
    r"|n s p|nsp|n c|nc|n a|n r|nr|inconnue?s?|attente|peut etre|a voir|revoir|relanc\w*|(re)?contacter"
    r"|rappeler|redemander|demander|verifier|confirmer|completer)\b"
)
_DECLINED = re.compile(
    r"\b(non|no(?! ?\d)|not|ne|pas|jamais|never|aucune?s?|stop|faux|false|plus (d|de|rien|jamais|maintenant)"
    r"|(refus|retir|retrait|revo(qu|c)|oppos|desinscri|desabonn|resili|annul|declin|unsubscri|interdi)\w*|exclue?s?"
    r"|defavorable|opt ?out)\b"
)
_NOT = re.compile(r"\bn['’]")
_AGREED = re.compile(
    r"\b(oui|ok|yes|agreed|vrai|true|favorable|opt ?in|(accord|accept|consent|autoris|sign(?!al)|coch)\w*)\b"
)
_AGREED_FIRST = re.compile(rf"(je |j |d |est )?{_AGREED.pattern}")
_CONDITION = re.compile(r"\b(mais|sauf|si|sous|sans|contre|seulement|uniquement|selon|plus)\b")
_UNTICKED = re.compile(r"[☐❌✗✘☒]|\[ ?\]")
_MONTHS = (
    r"(janv?|janvier|fevr?|fevrier|mars|avr|avril|mai|juin|juil|juillet|aout|sept?|septembre|oct|octobre|nov|novembre"
    r"|dec|decembre)"
)
_DATE = re.compile(rf"\b(\d{{1,2}}|1er) {_MONTHS}\b|\b\d{{1,2}} \d{{1,2}} \d{{2,4}}\b|\b(19|20)\d\d\b")
_ENDED = re.compile(r"\b(caduc\w*|(expir|perim|arret|cess|deced|sorti|termin)\w*|partie?s?|mort|echue?s?|fin|jusqu)\b")
_BESIDE_A_DATE = re.compile(
    rf"{_AGREED.pattern}|\b(a |avait )?demandee? (a|de) (les? |la )?recevoir\b|\b(\d+(h|t)?\d*|1er|{_MONTHS}"
    r"|(lun|mar|mercre|jeu|vendre|same)di|dimanche|au(?! \d)|[adejln]|le|la|les|du|de|des|aux|en|et|par|sur|via|lors"
    r"|est|il|elle|on|no|numero|datee?s?|depuis|tres|bien|tout|fait|donnee?|recue?s?|recevoir|offres?"
    r"|commercia(l|le|les|ux)|bulletins?|papiers?|formulaires?|fiches?|coupons?|courriers?|courriels?|(e ?)?mails?"
    r"|lettres?|ecrite?|charte|contrat|dossier|convention|inscri\w+|adhe(sion|rent|re)\w*|remplie?s?|case|renouvele\w*"
    r"|ag|assemblee|generale|forum|associations?|asso|reunion|permanence|stand|accueil|site|web|internet|ligne)\b| "
)
_BY_VOICE = re.compile(r"\b(sms|tel|telephon\w+|appel|oral\w*|verbal\w*|vive|voix)\b")
"""How a yes was said, which is nothing beside a date alone: the SMS, or the call, may be ours."""
_NO_PROOF = re.compile(rf"{_AGREED.pattern}|\b(je|j|il|elle|on|a|est|d|l|le|la|les|tres|bien|tout|fait|donnee?)\b| ")


def read_agreement(cell: str) -> Agreement:
    """What a cell says of a consent that has to be proved: a no in any words, a yes by a date or by where it is."""
    answer = read_answer(cell)
    if answer is not None:
        return Agreement.UNPROVED if answer else Agreement.DECLINED
    if not cell.strip(" -–—'./\u00a0\u202f"):
        return Agreement.BLANK
    words = plain(cell)
    if "?" in cell or _NOBODY_ASKED.search(words):
        return Agreement.UNREADABLE
    if _DECLINED.search(words) or _NOT.search(cell.casefold()):
        return Agreement.UNREADABLE if _AGREED_FIRST.match(words) else Agreement.DECLINED
    return Agreement.UNREADABLE if _CONDITION.search(words) or _UNTICKED.search(cell) else _proved(words)


def _proved(words: str) -> Agreement:
    """A date proves nothing by itself beside words that nobody knows: it may be that of an end, or of a death."""
    agreed = _AGREED.search(words)
    if _DATE.search(words):
        beside = _BESIDE_A_DATE.sub("", _BY_VOICE.sub("", words) if agreed else words)
        return Agreement.UNREADABLE if beside else Agreement.GIVEN
    if not agreed or _ENDED.search(words):
        return Agreement.UNREADABLE
    return Agreement.GIVEN if _NO_PROOF.sub("", words) else Agreement.UNPROVED
