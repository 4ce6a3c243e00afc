"""The questions that the table of tools knows, by axis, in few words. Pure."""

from collections.abc import Iterable, Mapping

from app.french.language import _
from app.programme.diagnostic.axes import LONG

AXES: Mapping[str, str] = {axis.value: words for axis, words in LONG.items()}
"""{first letter of a question's key: its axis}."""
QUESTIONS: Mapping[str, str] = {
    "R1": _("Besoins écrits : qui, quand, combien"),
    "R2": _("Missions rédigées : durée, lieu, ce qu'on apprend"),
    "R3": _("Missions publiées en ligne"),
    "R4": _("Réponse à un candidat en moins de trois jours"),
    "R5": _("Missions courtes, à la carte"),
    "F1": _("Accueil prévu : une personne, un livret"),
    "F2": _("Consignes lisibles sur un téléphone"),
    "F3": _("Formation à distance déjà faite"),
    "F4": _("On sait qui a suivi quoi"),
    "F5": _("Une personne pour les moins à l'aise"),
    "M1": _("Une seule liste de contacts, à jour"),
    "M2": _("Numéros vérifiés depuis moins d'un an"),
    "M3": _("Tout le monde joignable en une heure"),
    "M4": _("On sait qui vient et qui manque"),
    "M5": _("Canal choisi selon la personne"),
    "V1": _("Un merci après chaque action"),
    "V2": _("Heures comptées"),
    "V3": _("Bénévolat valorisé au bilan"),
    "V4": _("Attestations ou passeport bénévole"),
    "V5": _("On demande pourquoi on part"),
    "G1": _("Rôles des salariés et des bénévoles écrits"),
    "G2": _("Le conseil suit le sujet numérique"),
    "G3": _("Statuts qui permettent l'assemblée à distance"),
    "G4": _("Convocations et pouvoirs tracés"),
    "G5": _("Une place pour les jeunes et les ponctuels"),
    "D1": _("Personnes informées quand on prend leur numéro"),
    "D2": _("Registre des traitements"),
    "D3": _("Accords et oppositions enregistrés avec leur date"),
    "D4": _("Oppositions respectées sur tous les envois"),
    "D5": _("Durées de conservation et accès limités"),
}


def axis_of(question: str) -> str:
    """The axis of a question by its key: « M » of « M2 »."""
    return question[:1]


def words_of(question: str) -> str:
    """What a question is about; of one that a later questionnaire added, its key."""
    return QUESTIONS.get(question, question)


def axis_words(axes: Iterable[str]) -> str:
    """« Recruter, Gouverner » of the keys of some axes."""
    return ", ".join(AXES.get(axis, axis) for axis in axes)
