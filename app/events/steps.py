"""What a lesson may ask for here."""

from app.accounts.steps import StepKind
from app.events import acts
from app.french.language import _

STEPS = (
    StepKind(
        key="set_reminder",
        title=_("Préparer un rappel"),
        text=_("Inscrivez la collecte de samedi, et un rappel la veille à ceux qui viennent."),
        hint=_("Dans « Missions », pressez « Ajouter une mission », puis « Ajouter un rappel »."),
        act=acts.REMINDER_MADE,
        endpoint="events.browse",
        minutes=10,
    ),
    StepKind(
        key="reminder_leaves",
        title=_("Le voir partir"),
        text=_("Le formateur avance jusqu'au prochain rappel : il part tout seul."),
        hint=_("« Avancer jusqu'au prochain rappel » est sur l'écran du formateur."),
        act=acts.REMINDER_SENT,
        endpoint="events.browse",
        minutes=5,
    ),
)
