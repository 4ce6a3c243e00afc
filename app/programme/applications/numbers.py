"""How associations are known: a SIREN of nine digits, or a RNA number of W and nine; their masked phones. Pure."""

import re

from app.errors import RuleBroken
from app.french.language import _

_RNA = re.compile(r"W\d{9}")
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)\d{1,3}|0)(?:[ .()-]{0,2}\d){8,12}(?!\d)")
"""As people write a number to call: from a 0 or a country's code on."""


def read(typed: str) -> str:
    """The number as it is kept, « 784257164 » or « W802001234 »; a SIRET of fourteen digits gives its SIREN.

    Raises RuleBroken, tied to ``registration``.
    """
    number = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    if not number:
        _refuse(_("Écrivez le numéro SIREN de l'association, ou son numéro RNA qui commence par W."))
    if number.startswith("W"):
        if not _RNA.fullmatch(number):
            _refuse(_("Un numéro RNA s'écrit W et 9 chiffres : W802001234. Il est sur le récépissé de la préfecture."))
        return number
    if not number.isdigit() or len(number) not in (9, 14):
        _refuse(_("Un SIREN a 9 chiffres, un RNA commence par W : « %(typed)s » n'est ni l'un ni l'autre.",
                  typed=" ".join(typed.split())[:30]))  # fmt: skip
    if not is_luhn(number[:9]):
        _refuse(_("Ce SIREN n'existe pas : un chiffre est faux, ou deux sont échangés. Vérifiez-le."))
    return number[:9]


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check of the others, as INSEE makes it."""
    doubled = [int(one) * (2 if at % 2 else 1) for at, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def show(number: str) -> str:
    """« 784 257 164 »; a RNA number as it is."""
    return number if number.startswith("W") else " ".join(number[at : at + 3] for at in range(0, 9, 3))


def masked(shown_phone: str) -> str:
    """« 06 •• •• •• 12 » of a phone as people read it, so that whoever knows it knows it again."""
    hidden = re.sub(r"(?<=\d\d)( \d\d)+(?= \d\d$)", lambda found: " ••" * (len(found[0]) // 3), shown_phone)
    return hidden.replace(" ", "\u00a0")


def initialled(name: str) -> str:
    """« Odile C. » for « Odile Carpentier »: enough for her colleagues, little for others.

    « Quelqu'un » for nobody known any more, and for a number or an address that was typed in the place of a name.
    """
    first, _space, last = name.strip().partition(" ")
    if not first or re.search(r"[\d@]", name):
        return _("Quelqu'un")
    return f"{first} {last.strip()[0].upper()}." if last.strip() else first


def without_phones(words: str) -> str:
    """What somebody typed, with each number to call left out: for a journal, where nothing is ever erased."""
    return _PHONE.sub(_("[numéro]"), words)


def _refuse(sentence: str) -> None:
    raise RuleBroken("registration_wrong", sentence, fields={"registration": sentence})
