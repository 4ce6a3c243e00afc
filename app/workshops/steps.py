"""What a lesson may ask for in the room itself: to sit down, to hold a phone, to say what comes next."""

from app.accounts.steps import StepKind, always
from app.french.language import _
from app.workshops import acts

STEPS = (
    StepKind(
        key="welcome",
        title=_("S'installer"),
        text=_("Qui êtes-vous, et à qui avez-vous le droit d'écrire ? Ici, aucun vrai SMS ne part : essayez tout."),
        hint=_("Regardez l'écran de la salle : votre prénom y est."),
        act=acts.SEAT_JOINED,
        endpoint="home.home",
        button=_("Ouvrir l'accueil"),
        minutes=8,
        others=((acts.ALONE_BEGUN, always),),
    ),
    StepKind(
        key="hold_a_phone",
        title=_("Prendre un téléphone"),
        text=_("Choisissez un bénévole inventé : pendant tout l'atelier, ses SMS arriveront sur votre écran."),
        hint=_("Dans le ruban, touchez « Prendre un téléphone », puis un nom."),
        act=acts.HANDSET_HELD,
        endpoint="holding.choose",
        button=_("Prendre un téléphone"),
        minutes=3,
    ),
    StepKind(
        key="monday",
        title=_("Et lundi ?"),
        text=_("Qui tiendra la liste ? Qui paie ? Qui prévient les bénévoles ? Votre premier vrai SMS, à qui ?"),
        hint=_("Écrivez trois noms et une date. Le formateur coche cette étape pour la salle."),
        act=acts.MONDAY_SAID,
        endpoint="home.home",
        button=_("Ouvrir l'accueil"),
        minutes=8,
    ),
)
