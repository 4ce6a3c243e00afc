"""Who applies to the next cohort, all invented: fourteen files in every state before a decision is published."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.programme.applications.views import Decision, View

ACTIVITY = "Aide alimentaire et accueil de jour pour des familles du quartier, avec une soixantaine de bénévoles."
NEED = "Prévenir vite quand une permanence change, et remercier : aujourd'hui nous appelons un par un."


@dataclass(frozen=True)
class Applicant:
    """A file. Days are counted from today; ``filled`` is how many answers a draft has, None for all."""

    association: str
    town: str
    who: str
    function: str
    begun: int
    filed: int | None = None
    filled: int | None = None
    employees: str = "8"
    employees_why: str = ""
    field: str = "solidarity poverty"
    field_why: str = ""
    time: str = "half"
    time_why: str = ""
    board: bool = True
    need: str = NEED
    opinions: Sequence[tuple[View, str]] = ()
    """That of the programme's staff first, then their colleague's; None given is not read yet."""
    decision: Decision | None = None
    why: str = ""
    withdrawn: str = ""


YES, HOLD, NO = View.YES, View.HOLD, View.NO

APPLICANTS: Sequence[Applicant] = (
    Applicant("Les Semeurs de la Selle", "Saleux", "Mathilde Rochambeau", "coordinatrice", -33, -30, employees="7",
              opinions=((YES, "Besoin précis, conseil engagé, deux personnes pour suivre."),
                        (YES, "Solide. Leur fichier de bénévoles est déjà propre.")),
              decision=Decision.KEPT),
    Applicant("Pain Partagé Picardie", "Albert", "Étienne Vaubert", "directeur", -32, -27, employees="12",
              opinions=((YES, "Ils savent ce qu'ils veulent : la distribution du jeudi."),
                        (HOLD, "Une seule personne pourra venir aux formations.")),
              decision=Decision.KEPT),
    Applicant("Cyclo-Lien Amiens Sud", "Amiens", "Bastien Corvisart", "animateur", -30, -26, field="other",
              field_why="Nos ateliers de réparation accueillent surtout des personnes envoyées par le secteur social.",
              employees="3", employees_why="Trois salariés, mais cinq services civiques à l'année.",
              opinions=((NO, "Hors champ, et trop petits pour libérer du temps."),
                        (NO, "Bon projet, pas pour ce programme.")),
              decision=Decision.REFUSED,
              why="Le programme va aux associations de solidarité de 5 à 15 salariés : vos ateliers n'y entrent pas."),
    Applicant("Entraide du Beauvaisis", "Beauvais", "Leïla Fontanel", "directrice", -29, -22, employees="14",
              opinions=((HOLD, "Le conseil a dit oui sans que la présidente soit là."),
                        (YES, "Leur besoin est le plus urgent de la pile."))),
    Applicant("Chez Nous à Méru", "Méru", "Didier Sauvegrain", "coordinateur", -27, -20, employees="6", time="less",
              time_why="Deux heures le mardi et deux le jeudi : notre accueil ferme l'après-midi.",
              opinions=((HOLD, "Le temps manque, mais la façon de faire tient."),)),
    Applicant("Accueil Paysan du Vexin", "Chaumont-en-Vexin", "Honorine Mailly", "présidente", -25, -19,
              employees="5", board=False, opinions=((YES, "Il ne manque que le procès-verbal."),)),
    Applicant("La Cordée de Ham", "Ham", "Grégoire Lantier", "coordinateur", -22, -13, employees="9"),
    Applicant("Femmes Debout Creil", "Creil", "Nour Castellane", "directrice", -21, -10, employees="19",
              employees_why="Sept de nos dix-neuf contrats sont des contrats d'insertion de quelques mois.",
              need="Nos bénévoles changent tous les trois mois : il faut les trouver, les former et les remercier."),
    Applicant("Le Grand Partage", "Péronne", "Auguste Villemain", "trésorier", -15, -4, employees="10"),
    Applicant("Toits d'Urgence Oise", "Compiègne", "Salomé Hauterive", "directrice", -9, -2, employees="11",
              board=False),
    Applicant("Lien de Rue", "Abbeville", "Mohand Terrasson", "coordinateur", -31, -24, employees="8",
              withdrawn="Notre coordinateur part en janvier : nous reviendrons l'an prochain."),
    Applicant("La Ruche de Roye", "Roye", "Aurore Delahaye", "animatrice", -11, employees="6"),
    Applicant("Soupe et Compagnie", "Corbie", "Hector Malvoisin", "président", -8, filled=8),
    Applicant("Vestiaire Solidaire de Noyon", "Noyon", "Zélie Bonnefoy", "bénévole", -3, filled=4),
)  # fmt: skip
