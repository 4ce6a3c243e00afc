"""What a program asks of an export."""

from marshmallow import fields

from app.contacts.tags import NAME_CHARACTERS
from app.french.language import _
from app.web.schemas import Body, Text, row_id


class ExportIn(Body):
    """Whom the file holds; nothing said is everybody, those archived aside."""

    segment = row_id(strict=False, load_default=None, metadata={"description": _("Le numéro d'une sélection.")})
    list = row_id(strict=False, load_default=None, metadata={"description": _("Le numéro d'une liste.")})
    tag: fields.String = Text(max=NAME_CHARACTERS, load_default="")
