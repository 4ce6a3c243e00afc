"""The pages of a sending say the hour that it leaves at, not the one that was wished."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from marshmallow import ValidationError

from app.accounts.models import Mode, Role, Space
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.campaigns.schemas import ConfirmForm
from app.clock import PARIS, utc_now
from app.consent.families import Family
from app.messaging.models import Reply
from tests.contacts.test_pages import Walker
from tests.factories import make_campaign, make_contact, make_list, make_space, make_user, sign_in


def walker_before(database, client, mode=Mode.LIVE, zone="Europe/Paris", **words):
    """An équipière, and a draft for one person of a space."""
    with database.transaction() as session:
        space = make_space(session, mode=mode, zone=zone)
        everyone = make_list(session, space)
        make_contact(session, space, on=everyone, phone="+33612345678")
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience, **words)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space), campaign


@time_machine.travel(datetime(2026, 11, 27, 2, tzinfo=UTC))
def test_the_first_day_to_choose_is_today_where_the_association_is(client, database):
    """In Tahiti it is four in the afternoon of the day before: the evening is still to come."""
    walker, campaign = walker_before(database, client, zone="Pacific/Tahiti")
    for page in ("relire", "question"):
        shown = walker.get(f"/envoyer/{campaign.id}/{page}").text
        assert re.findall(r'min="(2026-[^"]+)"', shown) == ["2026-11-26"], page


def next_bastille_day():
    today = utc_now().astimezone(PARIS).date()
    return next(one for year in (today.year, today.year + 1) if (one := today.replace(year, 7, 14)) > today)


def test_a_call_for_a_holiday_says_when_it_leaves_before_and_after_the_press(client, database):
    walker, campaign = walker_before(database, client)
    day, home = next_bastille_day(), f"/envoyer/{campaign.id}"
    chosen = {"when": "later", "day": day.isoformat(), "hour": "10:00"}
    before = walker.get(f"{home}/relire/quand", query_string=chosen).words
    assert f"14 juillet {day.year}, férié : partira" in before
    page = walker.get(f"{home}/relire").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    after = walker.post(f"{home}/programmer", _from=f"{home}/relire", version=version, **chosen).words
    assert before.strip() in after
    assert ("Modifier" in after, "Le texte" in after, "Le texte envoyé" in after) == (True, True, False)
    assert walker.get(f"{home}/relire/quand", query_string={**chosen, "day": ""}).words == ""
    listed = walker.get("/envoyer").words
    assert ("il nous manque des bras" in listed, f"{day:%d/%m/%Y}" in listed) == (True, False), "nor does the list"


def test_a_practice_space_tells_the_hours_that_it_does_not_keep(client, database):
    walker, campaign = walker_before(database, client, mode=Mode.PRACTICE)
    day = next_bastille_day()
    chosen = {"when": "later", "day": day.isoformat(), "hour": "10:00"}
    told = walker.get(f"/envoyer/{campaign.id}/relire/quand", query_string=chosen).words
    assert f"14 juillet {day.year}, férié : pour de bon, partirait" in told
    assert "Ici, le départ n'attend pas." in told


def test_the_review_of_a_real_space_names_what_lacks_and_whom_nothing_is_sent_to(client, database):
    walker, campaign = walker_before(database, client, sender="")
    home = f"/envoyer/{campaign.id}"
    review = walker.get(f"{home}/relire")
    assert "de la part de Emmaus80" in review.words, "a draft begun before the sender was chosen"
    assert "Avant d'écrire pour de bon, 4 points restent à faire" in review.words
    assert "Vos bénévoles sont prévenus" in review.words
    assert "numéro inventé" not in review.words
    with database.transaction() as session:
        space = session.get_one(Space, campaign.space_id)
        invented = make_contact(session, space, first_name="Zoé", last_name="Petit")
        draft = session.get_one(Campaign, campaign.id)
        draft.audience = {**draft.audience, "contacts": [invented.id]}
    review = walker.get(f"{home}/relire").words
    assert ("1 personne a un numéro inventé" in review, "Envoyer à 2 personnes" in review) == (True, True)
    with database.transaction() as session:
        session.get_one(Campaign, campaign.id).audience = {"lists": [], "contacts": [invented.id]}
    review = walker.get(f"{home}/relire")
    assert ("Tous ces numéros sont inventés" in review.words, "Envoyer à" in review.words) == (True, False)
    version = review.text.partition('name="version" value="')[2].partition('"')[0]
    refused = walker.post(f"{home}/programmer", _from=f"{home}/relire", version=version, when="now").words
    assert "Envoyer à" not in refused
    with database.snapshot() as session:
        assert session.get_one(Campaign, campaign.id).stage is Stage.DRAFT


def test_what_only_a_script_makes_true_is_said_by_the_script(client, database):
    walker, campaign = walker_before(database, client)
    page = walker.get(f"/envoyer/{campaign.id}/ecrire").text
    assert '<span class="scripts-only">Ce que vous tapez est enregistré au fur et à mesure.</span>' in page
    assert re.search(r"<noscript>\s*Compté à l’ouverture de la page", page)


def test_what_sells_is_offered_no_way_around_the_hours(client, database):
    walker, campaign = walker_before(database, client, family=Family.COMMERCIAL)
    assert "ignores_hours" not in walker.get(f"/envoyer/{campaign.id}/relire").text


def test_the_review_says_who_waits_for_their_reply_to_be_read(database, client):
    walker, campaign = walker_before(database, client)
    assert "peut-être une demande" not in walker.get(f"/envoyer/{campaign.id}/relire").words
    words = {"account_sid": "AC1", "carrier_sid": "SM1", "body": "Laissez-moi", "meaning": "unclear", "at": utc_now()}
    with database.transaction() as session:
        session.add(Reply(space_id=campaign.space_id, phone="+33612345678", **words))
    assert "1 personne a écrit ce qui est peut-être une demande" in walker.get(f"/envoyer/{campaign.id}/relire").words


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_half_past_two_of_a_night_that_changes_hour_is_questioned(day):
    words = {"version": "v", "when": "later", "day": day}
    with pytest.raises(ValidationError) as refused:
        ConfirmForm().load({**words, "hour": "02:30"})
    assert "on change d'heure" in refused.value.messages["day"][0]
    assert ConfirmForm().load({**words, "hour": "03:00"})["at"].hour == 3
