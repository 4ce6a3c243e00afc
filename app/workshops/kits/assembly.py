"""The online assembly workshop, not yet with anything to practise on."""

from app.french.language import _
from app.workshops.kits.kit import Kit
from app.workshops.models import Kind

KIT = Kit(
    kind=Kind.ASSEMBLY,
    words=_("Assemblée générale en ligne"),
    title=_("Atelier assemblée en ligne : %(name)s"),
    scenario=_("Prendre en main l'assemblée en ligne"),
)
