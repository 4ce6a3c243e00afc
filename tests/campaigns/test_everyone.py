"""« Tout le monde » is everybody whom the space has, and no list of that name."""

from app.accounts.models import Mode, Role
from app.campaigns import service
from app.campaigns.models import Campaign
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space, make_user, sign_in


def test_everybody_is_one_tick_and_never_what_a_program_left_of_it(database, client):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.LIVE)
        some = make_list(session, space)
        make_contact(session, space, on=some, phone="+33612345678")
        make_contact(session, space, phone="+33612345679")
        out = make_contact(session, space, phone="+33612345670")
        make_contact(session, space, phone="+33612345671", archived_at=NOON)
        consent.object_to(session, space.id, out.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
        campaign = make_campaign(session, space)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, home = Walker(client, space), f"/envoyer/{campaign.id}"
    assert "Tout le monde 3 personnes" in walker.get(f"{home}/ecrire").words
    words = {"body": campaign.body, "family": Family.CHARITABLE.value, "everyone": "1", "then": "review"}
    review = walker.post(f"{home}/ecrire", _from=f"{home}/ecrire", **words).words
    assert "À tous vos bénévoles. 2 personnes le recevront." in review
    assert "1 personne ne le recevra pas" in review
    writing = walker.get(f"{home}/ecrire").text
    assert 'name="everyone" value="1" checked' in writing
    with database.transaction() as session:
        again = service.copy(session, space, session.get_one(Campaign, campaign.id), by=SOMEBODY, now=NOON)
        assert again.audience["everyone"]
        service.edit(session, again, audience={"lists": [some.id], "contacts": []}, by=SOMEBODY, now=NOON)
        assert again.audience == {"lists": [some.id], "segments": [], "contacts": [], "except": []}
