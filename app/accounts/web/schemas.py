"""What the accounts' forms send, read at the border: words trimmed, euros turned into millionths."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from app.accounts.access_grants import LASTS
from app.accounts.models import Mode, Role
from app.french.language import _
from app.web.schemas import Body

SECRETS = ("password", "current")
_EUROS = re.compile(r"\d{1,6}([.,]\d{1,2})?")


class Form(Schema):
    """A form of a page: unknown fields are the page's own affair, words come trimmed, secrets as they are."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def trim(self, data: Mapping[str, str], **_words: Any) -> dict[str, str]:
        # PostgreSQL takes no NUL in a text.
        clean = {name: value.replace("\0", "") for name, value in data.items()}
        return {name: value if name in SECRETS else value.strip() for name, value in clean.items()}


def text(missing: str, *, max: int) -> fields.String:
    """A line that must be there; ``missing`` says so when it is not."""
    too_long = _("C'est trop long : %(most)s signes au plus.", most=max)
    return fields.String(
        required=True,
        error_messages={"required": missing},
        validate=[validate.Length(min=1, error=missing), validate.Length(max=max, error=too_long)],
    )


def line(*, max: int) -> fields.String:
    """A line that may be empty."""
    too_long = _("C'est trop long : %(most)s signes au plus.", most=max)
    return fields.String(load_default="", validate=validate.Length(max=max, error=too_long))


def choice(missing: str, words: Mapping[str, Any] | type[Role]) -> fields.String:
    known = [each.value for each in words] if isinstance(words, type) else list(words)
    return fields.String(
        required=True, error_messages={"required": missing}, validate=validate.OneOf(known, error=missing)
    )


class EmailIn(Form):
    email = text(_("Écrivez votre adresse e-mail."), max=254)


class SignInIn(EmailIn):
    password = text(_("Écrivez votre mot de passe."), max=1000)


class NewPasswordIn(Form):
    password = text(_("Choisissez un mot de passe."), max=1000)


class RecoverIn(NewPasswordIn):
    code = text(_("Écrivez le code reçu par SMS."), max=20)


class CurrentIn(Form):
    current = text(_("Écrivez votre mot de passe actuel."), max=1000)


class ChangePasswordIn(CurrentIn, NewPasswordIn): ...


class NameIn(Form):
    name = text(_("Écrivez votre nom."), max=80)


class PhoneIn(CurrentIn):
    phone = text(_("Écrivez votre numéro de mobile."), max=40)


class CodeIn(Form):
    code = text(_("Écrivez le code reçu par SMS."), max=20)


class FactorIn(Form):
    code = text(_("Écrivez le code de votre application, ou un code de secours."), max=40)


class FactorRemovalIn(CurrentIn, FactorIn): ...


class FactorResetIn(CurrentIn, EmailIn): ...


class RoleIn(Form):
    role = choice(_("Choisissez un rôle."), Role)

    @post_load
    def as_role(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {**data, "role": Role(data["role"])}


class InviteIn(RoleIn):
    email = text(_("Écrivez son adresse e-mail."), max=254)
    name = text(_("Écrivez son nom."), max=80)


class KeyIn(RoleIn):
    name = text(_("Dites à quoi servira cette clé."), max=80)


class AccessGrantIn(Form):
    user_id = fields.Integer(
        required=True,
        error_messages={"required": _("Choisissez une personne."), "invalid": _("Choisissez une personne.")},
        validate=validate.Range(1, 2**31 - 1, error=_("Choisissez une personne.")),
    )
    lasts = choice(_("Choisissez une durée."), LASTS)
    reason = text(_("Dites pourquoi : votre équipe le lira dans le journal."), max=200)

    @post_load
    def as_duration(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {**data, "lasts": LASTS[data["lasts"]]}


class SettingsIn(Form):
    """``budget`` is in currency units, « 120,50 », or empty for no cap; ``hours_hold`` is a box, sent when ticked."""

    sender = line(max=16)
    contact_name = line(max=80)
    contact_phone = fields.String(
        load_default="",
        validate=validate.Regexp(
            r"$|[+0-9][0-9 .()/-]{3,23}$",
            error=_("Écrivez un numéro à appeler, fixe ou mobile, par exemple 01 99 00 12 34."),
        ),
    )
    budget = fields.String(load_default="")
    hours_hold = fields.String(load_default="")
    zone = fields.String(load_default="")

    @post_load
    def as_settings(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        typed = re.sub(r"[\s€]", "", data.pop("budget"))
        if typed and not _EUROS.fullmatch(typed):
            raise ValidationError(_("Écrivez un montant en euros, par exemple 120 ou 120,50."), "budget")
        micros = int(Decimal(typed.replace(",", ".")) * 1_000_000) if typed else None
        return {**data, "budget_micros": micros, "hours_hold": bool(data["hours_hold"])}


class SpaceOut(Body):
    """The space of a key. Money in millionths of ``currency``; no budget is no cap."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    role = fields.Enum(Role, by_value=True, required=True, metadata={"description": _("Celui de la clé.")})
    sender = fields.String(required=True)
    two_way = fields.Boolean(required=True, metadata={"description": _("Si l'on peut répondre à l'expéditeur.")})
    zone = fields.String(required=True)
    hours_hold = fields.Boolean(required=True, metadata={"description": _("Si les heures permises retiennent.")})
    budget_micros = fields.Integer(required=True, allow_none=True)
    budget_used_micros = fields.Integer(required=True, metadata={"description": _("Ce mois-ci, heure de Paris.")})
    currency = fields.String(required=True)
    sending_stopped = fields.String(
        required=True, metadata={"description": _("Pourquoi plus rien ne part, dans aucun espace ; vide d'ordinaire.")}
    )
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "slug": "emmaus-80",
        "name": "Les Amis du Quai",
        "mode": "live",
        "role": "equipiere",
        "sender": "AmisDuQuai",
        "two_way": False,
        "zone": "Europe/Paris",
        "hours_hold": True,
        "budget_micros": 120_000_000,
        "budget_used_micros": 16_500_000,
        "currency": "EUR",
        "sending_stopped": "",
    }
