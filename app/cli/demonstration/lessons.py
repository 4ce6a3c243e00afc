"""How participants went through a workshop: what each did not come to, and what they said at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TEXTS = (
    "{prénom}, besoin de bras samedi 9h-12h pour trier la collecte, salle des fêtes. Tu viens ?",
    "Bonjour {prénom}, il manque 3 personnes jeudi 17h pour la distribution. Disponible ?",
    "{prénom}, on cherche 2 conducteurs vendredi 14h, retour avant 17h. Merci de nous dire !",
    "Bonjour {prénom}, permanence de mercredi avancée à 13h30, entrée par la cour. A mercredi !",
)
THANKS = "Merci {prénom}, nous sommes assez nombreux. A la prochaine !"
LISTS = ("Maraude du jeudi", "Distribution du samedi", "Conducteurs")
"""Of the house's people, the one that each of three desks writes to."""


@dataclass(frozen=True)
class Way:
    """What somebody did not come to, by its key, and their two answers."""

    gained: int
    ready: int
    missed: Sequence[str] = ()
    hinted: str = ""
    """Where they were stuck until the trainer sent the hint; late as it came, the next steps went on without them."""


ALL = Way(4, 4)
NO_REPORT = Way(4, 4, ("follow",))
NO_REMINDER = Way(3, 4, ("set_reminder", "reminder_leaves"))
NO_REFUSALS = Way(3, 3, ("spot_bad_numbers",))
IN_A_HURRY = Way(3, 3, ("stop_in_time", "send_again"))
SLOW = Way(3, 3, ("follow", "set_reminder", "reminder_leaves"))
STUCK = Way(2, 3, ("read_reply", "handle_stop", "send_again", "set_reminder", "reminder_leaves"), hinted="read_reply")
LOST = Way(
    2, 2, ("follow", "read_reply", "handle_stop", "send_again", "set_reminder", "reminder_leaves"), hinted="follow"
)
WAYS: Sequence[Sequence[Way]] = (
    (ALL, ALL, NO_REPORT, ALL, NO_REMINDER),
    (NO_REMINDER, ALL, NO_REFUSALS, IN_A_HURRY),
    (STUCK, SLOW, NO_REMINDER, LOST, ALL, SLOW, NO_REFUSALS),
)
"""Of whoever follows the programme, of the director and of the board, one room after the other."""
WORDS: Mapping[tuple[str, int], str] = {
    ("Passerelle Doullens", 0): "J'ai compris le compteur : un accent de trop et l'on paie deux SMS.",
    ("Passerelle Doullens", 2): "Le fichier m'a perdue, mais j'ai vu le STOP marcher pour de vrai.",
    ("La Halte de Nogent", 1): "Voir le téléphone sonner à côté de soi, cela rassure avant d'écrire à tout le monde.",
    ("Relais des Hortillonnages", 0): "Il faut maintenant mettre notre fichier au propre.",
    ("Le Fil de Compiègne", 2): "J'aurais voulu refaire l'envoi une deuxième fois, seule.",
    ("Coup de Main Santerre", 1): "Qui paie les SMS ? Le conseil en parle lundi.",
    ("Les Amis du Quai", 0): "On commence par la prochaine collecte.",
}
"""{(association, place): words}"""


def way(room: int, place: int) -> Way:
    """Somebody's, by the number of their room and where they sit in it."""
    ways = WAYS[place % len(WAYS)]
    return ways[room % len(ways)]
