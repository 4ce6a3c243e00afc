"""What the forms of the sign-up page send, read at the border."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load, validates_schema
from marshmallow.exceptions import ValidationError

from app.accounts.web.schemas import Form, line, text
from app.contacts.naming import is_no_name
from app.contacts.options import AVAILABILITY
from app.french.language import _
from app.signup.service import WELCOME_CHARACTERS

MISSIONS_MISSING = _("Sans votre accord, l'association ne peut pas vous écrire : cochez cette case, ou appelez-la.")


class SignUpForm(Form):
    """Boxes are sent when ticked; ``availability`` is read beside, since there may be several."""

    first_name = text(_("Écrivez votre prénom."), max=80)
    last_name = line(max=80)
    phone = text(_("Écrivez votre numéro de mobile."), max=40)
    missions = fields.String(load_default="")
    commercial = fields.String(load_default="")

    @validates_schema
    def check(self, data: Mapping[str, str], **_words: Any) -> None:
        if is_no_name(data.get("first_name", "x")):
            raise ValidationError(_("Écrivez votre prénom."), "first_name")
        if not data.get("missions"):
            raise ValidationError(MISSIONS_MISSING, "missions")


def bits(ticked: list[int]) -> int:
    """The availability of the ticked boxes; what is none of ours is left out."""
    return sum(one.bit for one in AVAILABILITY if one.bit in ticked)


class PageForm(Form):
    """The settings of the page."""

    is_open = fields.String(load_default="")
    welcome = line(max=WELCOME_CHARACTERS)
    asks_commercial = fields.String(load_default="")

    @post_load
    def as_page(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {
            "is_open": bool(data["is_open"]),
            "welcome": data["welcome"].replace("\r\n", "\n"),
            "asks_commercial": bool(data["asks_commercial"]),
        }
