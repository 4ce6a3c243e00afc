"""Parts of a page that ask again every second: nothing comes back until something has changed."""

import html
import re
from datetime import timedelta

from sqlalchemy import update

from app.accounts import activity
from app.accounts.models import Activity
from app.assembly import ACTS
from app.clock import utc_now
from app.messaging.status import Status
from app.workshops.seats.strip import HINT_AFTER
from tests.factories import SOMEBODY, make_campaign, make_mailing, make_message
from tests.messaging.desk import post_status

HTMX = {"HX-Request": "true"}


def address_of(page: str, part: str) -> str:
    """Where a part asks for itself."""
    found = re.search(
        rf'<(?:section|aside)[^>]* id="{part}".*?hx-get="([^"]+)"|hx-get="([^"]+)"[^>]* id="{part}"', page, re.S
    )
    assert found is not None
    return html.unescape(found[1] or found[2])


def test_the_path_comes_back_when_a_step_was_done_or_a_hint_is_due(database, opened, sit):
    client, sitting = sit(opened, "Amina")
    address = address_of(client.get(f"/e/{sitting.space.slug}/").text, "path")
    assert client.get(address, headers=HTMX).status_code == 204
    with database.transaction() as session:
        long_ago = utc_now() - HINT_AFTER - timedelta(seconds=5)
        session.execute(update(Activity).where(Activity.space_id == sitting.space.id).values(at=long_ago))
    hinted = client.get(address, headers=HTMX)
    assert hinted.status_code == 200
    address = address_of(hinted.text, "path")
    assert client.get(address, headers=HTMX).status_code == 204
    with database.transaction() as session:
        activity.record(session, sitting.space.id, ACTS["import.finished"], by=SOMEBODY, now=utc_now(), added=3)
        activity.record(session, sitting.space.id, ACTS["contact.opted_out"], by=SOMEBODY, now=utc_now(), channel="sms")
    assert client.get(address, headers=HTMX).status_code == 200


def test_the_progress_of_a_text_comes_back_with_each_receipt(database, settings, opened, sit):
    client, sitting = sit(opened, "Amina")
    space = sitting.space
    with database.transaction() as session:
        mailing = make_mailing(session, space)
        message = make_message(session, mailing, status=Status.SENT)
        campaign = make_campaign(session, space, mailing_id=mailing.id, stage="sending", send_at=utc_now())
    page = client.get(f"/e/{space.slug}/envoyer/{campaign.id}").text
    address = address_of(page, "progress")
    assert client.get(address, headers=HTMX).status_code == 204
    assert post_status(client, settings, message, space, MessageStatus="delivered").status_code == 204
    told = client.get(address, headers=HTMX)
    assert re.search(r"SMS arrivés\s: 1 sur 1", told.text)
    assert client.get(address_of(told.text, "progress"), headers=HTMX).status_code == 204
