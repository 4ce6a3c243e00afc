"""The three roles in French, and what each may do."""

from app.accounts.models import Role
from app.french.language import _

_WORDS = {
    Role.LECTRICE: (_("Lectrice"), _("Voit les bénévoles, les envois et les réponses. Ne change rien.")),
    Role.EQUIPIERE: (_("Équipière"), _("Prépare et envoie des SMS, tient les listes de bénévoles.")),
    Role.REFERENTE: (_("Référente"), _("Fait tout cela, et gère l'équipe et les réglages de l'espace.")),
}


def name(role: Role) -> str:
    return _WORDS[role][0]


def options() -> list[tuple[str, str, str]]:
    """For radio cards: word, name, what it may do."""
    return [(role.value, *words) for role, words in _WORDS.items()]
