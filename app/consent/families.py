"""What a message is for: it decides who may get it, and when."""

from enum import StrEnum

from app.french.language import _


class Family(StrEnum):
    """The three families that French rules tell apart; a field of every mailing."""

    SERVICE = "service"
    """The follow-up of what one signed up for: planning, reminder, cancellation, notice of an assembly."""
    CHARITABLE = "charitable"
    """A call for volunteers or donations: the person was told, and can object in every message."""
    COMMERCIAL = "commercial"
    """Selling, even to volunteers: only with a consent recorded beforehand."""


_WORDS = {
    Family.SERVICE: _("informer des inscrits"),
    Family.CHARITABLE: _("demander un coup de main ou un don"),
    Family.COMMERCIAL: _("vendre"),
}


MEANING = " ; ".join(_("« %(name)s » : %(words)s", name=family.value, words=words) for family, words in _WORDS.items())
"""What each family is for, as the description of the API says it."""


def family_words(family: Family) -> str:
    """The end of « Ce message sert à : … »."""
    return _WORDS[family]
