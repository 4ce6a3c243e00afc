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
        "welcome",
        "hold_a_phone",
        "import_list",
        "spot_bad_numbers",
        "write_one_sms",
        "see_the_price",
        "stop_in_time",
        "send",
        "follow",
        "read_reply",
        "handle_stop",
        "send_again",
        "set_reminder",
        "reminder_leaves",
        "monday",
    ),
    notes=NOTES,
    practice=Practice(fill=contents.fill, sender=contents.NAME, two_way=False, number=contents.SENDER),
    parts=frozenset(Part),
)
