"""The kinds of workshop: one row each, in the order of the planning form."""

from collections.abc import Mapping

from app.errors import RuleBroken
from app.french.language import _
from app.workshops.kits import assembly, mass_sms, webinar
from app.workshops.kits.kit import Kit, Practice
from app.workshops.models import Kind

KITS: Mapping[Kind, Kit] = {kit.kind: kit for kit in (mass_sms.KIT, webinar.KIT, assembly.KIT)}
WORDS: Mapping[Kind, str] = {kind: kit.words for kind, kit in KITS.items()}


def of(kind: Kind) -> Kit:
    """The kit of a kind."""
    return KITS[kind]


def practice_of(kind: Kind) -> Practice:
    """What the practice space of a kind is made of. Raises RuleBroken for a kind that has none."""
    practice = KITS[kind].practice
    if practice is None:
        sentence = _("Ce sujet n'a pas d'espace d'entraînement : prévoyez sa date, puis invitez les participants.")
        raise RuleBroken("kind_later", sentence, fields={"kind": sentence})
    return practice
