"""The SMS of applications, each one part where names are short; ``{lien}`` is the personal link. Pure."""

import re
from collections.abc import Mapping

from app.errors import RuleBroken
from app.french.language import _
from app.messaging.body.text import simplify
from app.programme.applications.views import Decision

LINK = "{lien}"
LETTER_MAX = 480
"""Characters of a letter: three SMS."""
NAME_MAX = 40

BEGUN = _("Votre candidature au programme (%(name)s) se reprend ici : {lien}")
TAKEN_UP = _("%(name)s : votre dossier de candidature s'ouvre ici : {lien}")
RECEIPT = _("Candidature n° %(number)s déposée (%(name)s). Votre reçu : {lien}")
UNFILED = _("%(name)s : votre candidature est remplie mais pas déposée. Il reste un bouton : {lien}")
CORRECTION = _("%(name)s : le programme vous demande de compléter votre candidature avant le %(day)s : {lien}")
NOTICE = _("%(name)s : sans nouvelles, votre brouillon de candidature sera effacé le %(day)s. Pour le garder : {lien}")
OPENED = _("Les candidatures au programme Numérique et bénévolat sont ouvertes jusqu'au %(day)s : {lien}")
OPENED_LONG = _("Les candidatures au programme Numérique et bénévolat sont ouvertes : {lien}")
_LETTERS: Mapping[Decision, str] = {
    Decision.KEPT: _("Bonjour %(who)s, la candidature de %(name)s est retenue, bienvenue ! La suite ici : {lien}"),
    Decision.REFUSED: _("Bonjour %(who)s, la candidature de %(name)s n'est pas retenue cette fois. Pourquoi : {lien}"),
}
_PLACE = re.compile(r"\{[^{}]*\}")


def sms(sentence: str, *, name: str, **words: str) -> str:
    """One of these sentences with its places filled, in the signs that cost least."""
    return simplify(sentence % {"name": plain(name), **{key: plain(word) for key, word in words.items()}})


def letter(decision: Decision, *, who: str, name: str) -> str:
    """What tells a decision, before anybody changes it."""
    first = who.split(" ", maxsplit=1)[0] if who else ""
    return sms(_LETTERS[decision], name=name, who=first)


def plain(name: str) -> str:
    """A name for a text: no sign that would be read as a place, and not the whole of a long one."""
    words = " ".join(re.sub(r"[{}]", "", name).split())
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
