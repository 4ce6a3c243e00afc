"""What a text may not say: empty promises of an answer, hidden links, invisible characters."""

import re
import unicodedata
from collections.abc import Collection

from app.errors import RuleBroken
from app.french.folding import in_place
from app.french.language import _
from app.messaging.body import foreign_places
from app.messaging.body.text import FIELDS, fields_of, normalise

MAX_CHARACTERS = 1600
"""UTF-16 units in one body: Twilio refuses more with 21617 (its documentation of Message)."""

_SHORTENER = re.compile(
    r"(?<![\w.@-])(?:www\.)?(adf\.ly|bit\.do|bit\.ly|bitly\.com|buff\.ly|cutt\.ly|dub\.sh|goo\.gl|is\.gd|lc\.cx|lnkd\.in"
    r"|ow\.ly|qrco\.de|rb\.gy|rebrand\.ly|s\.id|shorturl\.at|short\.io|shorte\.st|smarturl\.it|snip\.ly|t\.co|t\.ly"
    r"|tiny\.cc|tiny\.one|tinyurl\.com|trib\.al|urlr\.me|urlz\.fr|v\.gd|vu\.fr|x\.gd)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_STUCK = re.compile(r"\{\s*lien\s*\}(\{[^}]*\}|[^\s{]+)", re.IGNORECASE)
_LINK_FOLLOWS = (
    r"(?!(?:\s|:|->|=>|ici|sur|en ligne|en un clic|par ce lien|avec ce lien|via)*(?:\{\s*lien\s*\}|https?://))"
)
_REPLY = re.compile(
    rf"(?<!ne pas )(?<!ne )\brepond(?:ez|re|s|ons)\b{_LINK_FOLLOWS}"
    r"|(?<![\w-])stop\W{0,3}(?:au|a ce|par (?:sms|texto)|sms)\b"
    r"|\bstop\W{0,3}\d{4,}"
    r"|\b(?:r?envoye[zr]|tapez|ecrivez|textez)\W{0,3}(?:stop|oui|non|ok|\d)\b"
)


def check_body(body: str, *, two_way: bool, known: Collection[str] = FIELDS) -> None:
    """Refuse a text that nobody should send; ``two_way`` when people can answer its sender.

    Raises RuleBroken ``body_empty``, ``body_too_long``, ``body_control``, ``shortener``, ``reply_to_one_way``
    ``foreign_place`` or ``unknown_field``.
    """
    body = normalise(body)
    check_rendered(body)
    foreign_places.check(body, known=known)
    fields_of(body, known=known)
    if found := _SHORTENER.search(body):
        _refuse(
            "shortener",
            _(
                "Les opérateurs bloquent les liens raccourcis (%(site)s). Mettez l'adresse entière, ou {lien}.",
                site=found[1],
            ),
        )
    if not two_way and (answer := _REPLY.search(in_place(body))):
        said = body[answer.start() : answer.end()]
        _refuse(
            "reply_to_one_way",
            _(
                "« %(said)s » : on ne peut pas répondre à ce SMS, il vient d'un nom et pas d'un numéro. Pressez "
                "« Poser la question : qui vient ? » : le lien ouvrira « Je viens » et « Je ne peux pas ».",
                said=said,
            ),
        )


def stuck_to_link(body: str) -> str:
    """What stands against ``{lien}`` without a space, « ). » for one: phones may take it for a part of the link."""
    found = _STUCK.search(normalise(body))
    return found[1] if found else ""


def check_rendered(body: str) -> None:
    """Refuse what no message can hold: ``body_empty``, ``body_too_long`` or ``body_control``."""
    if not body.strip():
        _refuse("body_empty", _("Le message est vide : écrivez votre texte."))
    units = len(body) + sum(character > "\uffff" for character in body)
    if units > MAX_CHARACTERS:
        _refuse(
            "body_too_long",
            _(
                "Le message a %(units)s caractères, le plus long possible en a %(most)s. Raccourcissez-le.",
                units=units,
                most=MAX_CHARACTERS,
            ),
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in body):
        _refuse("body_control", _("Le message contient un caractère invisible. Effacez-le, ou retapez le texte."))


def _refuse(code: str, sentence: str) -> None:
    raise RuleBroken(code, sentence, fields={"body": sentence})
