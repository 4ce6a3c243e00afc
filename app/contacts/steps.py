"""What a lesson may ask for here."""

from app.accounts.steps import StepKind
from app.contacts import acts
from app.french.language import _

STEPS = (
    StepKind(
        key="import_list",
        title=_("Importer une liste"),
        text=_("Prenez le tableau de l'atelier tel qu'il est, et faites-en des bénévoles."),
        hint=_("Dans « Bénévoles », pressez « Importer une liste », puis vérifiez les noms et les téléphones."),
        act=acts.IMPORT_FINISHED,
        endpoint="imports.begin",
        minutes=10,
    ),
    StepKind(
        key="spot_bad_numbers",
        title=_("Repérer les mauvais numéros"),
        text=_("Certaines lignes n'ont pas été prises. Trouvez lesquelles, et pourquoi."),
        hint=_("Sur la page de l'import, ouvrez les lignes à corriger : chacune dit ce qui ne va pas."),
        act=acts.REFUSALS_READ,
        endpoint="imports.begin",
        minutes=5,
    ),
)
