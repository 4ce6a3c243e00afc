"""What the forms of the diagnostic send, read at the border: euros turned into millionths, answers into numbers."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from app.accounts.web.schemas import Form, line, text
from app.french.language import _
from app.french.typography import CENT
from app.programme.cohorts.models import Function
from app.programme.diagnostic import axes
from app.programme.diagnostic.axes import Answer, Axis
from app.programme.diagnostic.inventory import Terms
from app.programme.diagnostic.models import CodeLicence, InventoryTool, KeptAt, Verdict

_EUROS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")
_BLANKS = re.compile(r"[\s\u00a0\u202f€]")


def answers(form: Mapping[str, str]) -> dict[str, Answer]:
    """{question: answer} of a page's « a-R1 » fields; what is none of ours is left out."""
    found = {}
    for name, raw in form.items():
        if name.startswith("a-") and raw in axes.ANSWERS:
            found[name.removeprefix("a-")] = axes.read(raw)
    return found


def seen(form: Mapping[str, str]) -> dict[str, str]:
    """{question: what it showed when the form was made} of its « vu-R1 » fields."""
    return {name.removeprefix("vu-"): raw for name, raw in form.items() if name.startswith("vu-")}


def _choice(words: Any, missing: str) -> fields.Enum[Any]:
    return fields.Enum(words, by_value=True, required=True, error_messages={"required": missing, "unknown": missing})


def _number(missing: str, *, least: int, most: int) -> fields.Integer:
    wrong = _("Écrivez un nombre entier de %(least)s à %(most)s.", least=least, most=most)
    words: dict[str, Any] = {"required": missing, "invalid": wrong, "too_large": wrong}
    return fields.Integer(required=True, error_messages=words, validate=validate.Range(least, most, error=wrong))


class RespondentForm(Form):
    """Somebody who is to answer."""

    name = text(_("Qui répond ? Écrivez son nom."), max=80)
    function = _choice(Function, _("Choisissez sa fonction dans l'association."))
    phone = line(max=40)


class QuestionForm(Form):
    """A question of a draft."""

    words = text(_("Écrivez la question."), max=300)
    short = text(_("Dites en quelques mots ce qu'il y aurait à faire."), max=120)
    help = line(max=300)
    whom = line(max=120)
    weight = _number(_("Un poids va de 1 à 5 : 1 pour compter comme les autres."), least=1, most=5)


class NewQuestionForm(QuestionForm):
    axis = _choice(Axis, _("Choisissez l'axe de la question."))


class ToolForm(Form):
    """A tool of the inventory."""

    name = text(_("Écrivez le nom de l'outil."), max=80)
    purpose = text(_("Écrivez à quoi il sert, en quelques mots."), max=120)
    users = _number(_("Combien de personnes s'en servent ?"), least=0, most=100_000)
    yearly = line(max=20)
    licence = _choice(CodeLicence, _("Choisissez sa licence."))
    hosting = _choice(KeptAt, _("Choisissez où il est hébergé."))
    satisfaction = _number(_("Donnez une note de 1 à 5."), least=1, most=5)
    verdict = _choice(Verdict, _("Choisissez : garder, étudier ou abandonner."))
    reason = text(_("Dites pourquoi, en quelques mots : le conseil vous le demandera."), max=300)

    @post_load
    def as_terms(self, data: dict[str, Any], **_words: Any) -> Terms:
        yearly = data.pop("yearly")
        one_line = {name: " ".join(value.split()) for name, value in data.items() if isinstance(value, str)}
        enums = {name: data[name] for name in ("licence", "hosting", "verdict")}
        return Terms(**{**data, **one_line, **enums}, yearly_micros=_micros(yearly))


def _micros(typed: str) -> int | None:
    """« 1 240,50 € » in millionths; nothing typed is not known."""
    plain = _BLANKS.sub("", typed)
    if not plain:
        return None
    found = _EUROS.fullmatch(plain)
    if found is None:
        sentence = _("Écrivez un montant en euros, « 120 » ou « 59,90 » ; laissez vide si vous ne savez pas.")
        raise ValidationError({"yearly": [sentence]})
    return (int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))) * CENT


def typed_of(one: InventoryTool) -> dict[str, str]:
    """A tool as its form holds it."""
    return {
        "name": one.name,
        "purpose": one.purpose,
        "users": str(one.users),
        "yearly": _typed_euros(one.yearly_micros),
        "licence": one.licence.value,
        "hosting": one.hosting.value,
        "satisfaction": str(one.satisfaction),
        "verdict": one.verdict.value,
        "reason": one.reason,
    }


def _typed_euros(micros: int | None) -> str:
    if micros is None:
        return ""
    euros, cents = divmod(micros // CENT, 100)
    return f"{euros},{cents:02d}" if cents else str(euros)
