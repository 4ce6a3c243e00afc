"""The associations of the story, all invented: who stands for each, what it answers, and how far it comes.

Answers are the thirty of the questionnaire, five an axis, in its order; « ? » is « je ne sais pas ».
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.workshops.models import Kind


@dataclass(frozen=True)
class Role:
    """An association of the cohort. Days are counted from today, None for what did not happen."""

    name: str
    town: str
    referent: str
    director: str
    board: str
    start: str
    end: str = ""
    """The last diagnostic; empty while it is not settled."""
    workshop: int | None = None
    kind: Kind = Kind.MASS_SMS
    first_sms: int | None = None
    volunteers: int = 0
    """In its own space, once it has sent."""
    shares: bool = False


PONT, QUAI, LEFT, INVITED = (
    "Épicerie solidaire du Pont", "Les Amis du Quai", "Bric-à-brac de Roye", "La Boussole",
)  # fmt: skip

COHORT: Sequence[Role] = (
    Role(PONT, "Amiens", "Odile Vasseur", "Rachid Lemaire", "Solange Petitpas",
         "11020 12110 21101 10110 11021 01101", workshop=-20, kind=Kind.WEBINAR),
    Role(QUAI, "Amiens", "Bruno Chantepie", "Hélène Moulinet", "Gérard Bellerive",
         "12110 11200 11011 00111 12110 12110", workshop=-1),
    Role("Passerelle Doullens", "Doullens", "Samira Castelneuf", "Yves Montclair", "Denise Larivière",
         "11010 12011 10110 10010 21110 11210", "22121 22122 32222 21121 22121 22221",
         workshop=-160, first_sms=-152, volunteers=46, shares=True),
    Role("La Halte de Nogent", "Nogent-sur-Oise", "Fanny Beaurepaire", "Thierry Grandpré", "Aïcha Fontbelle",
         "01110 21110 11000 11100 11201 12110", "12221 22121 22121 22111 22212 22221",
         workshop=-131, first_sms=-124, volunteers=38, shares=True),
    Role("Les Jardins du Vimeu", "Friville-Escarbotin", "Marc Hautebruyère", "Lucie Delorme-Prat", "Paul Vertbois",
         "12100 11010 01101 20100 10110 11110",
         workshop=-117, first_sms=-110, volunteers=34, shares=True),
    Role("Relais des Hortillonnages", "Amiens", "Nadège Clairval", "Simon Desprez", "Colette Aubépin",
         "20110 11110 10101 00110 21111 21121", "31221 22221 32212 12121 32222 32232",
         workshop=-104, first_sms=-95, volunteers=42, shares=True),
    Role("Toit et Parole Beauvais", "Beauvais", "Jeanne Roquefeuil", "Ousmane Valcourt", "Michel Sablon",
         "11200 10?10 11010 10100 11110 11211", "21311 21?21 22122 21211 22121 22322",
         workshop=-89, first_sms=-82, volunteers=30, shares=True),
    Role("Le Fil de Compiègne", "Compiègne", "Inaya Bellefontaine", "Patrick Noirmont", "Josette Clairefeuille",
         "21010 11200 01110 11010 20110 12110",
         workshop=-75, first_sms=-66, volunteers=26),
    Role("Coup de Main Santerre", "Rosières-en-Santerre", "Sylvain Hautmesnil", "Agnès Courtil", "Roger Prévallon",
         "10100 01110 10010 10010 11010 11110",
         workshop=-52, first_sms=-44, volunteers=22),
    Role("Atelier du Noyonnais", "Noyon", "Élodie Marchepont", "Fabrice Lonval", "Ginette Soubise",
         "11111 20110 11100 01010 10120 10110", workshop=-33, kind=Kind.ASSEMBLY),
    Role("Mains Ouvertes Clermont", "Clermont", "Karima Belcastel", "Julien Rochebrune", "Bernadette Oriol",
         "11010 11010 02110 10110 11100 11110", workshop=2),
    Role("Maison Partagée d'Abbeville", "Abbeville", "Théo Valmondois", "Claire Hautefort", "Raymond Lespinasse",
         "02110 11100 11010 11000 11110 01010"),
)  # fmt: skip

GONE = Role(
    LEFT, "Roye", "Perrine Castagnol", "Alain Bruyère-Duval", "Odette Mirecourt", "11010 11100 10010 10100 11010 11010"
)
WHY_GONE = "Leur coordinatrice est partie ; le conseil préfère revenir l'an prochain."

FORMER: Sequence[Role] = (
    Role("Grain de Sel Péronne", "Péronne", "Viviane Chantelou", "Hugo Merval", "Lucette Bois-Joli",
         "12110 11110 11100 11010 11110 11110", "22221 22121 32222 22121 22221 22222",
         workshop=-520, first_sms=-512, volunteers=18),
    Role("Accueil Chaulnes", "Chaulnes", "Damien Roselin", "Marthe Puyvallée", "Jacques Entrevaux",
         "01110 11010 10110 10010 11110 11111", "12211 22111 22221 21121 22121 22221",
         workshop=-470, first_sms=-463, volunteers=21),
    Role("Solidarité Creil Nord", "Creil", "Fatou Clairambault", "Régis Montaury", "Simone Delatour",
         "21110 12110 11011 11000 21110 12110", "22121 22221 22122 22111 22221 23221", workshop=-440),
    Role("Le Panier de Montdidier", "Montdidier", "Cyril Hautepierre", "Nelly Verdelet", "André Fontclaire",
         "11000 11010 01010 10100 10110 11110", "11110 21111 11121 11110 21110 21111"),
)  # fmt: skip
