"""What a lesson may ask for here."""

from app.accounts.steps import StepKind
from app.french.language import _
from app.messaging import acts

STEPS = (
    StepKind(
        key="read_reply",
        title=_("Lire les réponses"),
        text=_(
            "Depuis votre téléphone, répondez « Oui, mais pas avant 10 h ». Puis lisez-le côté association. Que "
            "faites-vous ?"
        ),
        hint=_(
            "« Mon téléphone », « Répondre » : à un nom d'expéditeur, seulement si le formateur l'autorise. Ensuite, "
            "« Réponses », puis « C'est lu »."
        ),
        act=acts.REPLY_HANDLED,
        endpoint="replies.browse",
        button=_("Ouvrir « Réponses »"),
        minutes=5,
    ),
)
