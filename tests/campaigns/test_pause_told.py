"""A pause says what it does not reach: the texts already in a dispatcher's hand."""

import re

import pytest

from app.accounts.models import Role
from app.messaging.status import Status
from tests.factories import make_campaign, make_mailing, make_message, make_space, make_user, sign_in


@pytest.mark.parametrize(
    ("in_hand", "sentence"),
    [
        (2, "encore 2 en cours de remise, puis plus rien ne part"),
        (0, "Envoi en pause\N{NARROW NO-BREAK SPACE}: plus rien ne part"),
    ],
)
def test_a_pause_says_how_many_are_still_being_handed_over(client, database, in_hand, sentence):
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space)
        for status in [Status.QUEUED, *[Status.SENDING] * in_hand]:
            make_message(session, mailing, status=status)
        campaign = make_campaign(session, space, stage="sending", mailing_id=mailing.id)
        sign_in(client, session, make_user(session, space=space, role=Role.REFERENTE))
    home = f"/e/{space.slug}/envoyer/{campaign.id}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(home).text)[1]
    page = client.post(f"{home}/pause", data={"csrf_token": token}, follow_redirects=True).text
    plain = page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert sentence.replace("\N{NARROW NO-BREAK SPACE}", " ") in plain
    assert ("en cours de remise à l" in plain) is bool(in_hand)
