"""What a lesson may ask for here."""

from app.accounts.steps import Detail, StepKind
from app.consent import acts
from app.french.language import _


def _by_themselves(detail: Detail) -> bool:
    return detail.get("channel") in ("sms", "link")


STEPS = (
    StepKind(
        key="handle_stop",
        title=_("Ne plus recevoir de SMS"),
        text=_(
            "Sur votre téléphone, ouvrez le lien du SMS et demandez à ne plus en recevoir : c'est ce que verront vos "
            "bénévoles."
        ),
        hint=_(
            "« Téléphones », votre téléphone, touchez le lien. Répondre STOP marche aussi quand l'expéditeur est un "
            "numéro ; avec un nom d'expéditeur, seul le lien marche."
        ),
        act=acts.OPTED_OUT,
        endpoint="handsets.wall",
        button=_("Ouvrir les téléphones"),
        minutes=6,
        holds=_by_themselves,
    ),
)
