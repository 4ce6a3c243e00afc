"""Every text of ours is one SMS, whatever the day, and says its day plainly."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.contacts.models import Contact
from app.events.knowledge import is_true
from app.events.models import Event
from app.events.placeholders import (
    CALLED_OFF,
    MOVED,
    PLACES,
    USUAL_INVITATION,
    USUAL_QUESTION,
    USUAL_QUESTION_AGAIN,
    USUAL_REMINDER,
    recipient,
)
from app.french.typography import show_plain_day
from app.messaging.body.mention import with_mention
from app.messaging.body.parts import GSM, part_count
from app.messaging.body.text import render
from app.messaging.messages import with_link
from app.workshops.planning.invitations import USUAL_INVITATION as WORKSHOP_INVITATION
from app.workshops.real.first_sms import USUAL as FIRST_SMS

LINK = "https://tambour.example/r/" + "x" * 14
FIRST_DAY = datetime(2028, 1, 1, 17, 30, tzinfo=UTC)
"""Of a leap year, at an hour that takes five characters in Paris, summer and winter."""
TEXTS = {
    "the reminder": USUAL_REMINDER,
    "the invitation": USUAL_INVITATION,
    "the question of a campaign": with_mention(USUAL_QUESTION, asks=True, known=PLACES),
    "the question asked again": with_mention(USUAL_QUESTION_AGAIN, asks=True, known=PLACES),
    "the news of another day": MOVED,
    "the news of a cancellation": CALLED_OFF,
    "the invitation to a workshop": WORKSHOP_INVITATION,
    "the first real SMS": FIRST_SMS,
}
LONG = {"prénom": "Marie-France", "association": "Les Amis du Quai", "lien": LINK}
"""Names as long as most are, all of them in GSM-7."""
PERSON = Contact(id=1, first_name="Marie-France", last_name="Delacour", phone="+33639980001", fingerprint="x")


def collecte(starts_at):
    return Event(title="Collecte alimentaire", place="Gymnase Camus", link="", starts_at=starts_at)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_is_one_sms_every_day_of_the_year(text):
    body = with_link(text, known=PLACES)
    for day in range(366):
        who = recipient(PERSON, collecte(FIRST_DAY + timedelta(days=day)), "Europe/Paris")
        composed = render(body, {**who.values, **LONG})
        assert GSM.issuperset(composed), composed
        assert part_count(composed) == 1, composed


def test_a_day_of_a_text_message_has_no_circumflex_and_stays_legible():
    days = [show_plain_day(FIRST_DAY + timedelta(days=one), ZoneInfo("Europe/Paris")) for one in range(366)]
    assert all(GSM.issuperset(day) for day in days)
    assert days[213] == "mardi 1er aout"
    assert days[335] == "vendredi 1er décembre"


def test_what_told_of_august_with_its_circumflex_is_still_true():
    who = recipient(PERSON, collecte(FIRST_DAY.replace(month=8)), "Europe/Paris")
    sent = render(USUAL_REMINDER, {**who.values, "lien": LINK, "jour": "mardi 1er août"})
    assert is_true(USUAL_REMINDER, sent, who)
    assert not is_true(USUAL_REMINDER, sent.replace("1er", "2"), who)
