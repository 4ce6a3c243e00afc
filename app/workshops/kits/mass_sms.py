"""The mass SMS workshop: import a list, write a text, send it to pretend people, and see what comes back."""

from app.french.language import _
from app.workshops.kits.kit import Kit, Part, Practice
from app.workshops.kits.mass_sms_notes import NOTES
from app.workshops.models import Kind
from app.workshops.practice import contents

KIT = Kit(
    kind=Kind.MASS_SMS,
    words=_("SMS groupé"),
    title=_("Atelier : %(name)s"),
    scenario=_("Prendre en main le SMS groupé"),
    steps=(
        "import_list",
        "spot_bad_numbers",
        "write_one_sms",
        "see_the_price",
        "send",
        "follow",
        "handle_stop",
        "send_again",
        "set_reminder",
        "reminder_leaves",
    ),
    notes=NOTES,
    practice=Practice(fill=contents.fill, sender=contents.SENDER, two_way=True),
    parts=frozenset(Part),
)
