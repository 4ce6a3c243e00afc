"""Why a letter was taken back before it left."""

from app.consent import service as consent
from app.language import _

CANCELLED = "cancelled"
TOO_LATE = "too_late"
OVER_CAP = "over_cap"
FICTION = "fiction"
REAL = "real_number"
NEVER_LEFT = "never_left"
FIRST_ARRIVED = "first_arrived"

_SENTENCES = {
    consent.OPTED_OUT: _("Cette personne ne veut plus de SMS."),
    consent.ONLY_MISSIONS: _("Cette personne veut seulement les SMS de ses missions."),
    consent.NO_CONSENT: _("Pas d'accord enregistré pour recevoir des offres."),
    CANCELLED: _("L'envoi a été annulé avant son départ."),
    TOO_LATE: _("Trop tard : il n'a pas pu partir aux heures permises."),
    OVER_CAP: _("Le budget de cet envoi était atteint."),
    FICTION: _("Numéro fictif : un espace réel n'y envoie rien."),
    REAL: _("Vrai numéro : un espace d'entraînement n'y envoie rien."),
    FIRST_ARRIVED: _("Le premier essai était parti : ce second essai a été retiré."),
    NEVER_LEFT: _("L'opérateur ne l'a jamais reçu ; un nouvel essai l'a remplacé."),
}


def sentence(reason: str) -> str:
    """What to tell the référente; empty when there is no reason."""
    return _SENTENCES.get(reason, "")
