"""« Refaire cet envoi »: the same words, and to whom is asked again; who is gone since is said."""

from app.accounts.models import Role
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.contacts import lists
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_mailing, make_space, make_user
from tests.factories import sign_in as signed


def test_a_text_is_used_again_without_those_who_are_gone(app, database):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session)
        kept, gone = make_list(session, space), make_list(session, space)
        here, away = make_contact(session, space, on=kept), make_contact(session, space)
        campaign = make_campaign(
            session,
            space,
            name="Collecte",
            stage=Stage.FINISHED,
            mailing_id=make_mailing(session, space).id,
            audience={"lists": [kept.id, gone.id], "contacts": [here.id, away.id], "except": []},
        )
        session.delete(away)
        lists.remove(session, gone, by=SOMEBODY, now=NOON)
        signed(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    answer = client.post(f"/e/{space.slug}/envoyer/{campaign.id}/copier", follow_redirects=True)
    assert answer.status_code == 200
    assert "Copié sans 2 listes ou personnes" in answer.text
    with database.snapshot() as session:
        again = session.get_one(Campaign, campaign.id + 1)
        assert again.audience == {"lists": [], "segments": [], "contacts": [here.id], "except": []}
        assert (again.body, again.name) == (campaign.body, "Collecte (copie)")
