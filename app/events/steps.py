"""What a lesson may ask for here."""

from app.accounts.steps import StepKind
from app.events import acts
from app.french.language import _

STEPS = (
    StepKind(
        key="set_reminder",
        title=_("Préparer un rappel"),
        text=_("Créez une collecte après-demain à 9 h, puis un rappel 1 jour avant, à une liste."),
        hint=_(
            "« Missions », « Ajouter une mission ». Sur sa page, « Ajouter un rappel » ; sous « À qui », une liste."
        ),
        act=acts.REMINDER_MADE,
        endpoint="events.browse",
        button=_("Ouvrir « Missions »"),
        minutes=9,
    ),
    StepKind(
        key="reminder_leaves",
        title=_("Voir le rappel partir"),
        text=_("Le formateur avance jusqu'au rappel. Regardez les téléphones : celui qui a dit non ne sonne pas."),
        hint=_("Le bouton « Avancer jusqu'au prochain rappel » est sur l'écran du formateur."),
        act=acts.REMINDER_SENT,
        endpoint="handsets.wall",
        button=_("Ouvrir les téléphones"),
        minutes=3,
    ),
)
