"""The webinar workshop, not yet with anything to practise on."""

from app.french.language import _
from app.workshops.kits.kit import Kit
from app.workshops.models import Kind

KIT = Kit(
    kind=Kind.WEBINAR,
    words=_("Webinaire"),
    title=_("Atelier webinaire : %(name)s"),
    scenario=_("Prendre en main le webinaire"),
)
