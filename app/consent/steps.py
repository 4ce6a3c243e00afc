"""What a lesson may ask for here."""

from app.accounts.steps import Detail, StepKind
from app.consent import acts
from app.french.language import _


def _by_sms(detail: Detail) -> bool:
    return detail.get("channel") in ("sms", "link")


STEPS = (
    StepKind(
        key="handle_stop",
        title=_("Recevoir un STOP"),
        text=_("Depuis un téléphone de l'atelier, quelqu'un répond STOP, ou presse « Ne plus recevoir de SMS »."),
        hint=_("Dans « Téléphones », ouvrez un téléphone qui a reçu le texte et répondez STOP."),
        act=acts.OPTED_OUT,
        endpoint="handsets.wall",
        minutes=7,
        holds=_by_sms,
    ),
)
