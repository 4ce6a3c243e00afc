"""What the forms of applications send, read at the border."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load, validate

from app.accounts.web.schemas import Form, line, text
from app.errors import RuleBroken
from app.french.language import _
from app.programme.applications.questions import LENGTHS, SECTIONS, Kind
from app.programme.applications.states import State
from app.programme.applications.views import Decision, View

_NO_DAY = _("Choisissez un jour.")


class StartForm(Form):
    """The four questions that begin a draft."""

    association = text(_("Écrivez le nom de votre association."), max=120)
    registration = line(max=40)
    name = text(_("Écrivez votre prénom et votre nom."), max=80)
    phone = text(_("Écrivez votre numéro de mobile."), max=40)

    @post_load
    def tidy(self, data: Mapping[str, str], **_words: Any) -> dict[str, str]:
        return {name: " ".join(value.split()) for name, value in data.items()}


class ResumeForm(Form):
    """Whose draft to take up, and for whom the link is."""

    registration = line(max=40)
    name = line(max=80)


class ReasonForm(Form):
    """Why."""

    reason = line(max=500)


class OpinionForm(Form):
    """One's own opinion, in a choice and a sentence."""

    view = fields.Enum(
        View, by_value=True, required=True,
        error_messages={"required": _("Choisissez votre avis."), "unknown": _("Choisissez votre avis.")},
    )  # fmt: skip
    words = line(max=500)


class DecisionForm(Form):
    """Kept, refused, or not yet."""

    decision = line(max=20)
    reason = line(max=500)

    @post_load
    def chosen(self, data: Mapping[str, str], **_words: Any) -> dict[str, Any]:
        word = data["decision"]
        known = {"": None, "none": None, **{one.value: one for one in Decision}}
        if word not in known:
            sentence = _("Choisissez : retenue, refusée, ou pas encore.")
            raise RuleBroken("decision_unknown", sentence, fields={"decision": sentence})
        return {"decision": known[word], "reason": data["reason"]}


class CorrectionForm(Form):
    """What is to be corrected, and by when; the fields are read beside, since there are several."""

    words = line(max=500)
    until = fields.Date(required=True, error_messages={"required": _NO_DAY, "invalid": _NO_DAY})


class MoveForm(Form):
    """Where the staff take an application, and why."""

    to = fields.Enum(State, by_value=True, required=True)
    reason = line(max=500)


class TermForm(Form):
    """Until when a draft is kept."""

    until = fields.Date(required=True, error_messages={"required": _NO_DAY, "invalid": _NO_DAY})


class PhoneForm(Form):
    """Another number on file."""

    phone = text(_("Écrivez le numéro de mobile."), max=40)
    reason = text(_("Dites comment vous savez que ce numéro est le leur."), max=300)


class QuestionForm(Form):
    """A question of a version of the form that is being prepared."""

    label = text(_("Écrivez la question."), max=200)
    hint = line(max=300)


class NewQuestionForm(QuestionForm):
    """One more."""

    section = fields.String(
        required=True, validate=validate.OneOf(list(SECTIONS), error=_("Choisissez où elle se pose.")),
        error_messages={"required": _("Choisissez où elle se pose.")},
    )  # fmt: skip
    kind = fields.Enum(Kind, by_value=True, required=True, validate=validate.OneOf(list(LENGTHS)))
    is_required = fields.Boolean(load_default=False)


class LetterForm(Form):
    """The words of a letter."""

    letter = line(max=2000)
