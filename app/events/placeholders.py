"""What a text about an event may say, and where its personal link leads."""

from zoneinfo import ZoneInfo

from app.audiences.recipients import Recipient
from app.contacts.models import Contact
from app.events.models import Event
from app.french.language import _
from app.french.typography import show_plain_day, show_plain_time

EVENT = "event"
"""The purpose of the personal link that opens an event's page."""
PLACES = ("prénom", "nom", "lien", "association", "titre", "jour", "heure", "lieu")
"""What a text may fill besides the names: the event's own words, plain as an SMS wants them."""
USUAL_REMINDER = _("Bonjour {prénom}, rendez-vous {jour} à {heure}, {lieu} : {titre}. Un souci ? {lien}")
USUAL_INVITATION = _("{prénom}, {association} : {titre}, {jour} {heure}, {lieu}. Vous venez ? {lien}")
USUAL_QUESTION = _("{association} : {titre}, {jour} {heure}, {lieu}. Vous venez ?")
"""Of a campaign, whose mention follows: without a first name it costs everybody one SMS, « Zoë » too."""
USUAL_QUESTION_AGAIN = _("{association} : {titre}, {jour} {heure}. Vous venez, oui ou non ?")
MOVED = _("Bonjour {prénom}, {titre} : ce sera {jour} à {heure}, {lieu}. Vous venez ? {lien}")
SEAT_FREED = _("{prénom}, une place s'est libérée : {titre}, {jour} {heure}, {lieu}. Un souci ? {lien}")
"""To the first of the waiting list: they said that they come, and may still say that they cannot."""
CALLED_OFF = _("Bonjour {prénom}, {titre}, {jour} à {heure}, est annulé. Désolés ! {lien}")
CALLED_OFF_WORDS = (
    CALLED_OFF,
    _("Bonjour {prénom}, {titre}, {jour} à {heure}, est annulé. Nous en sommes désolés. {lien}"),
)
"""What the news of a cancellation has said, the present words first: whoever read any of them knows."""


def recipient(person: Contact, event: Event, zone: str) -> Recipient:
    """Somebody, with what fills the places of their text; day and hour are those of ``zone``, where the event is."""
    local = ZoneInfo(zone)
    return Recipient(
        contact_id=person.id,
        phone=person.phone,
        fingerprint=person.fingerprint,
        values={
            "prénom": person.first_name,
            "nom": person.last_name,
            "titre": event.title,
            "jour": show_plain_day(event.starts_at, local),
            "heure": show_plain_time(event.starts_at, local),
            "lieu": event.place or (_("en ligne") if event.link else ""),
        },
        birth_year=person.birth_year,
        phone_is_parents=person.phone_is_parents,
    )


def fit(text: str, event: Event) -> str:
    """A text of ours without the place of an event that has none."""
    return text if event.place or event.link else text.replace(", {lieu}", "")
