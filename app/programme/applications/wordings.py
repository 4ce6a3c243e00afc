"""The SMS of applications, each one part where names are short; ``{lien}`` is the personal link. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum

from app.errors import RuleBroken
from app.french.language import _
from app.messaging.body.text import simplify
from app.programme.applications.views import Decision

LINK = "{lien}"
LETTER_MAX = 480
"""Characters of a letter: three SMS."""
NAME_MAX = 40


class Letter(StrEnum):
    """The letters that are kept with an application, by the title that the staff read."""

    RECEIPT = _("Reçu du dépôt")
    UNFILED = _("Rempli, pas déposé")
    CORRECTION = _("Correction demandée")
    GIVEN_BACK = _("Rendue au brouillon")
    FILE_REFUSED = _("Pièce refusée")
    WITHDRAWN = _("Désistement noté")
    NEW_LINK = _("Nouveau lien")
    KEPT = _("Retenue")
    REFUSED = _("Refusée")
    SAID = _("Décision dite de vive voix")


BEGUN = _("Votre candidature au programme (%(name)s) se reprend ici : {lien}")
TAKEN_UP = _("%(name)s : votre dossier de candidature s'ouvre ici : {lien}")
RECEIPT = _("Candidature n° %(number)s déposée (%(name)s). Preuve du dépôt : {lien}")
UNFILED = _("%(name)s : votre candidature est remplie mais pas déposée. Il reste un bouton : {lien}")
CORRECTION = _("%(name)s : le programme vous demande de compléter votre candidature avant le %(day)s : {lien}")
GIVEN_BACK = _("%(name)s : le programme vous rend votre candidature à reprendre, avant le %(day)s. Pourquoi : {lien}")
FILE_REFUSED = _("%(name)s : la pièce de votre candidature est refusée. Une autre avant le %(day)s : {lien}")
WITHDRAWN = _("%(name)s : le programme note que vous retirez votre candidature. Une erreur ? {lien}")
OLD = _("%(name)s : votre candidature sera effacée le %(day)s. Pour en garder une copie : {lien}")
NOTICE = _("%(name)s : sans nouvelles, votre brouillon de candidature sera effacé le %(day)s. Pour le garder : {lien}")
OPENED = _("Les candidatures au programme Numérique et bénévolat sont ouvertes jusqu'au %(day)s : {lien}")
OPENED_LONG = _("Les candidatures au programme Numérique et bénévolat sont ouvertes : {lien}")
_LETTERS: Mapping[Decision, str] = {
    Decision.KEPT: _("Bonjour %(who)s, la candidature « %(name)s » est retenue, bienvenue ! La suite ici : {lien}"),
    Decision.REFUSED: _("Bonjour %(who)s, la candidature « %(name)s » n'est pas retenue cette fois. Pourquoi : {lien}"),
}
_PLACE = re.compile(r"\{[^{}]*\}")


def sms(sentence: str, *, name: str, **words: str) -> str:
    """One of these sentences with its places filled, in the signs that cost least."""
    return simplify(sentence % {"name": plain(name), **{key: plain(word) for key, word in words.items()}})


def letter(decision: Decision, *, who: str, name: str) -> str:
    """What tells a decision, before anybody changes it."""
    first = who.split(" ", maxsplit=1)[0]
    return sms(_LETTERS[decision], name=name, who=first).replace("Bonjour ,", "Bonjour,")


def plain(name: str) -> str:
    """A name for a text: no sign that would be read as a place or end its quotes, and not the whole of a long one."""
    words = " ".join(re.sub(r"[{}«»“”\"]", "", name).split())
    return words if len(words) <= NAME_MAX else f"{words[: NAME_MAX - 3].rstrip()}..."


def checked_letter(typed: str) -> str:
    """A letter as the staff changed it, with its link. Raises RuleBroken, tied to ``letter``."""
    words = typed.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        _refuse(_("Écrivez la lettre : c'est tout ce que l'association lira d'abord."))
    if len(words) > LETTER_MAX:
        _refuse(_("C'est trop long : %(max)s signes au plus, il y en a %(n)s.", max=LETTER_MAX, n=len(words)))
    others = [place for place in _PLACE.findall(words) if place != LINK]
    if others:
        _refuse(
            _(
                "« %(place)s » ne se remplit pas ici : seul {lien} est remplacé, par le lien du dossier.",
                place=others[0],
            )
        )
    return words if LINK in words else f"{words} {LINK}"


def _refuse(sentence: str) -> None:
    raise RuleBroken("letter_wrong", sentence, fields={"letter": sentence})
