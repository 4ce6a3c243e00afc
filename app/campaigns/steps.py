"""What a lesson may ask for here."""

from app.accounts.steps import Detail, StepKind
from app.audiences import acts as segment_acts
from app.campaigns import acts
from app.french.language import _

LONG_ENOUGH = 20
"""Characters below which a text says nothing yet; the trail has called them signs from the first day."""


def _one_part(detail: Detail) -> bool:
    return detail.get("parts") == 1 and detail.get("signs", 0) >= LONG_ENOUGH


def _somebody_left_out(detail: Detail) -> bool:
    return int(detail.get("opted_out") or 0) >= 1


def _to_a_selection(detail: Detail) -> bool:
    return int(detail.get("segments") or 0) >= 1


STEPS = (
    StepKind(
        key="find_people",
        title=_("Trouver les bonnes personnes"),
        text=_("Qui appeler pour samedi, sans déranger tout le monde ? Faites-en une sélection, ou prenez-en une."),
        hint=_("Une ou deux conditions suffisent : le week-end, par exemple. Regardez combien de personnes il reste."),
        act=segment_acts.SEGMENT_MADE,
        endpoint="segments.browse",
        minutes=8,
        others=((acts.EDITED, _to_a_selection),),
    ),
    StepKind(
        key="write_one_sms",
        title=_("Écrire un SMS"),
        text=_(
            "Demandez un coup de main : quoi, quand, où, qui signe. Le lien de fin prend une cinquantaine de "
            "caractères : il vous en reste une centaine pour un seul SMS."
        ),
        hint=_(
            "« Envoyer », « Écrire un SMS ». Sous le texte, le compteur montre les caractères qui coûtent cher (ê, ç, "
            "œ, « »). « Simplifier » les remplace."
        ),
        act=acts.EDITED,
        endpoint="campaigns.browse",
        button=_("Ouvrir « Envoyer »"),
        minutes=10,
        holds=_one_part,
    ),
    StepKind(
        key="see_the_price",
        title=_("Relire : qui, combien, quel prix"),
        text=_(
            "À quoi sert ce message ? Cochez une liste et relisez : combien de personnes, combien de SMS payés, qui "
            "ne le recevra pas ?"
        ),
        hint=_("Sous le texte : « À qui », « Ce message sert à », puis « Relire avant d'envoyer »."),
        act=acts.REVIEWED,
        endpoint="campaigns.browse",
        button=_("Retrouver mon brouillon"),
        minutes=5,
    ),
    StepKind(
        key="stop_in_time",
        title=_("Arrêter à temps"),
        text=_("Envoyez… et arrêtez avant la fin des 30 secondes. Rien n'est parti."),
        hint=_("En bas de la relecture : « Envoyer à … personnes », puis le grand bouton « Arrêter »."),
        act=acts.STOPPED,
        endpoint="campaigns.browse",
        button=_("Retrouver mon brouillon"),
        minutes=4,
    ),
    StepKind(
        key="send",
        title=_("Envoyer"),
        text=_("Recommencez, et laissez partir. Levez les yeux : les téléphones s'allument."),
        hint=_("Votre brouillon vous attend dans « Envoyer »."),
        act=acts.LAUNCHED,
        endpoint="campaigns.browse",
        button=_("Retrouver mon brouillon"),
        minutes=3,
    ),
    StepKind(
        key="follow",
        title=_("Suivre l'envoi"),
        text=_("Qui ne l'a pas reçu, et pourquoi ? Pour chacun : rappeler, corriger, ou laisser ?"),
        hint=_("Sur la page de l'envoi, touchez « Pas arrivés », puis l'état d'une personne."),
        act=acts.FAILURES_READ,
        endpoint="campaigns.browse",
        button=_("Retrouver mon envoi"),
        minutes=7,
    ),
    StepKind(
        key="send_again",
        title=_("Vérifier que c'est respecté"),
        text=_(
            "Écrivez à la même liste : « Merci, nous sommes assez nombreux. » La relecture nomme la personne qui ne "
            "le recevra pas."
        ),
        hint=_(
            "« Refaire cet envoi », cochez la même liste, relisez, puis dépliez « … personnes ne le recevront pas »."
        ),
        act=acts.SCHEDULED,
        endpoint="campaigns.browse",
        button=_("Ouvrir « Envoyer »"),
        minutes=6,
        after="handle_stop",
        holds=_somebody_left_out,
    ),
)
