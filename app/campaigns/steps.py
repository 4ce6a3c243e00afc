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
        title=_("Écrire en un seul SMS"),
        text=_("Demandez un coup de main pour samedi : qui, quoi, où, quand, et de la part de qui. Tout en un SMS."),
        hint=_("Le compteur dit combien de SMS seront payés, et quelle lettre coûte cher. « Simplifier » peut aider."),
        act=acts.EDITED,
        endpoint="campaigns.browse",
        anchor="body",
        minutes=10,
        holds=_one_part,
    ),
    StepKind(
        key="see_the_price",
        title=_("Voir le prix avant d'envoyer"),
        text=_("Choisissez une liste et relisez : combien de personnes, combien de SMS, quel prix ?"),
        hint=_("Cochez une liste, puis pressez « Relire avant d'envoyer »."),
        act=acts.REVIEWED,
        endpoint="campaigns.browse",
        minutes=5,
    ),
    StepKind(
        key="send",
        title=_("Envoyer"),
        text=_("Tout est relu : envoyez. Vous avez 30 secondes pour arrêter."),
        hint=_("Le bouton dit à combien de personnes le SMS part."),
        act=acts.SCHEDULED,
        endpoint="campaigns.browse",
        minutes=3,
    ),
    StepKind(
        key="follow",
        title=_("Suivre l'envoi"),
        text=_("Regardez les textes arriver. Qui ne l'a pas reçu, et pourquoi ?"),
        hint=_("La page de l'envoi se met à jour seule. Pressez « Pas arrivés » pour voir les raisons."),
        act=acts.LAUNCHED,
        endpoint="campaigns.browse",
        minutes=7,
    ),
    StepKind(
        key="send_again",
        title=_("Envoyer de nouveau, sans elle"),
        text=_("Renvoyez un SMS à la même liste : la personne qui a dit STOP n'y est plus."),
        hint=_("« Refaire cet envoi », cochez la même liste, puis relisez : la page dit qui ne le recevra pas."),
        act=acts.SCHEDULED,
        endpoint="campaigns.browse",
        minutes=8,
        after="handle_stop",
        holds=_somebody_left_out,
    ),
)
