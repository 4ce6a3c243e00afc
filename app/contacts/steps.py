"""What a lesson may ask for here."""

from app.accounts.steps import StepKind
from app.contacts import acts
from app.french.language import _

STEPS = (
    StepKind(
        key="import_list",
        title=_("Importer un fichier"),
        text=_(
            "Voici le fichier d'une association : numéros écrits de cinq façons, doublons, trous. Importez-le sans "
            "rien corriger."
        ),
        hint=_(
            "Page « Importer » : « Utiliser le fichier de l'atelier », lisez ce que contient chaque colonne, puis "
            "« Importer … lignes » tout en bas. Importer deux fois ne fait pas de double."
        ),
        act=acts.IMPORT_FINISHED,
        endpoint="imports.begin",
        button=_("Ouvrir la page « Importer »"),
        minutes=8,
    ),
    StepKind(
        key="spot_bad_numbers",
        title=_("Repérer les mauvais numéros"),
        text=_("Trois lignes n'ont pas pu entrer. Lesquelles, et que demanderiez-vous à ces personnes ?"),
        hint=_(
            "Sous le résultat de l'import : chaque ligne dit sa raison. Page perdue ? « Bénévoles », « Importer », "
            "puis le nom du fichier."
        ),
        act=acts.REFUSALS_READ,
        endpoint="imports.begin",
        button=_("Retrouver l'import"),
        minutes=5,
    ),
)
