"""What a step says to whoever follows the path without a trainer."""

from collections.abc import Mapping
from dataclasses import replace

from app.french.language import _
from app.workshops.path.steps import Step

_WORDS: Mapping[str, tuple[str, str]] = {
    "welcome": (
        _("Vous êtes chez vous, avec des bénévoles inventés : aucun vrai SMS ne part, essayez tout."),
        _("Prenez votre temps : cet entraînement vous attend trente jours."),
    ),
    "send": (
        _("Recommencez, et laissez partir. Regardez votre téléphone s'allumer."),
        _("Votre brouillon vous attend dans « Envoyer »."),
    ),
    "read_reply": (
        _("Deux réponses à un envoi passé attendent. Lisez-les : que faites-vous de chacune ?"),
        _("« Réponses », puis « C'est lu ». À un nom d'expéditeur, on ne répond que par le lien du SMS."),
    ),
    "reminder_leaves": (
        _("Avancez jusqu'au rappel, puis regardez les téléphones : celui qui a dit non ne sonne pas."),
        _("Le bouton est ici même : le temps avance dans votre entraînement, et là seulement."),
    ),
    "monday": (
        _("Qui tiendra la liste ? Qui paie ? Qui prévient les bénévoles ? Votre premier vrai SMS, à qui ?"),
        _("Écrivez trois noms et une date, puis dites que c'est fait."),
    ),
}
ACTS: Mapping[str, tuple[str, str]] = {
    "reminder_leaves": ("alone.advance", _("Avancer jusqu'au prochain rappel")),
    "monday": ("alone.say_monday", _("C'est fait")),
}
"""Steps that a trainer would do: the page's own button, {step: (endpoint, label)}."""


def told_alone(step: Step) -> Step:
    """The step with the words of somebody who is by themselves."""
    text, hint = _WORDS.get(step.key, (step.text, step.hint))
    return replace(step, text=text, hint=hint)
