"""What differs between two versions of the questionnaire, and what a version must be. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import RuleBroken
from app.french.language import _, ngettext
from app.programme.diagnostic.axes import SHORT, Axis
from app.programme.diagnostic.rules import FEWEST, SMS_KEYS, Question, by_axis

WEIGHTS = range(1, 6)
MOST = 60
"""Questions of a version: twice today's, after which nobody would finish."""


@dataclass(frozen=True)
class Changes:
    """The keys of what a later version changed."""

    reworded: tuple[str, ...] = ()
    reweighed: tuple[str, ...] = ()
    """Worded as before, and counting for more or less."""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.reworded) + len(self.reweighed) + len(self.added) + len(self.removed)

    @property
    def to_read(self) -> frozenset[str]:
        """What somebody who has answered must look at again."""
        return frozenset((*self.reworded, *self.added))

    @property
    def sentence(self) -> str:
        """« 3 questions ont changé : 1 reformulée, 1 ajoutée, 1 retirée »."""
        kinds = (
            (self.reworded, _("%(n)s reformulée"), _("%(n)s reformulées")),
            (self.added, _("%(n)s ajoutée"), _("%(n)s ajoutées")),
            (self.removed, _("%(n)s retirée"), _("%(n)s retirées")),
            (self.reweighed, _("%(n)s d'un autre poids"), _("%(n)s d'un autre poids")),
        )
        told = ", ".join(ngettext(one, many, len(keys)) for keys, one, many in kinds if keys)
        return ngettext(
            "%(n)s question a changé : %(told)s", "%(n)s questions ont changé : %(told)s", self.count, told=told
        )


def between(old: Sequence[Question], new: Sequence[Question]) -> Changes:
    """What ``new`` changed of ``old``. A help or a hint that changed asks nothing else: it is not counted."""
    before, after = {one.key: one for one in old}, {one.key: one for one in new}
    kept = [(before[key], one) for key, one in after.items() if key in before]
    return Changes(
        reworded=tuple(now.key for then, now in kept if then.words != now.words),
        reweighed=tuple(now.key for then, now in kept if then.words == now.words and then.weight != now.weight),
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
    )


def check_question(*, words: str, short: str, weight: int) -> None:
    """Every fault at once. Raises RuleBroken."""
    faults = {}
    if not words.endswith("?"):
        faults["words"] = _("Écrivez une question, avec son point d'interrogation.")
    if not short:
        faults["short"] = _("Dites en quelques mots ce qu'il y aurait à faire : « Compter les heures données ».")
    if weight not in WEIGHTS:
        faults["weight"] = _("Un poids va de 1 à %(max)s.", max=WEIGHTS[-1])
    if faults:
        raise RuleBroken("question_wrong", next(iter(faults.values())), fields=faults)


def check_removal(key: str) -> None:
    """Three questions guard the text to everybody: a version without one of them would let anybody through."""
    if key in SMS_KEYS:
        sentence = _("Cette question garde le SMS groupé : elle se reformule, mais ne se retire pas.")
        raise RuleBroken("question_guards", sentence)


def check_version(old: Sequence[Question], new: Sequence[Question]) -> None:
    """Refuse a version that changes nothing, or an axis that could have no score. Raises RuleBroken."""
    if between(old, new).count == 0:
        raise RuleBroken("version_same", _("Rien n'a changé depuis la dernière version : il n'y a rien à publier."))
    some = by_axis(new)
    for axis in Axis:
        count = len(some.get(axis, ()))
        if count < FEWEST:
            sentence = _(
                "« %(axis)s » n'a plus que %(n)s question(s) : il en faut %(few)s au moins pour un score.",
                axis=SHORT[axis], n=count, few=FEWEST,
            )  # fmt: skip
            raise RuleBroken("axis_too_short", sentence)
