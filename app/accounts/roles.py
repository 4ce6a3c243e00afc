"""The three roles in French, and what each may do."""

from collections.abc import Sequence

from app.accounts.models import Role
from app.french.language import _

_WORDS = {
    Role.LECTRICE: (_("Lectrice"), _("Voit les bénévoles, les envois et les réponses. Ne change rien.")),
    Role.EQUIPIERE: (_("Équipière"), _("Prépare et envoie des SMS, tient les listes de bénévoles.")),
    Role.REFERENTE: (_("Référente"), _("Fait tout cela, et gère l'équipe et les réglages de l'espace.")),
}


def name(role: Role) -> str:
    return _WORDS[role][0]


def named(names: Sequence[str], *, most: int = 4) -> str:
    """« Odile, Karim ou Zoé »; beyond ``most`` of them, the first and how many more. Empty for nobody."""
    if len(names) > most:
        return _("%(names)s ou %(n)s autres", names=", ".join(names[: most - 1]), n=len(names) - most + 1)
    *first, last = names or ("",)
    return _("%(names)s ou %(last)s", names=", ".join(first), last=last) if first else last


def refusal(role: Role, names: Sequence[str]) -> str:
    """What somebody without ``role`` reads, and whom to ask: those who have it, if any."""
    needed = _("Cela demande le rôle « %(role)s ».", role=name(role))
    return f"{needed} {_('Demandez à %(names)s.', names=named(names))}" if names else needed


def options() -> list[tuple[str, str, str]]:
    """For radio cards: word, name, what it may do."""
    return [(role.value, *words) for role, words in _WORDS.items()]
