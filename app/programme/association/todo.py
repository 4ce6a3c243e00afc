"""What an association has to do next in its programme, the most useful first. Pure but for the rows it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.french.language import _, ngettext


@dataclass(frozen=True)
class Standing:
    """Where an association stands in what it can do something about."""

    lacks_diagnostic: bool = False
    """Whether its first diagnostic was never opened."""
    diagnostic_open: str = ""
    """The moment in French, « début », of a diagnostic that waits for the agreed answer; empty for none."""
    diagnostic_asked: int = 0
    """How many people were asked to answer that one, each alone."""
    diagnostic_awaits: Sequence[str] = ()
    """The names of those among them who have not finished."""
    proposed: int = 0
    """Tools recommended that nobody has answered yet."""
    training: str = ""
    """The title of the next training that nobody of it is registered for and that has a seat; empty for none."""
    is_trained: bool = False
    """Whether a workshop of its took place, and its diagnostic holds no text to everybody back."""
    has_sent: bool = False
    """Whether it sent its first real SMS."""
    shares: bool = False
    """Whether it shares the counts of its months."""


@dataclass(frozen=True)
class Todo:
    """One thing to do; ``endpoint`` is its page in the space."""

    title: str
    why: str
    verb: str
    icon: str
    endpoint: str


def todo(standing: Standing) -> Sequence[Todo]:
    """The next things, the most urgent first."""
    found = (
        _FIRST if standing.lacks_diagnostic else None,
        _answer(standing) if standing.diagnostic_open else None,
        _decide(standing.proposed) if standing.proposed else None,
        _register(standing.training) if standing.training else None,
        _SEND if standing.is_trained and not standing.has_sent else None,
        _SHARE if standing.has_sent and not standing.shares else None,
    )
    return [one for one in found if one is not None]


_FIRST = Todo(
    _("Faire votre premier diagnostic"),
    _("Trente questions, chacun de son côté : tout le reste part de là."),
    _("Commencer"),
    "edit",
    "own_diagnostic.show",
)
_SEND = Todo(
    _("Envoyer votre premier vrai SMS"),
    _("Votre atelier est fait : sept points, et vous pouvez écrire à vos bénévoles."),
    _("Commencer"),
    "send",
    "real.show",
)
_SHARE = Todo(
    _("Partager vos chiffres du mois"),
    _("Des nombres seulement, jamais un nom : ils montrent aux financeurs à quoi sert le programme."),
    _("Voir"),
    "check",
    "sharing.show",
)


def _answer(standing: Standing) -> Todo:
    moment, asked, awaited = standing.diagnostic_open, standing.diagnostic_asked, standing.diagnostic_awaits
    page = "own_diagnostic.show"
    if not asked:
        title = _("Dire qui répond au diagnostic de %(moment)s", moment=moment)
        why = _("Chacun répond de son côté, puis vous vous mettez d'accord : une demi-heure en tout.")
        return Todo(title, why, _("Choisir"), "people", page)
    if not awaited:
        title = _("Vous mettre d'accord sur le diagnostic de %(moment)s", moment=moment)
        why = ngettext(
            "La personne choisie a répondu.", "Les %(n)s personnes ont répondu : comparez ce qu'elles disent.", asked
        )
        return Todo(title, why, _("Comparer"), "check", page)
    title = (
        _("Relancer %(who)s : diagnostic de %(moment)s", who=awaited[0], moment=moment)
        if len(awaited) == 1
        else _("Relancer %(n)s personnes : diagnostic de %(moment)s", n=len(awaited), moment=moment)
    )
    why = ngettext(
        "%(n)s personne sur %(asked)s n'a pas encore répondu.",
        "%(n)s personnes sur %(asked)s n'ont pas encore répondu.",
        len(awaited),
        asked=asked,
    )
    return Todo(title, why, _("Voir"), "send", page)


def _decide(count: int) -> Todo:
    title = ngettext("Répondre à une recommandation", "Répondre à %(n)s recommandations", count)
    why = _("Un outil proposé se prend, se met de côté ou s'écarte : c'est vous qui décidez.")
    return Todo(title, why, _("Voir"), "eye", "own_recommendations.show")


def _register(training: str) -> Todo:
    title = _("Inscrire quelqu'un à « %(title)s »", title=training)
    why = _("Il reste des places, et personne de chez vous n'est inscrit.")
    return Todo(title, why, _("Inscrire"), "people", "own_trainings.show")
