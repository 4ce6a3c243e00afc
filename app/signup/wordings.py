"""The words that people agree to, kept with their consent, and the SMS by which they confirm. Pure."""

from app.french.language import _
from app.messaging.body.parts import GSM, part_count
from app.messaging.body.text import simplify

ADULT = _("J'ai 18 ans ou plus.")


def missions(association: str) -> str:
    """What is ticked to be a volunteer: the family of calls, and of what one signed up for."""
    return _(
        "J'accepte que %(name)s m'écrive par SMS : ses missions, ses appels à un coup de main ou à un don. "
        "Je peux dire stop à tout moment, par le lien de chaque SMS.",
        name=association,
    )


def commercial(association: str) -> str:
    """What is asked apart, never ticked beforehand."""
    return _("J'accepte aussi que %(name)s m'écrive par SMS pour ses ventes : braderies, boutique.", name=association)


_LONG = _("%(name)s : pour confirmer votre inscription, ouvrez {lien} Pas vous ? Ne faites rien.")
_SHORT = _("%(name)s : confirmez votre inscription {lien}")
_BARE = _("Votre inscription : {lien}")


def sms(association: str, *, link: str) -> str:
    """The text that asks to confirm, one part of GSM-7 once its ``{lien}`` is as long as ``link``.

    A long name is cut, what an SMS has no sign for is left out of it: the page behind the link says it whole.
    """
    name = "".join(sign for sign in simplify(association) if sign in GSM and sign not in "{}[]^~|\\€\f\r\n")
    name = " ".join(name.split())
    for words in (_LONG, _SHORT):
        for length in (len(name), *range(min(len(name), 40), 5, -1)):
            text = words % {"name": _cut(name, length)}
            if name and part_count(text.replace("{lien}", link)) == 1:
                return text
    return _BARE


def _cut(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 3].rstrip()}..."
