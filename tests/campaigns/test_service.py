"""What may be done with a campaign, when, and what stands in its way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.accounts.principal import SEAT, USER, Principal
from app.campaigns import launching, readiness, rules, service
from app.campaigns.rules import AFTERTHOUGHT, Stage
from app.clock import PARIS
from app.consent.families import Family
from app.errors import Conflict, RuleBroken
from app.messaging import outbox
from app.messaging.models import Mailing, MailingState
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space
from tests.together import together

PART = 75_000


def drafted(session, people=2, *, space=None, **words):
    """A space and a draft for so many people."""
    space = space or make_space(session)
    everyone = make_list(session, space)
    for _ in range(people):
        make_contact(session, space, on=everyone)
    words = {"audience": {"lists": [everyone.id], "contacts": [], "except": []}, **words}
    return space, make_campaign(session, space, **words)


def schedule(session, settings, space, campaign, *, confirmed=None, exception=None, at=NOON):
    words = {"at": at, "settings": settings, "now": NOON}
    rehearsal = readiness.rehearse(session, space, campaign, confirmed=confirmed, **words)
    return service.schedule(session, space, campaign, rehearsal, by=SOMEBODY, exception=exception, **words)


def act(name, session, settings, space, campaign):
    if name == "schedule":
        return schedule(session, settings, space, campaign)
    if name == "edit":
        return service.edit(session, campaign, by=SOMEBODY, now=NOON, body="Autre texte")
    return getattr(service, name)(session, campaign, by=SOMEBODY, now=NOON)


ALLOWED = {
    Stage.DRAFT: {"schedule", "edit", "remove"},
    Stage.SCHEDULED: {"unschedule", "pause", "cancel"},
    Stage.LAUNCHING: {"pause", "cancel"},
    Stage.SENDING: {"pause", "cancel"},
    Stage.PAUSED: {"resume", "cancel"},
    Stage.FINISHED: set(),
    Stage.CANCELLED: set(),
}
ACTIONS = ["schedule", "edit", "remove", "unschedule", "pause", "resume", "cancel"]


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_allows_its_own_actions_and_no_other(database, settings, stage):
    for action in ACTIONS:
        with database.transaction() as session:
            space, campaign = drafted(session)
            if stage is not Stage.DRAFT:
                schedule(session, settings, space, campaign)
                campaign.stage = stage
                session.flush()
            if action in ALLOWED[stage]:
                act(action, session, settings, space, campaign)
            else:
                with pytest.raises(Conflict) as refusal:
                    act(action, session, settings, space, campaign)
                assert refusal.value.code == f"campaign_{stage}"


def test_two_clicks_at_once_make_one_sending(database, settings):
    for _ in range(3):
        with database.transaction() as session:
            space, campaign = drafted(session)

        def click(space=space, campaign=campaign):
            try:
                with database.transaction() as session:
                    found = service.get(session, space.id, campaign.id, lock=True)
                    schedule(session, settings, space, found)
                    return "scheduled"
            except Conflict as refusal:
                return refusal.code

        answers = sorted(together(click, click, click))
        assert answers == ["campaign_scheduled", "campaign_scheduled", "scheduled"]
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == 3


def test_what_is_confirmed_is_what_was_read(database, settings):
    with database.transaction() as session:
        space, campaign = drafted(session)
        read = readiness.version(session, space, campaign, settings=settings, now=NOON)
        service.edit(session, campaign, by=SOMEBODY, now=NOON, body="Tout autre chose")
        with pytest.raises(Conflict) as refusal:
            schedule(session, settings, space, campaign, confirmed=read)
        assert refusal.value.code == "campaign_changed"
        read = readiness.version(session, space, campaign, settings=settings, now=NOON)
        schedule(session, settings, space, campaign, confirmed=read)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON - timedelta(minutes=3), "time_past"),
        (datetime(1, 1, 1, tzinfo=UTC), "time_past"),
        (datetime.max.replace(tzinfo=UTC), "time_too_far"),
        (NOON + timedelta(days=400), "time_too_far"),
    ],
)
def test_a_time_that_cannot_be_is_refused(database, settings, at, code):
    with database.transaction() as session:
        space, campaign = drafted(session)
        with pytest.raises(RuleBroken) as refusal:
            schedule(session, settings, space, campaign, at=at)
        assert refusal.value.code == code


SUNDAY_NIGHT = datetime(2026, 3, 8, 2, tzinfo=UTC)


def test_sending_anyhow_is_a_name_an_end_and_a_window(database, settings):
    morning, monday = datetime(2026, 3, 8, 10, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)
    found = {}
    for family, at in ((Family.SERVICE, SUNDAY_NIGHT), (Family.CHARITABLE, morning)):
        with database.transaction() as session:
            space, campaign = drafted(session, family=family)
            exception = rules.take_exception(family, space.zone, at, by=SOMEBODY.name)
            schedule(session, settings, space, campaign, at=at, exception=exception)
            mailing = session.get_one(Mailing, campaign.mailing_id)
            assert (mailing.exception_by, campaign.ignores_hours_by) == (SOMEBODY.name, SOMEBODY.name)
            found[family] = (mailing.exception_window, mailing.exception_until, mailing.expires_at)
    assert found == {
        Family.SERVICE: ("any_hour", SUNDAY_NIGHT.replace(hour=7), None),
        Family.CHARITABLE: ("urgent", monday, monday),
    }


def test_what_sells_is_never_sent_anyhow():
    with pytest.raises(RuleBroken) as refusal:
        rules.take_exception(Family.COMMERCIAL, "Europe/Paris", SUNDAY_NIGHT, by="Zoé")
    assert refusal.value.code == "hours_hold"
    assert rules.take_exception(Family.COMMERCIAL, "Europe/Paris", NOON, by="Zoé") is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"body": "  "}, "body_empty"),
        ({"body": "x" * 1700}, "body_too_long"),
        ({"body": "Bonjour {prenoom}"}, "unknown_field"),
        ({"body": "Répondez OUI"}, "reply_to_one_way"),
        ({"sender": "SMS"}, "sender_generic"),
        ({"sender": "0612345678"}, "sender_mobile"),
        ({"audience": {"lists": [], "contacts": [], "except": []}}, "audience_empty"),
        ({"budget_micros": 2 * PART - 1}, "over_budget"),
    ],
)
def test_what_is_missing_is_said_when_it_is_scheduled(database, settings, words, code):
    with database.transaction() as session:
        space, campaign = drafted(session, **words)
        with pytest.raises(RuleBroken) as refusal:
            schedule(session, settings, space, campaign)
        assert refusal.value.code == code
        assert campaign.stage is Stage.DRAFT


def test_a_draft_begun_before_the_sender_was_chosen_leaves_under_it(database, settings):
    with database.transaction() as session:
        space, campaign = drafted(session, sender="")
        schedule(session, settings, space, campaign)
        assert session.get_one(Mailing, campaign.mailing_id).sender == space.sender


def test_a_space_without_a_sender_is_told_so(database, settings):
    with database.transaction() as session:
        space, campaign = drafted(session, space=make_space(session, sender=""))
        with pytest.raises(RuleBroken) as refusal:
            schedule(session, settings, space, campaign)
        assert refusal.value.code == "sender_missing"


def test_the_month_s_budget_counts_what_is_spent_and_what_is_promised(database, settings):
    with database.transaction() as session:
        space = make_space(session, budget_micros=PART * 5)
        later = NOON + timedelta(days=1)
        for _ in range(2):
            _space, campaign = drafted(session, 2, space=space)
            schedule(session, settings, space, campaign, at=later)
        launching.write_batch(session, campaign, limit=500, settings=settings, now=later)
        with pytest.raises(RuleBroken) as refusal:
            schedule(session, settings, *drafted(session, 2, space=space))
        assert refusal.value.code == "over_monthly_budget"
        schedule(session, settings, *drafted(session, 1, space=space))


def test_two_campaigns_at_once_never_share_the_same_money(database, settings):
    with database.transaction() as session:
        space = make_space(session, budget_micros=PART * 3)
        campaigns = [drafted(session, 2, space=space)[1] for _ in range(3)]

    def click(campaign):
        try:
            with database.transaction() as session:
                schedule(session, settings, space, service.get(session, space.id, campaign.id, lock=True))
                return "scheduled"
        except RuleBroken as refusal:
            return refusal.code

    answers = together(*[lambda one=one: click(one) for one in campaigns])
    assert sorted(answers) == ["over_monthly_budget", "over_monthly_budget", "scheduled"]


def test_within_the_thirty_seconds_nothing_has_left_and_the_draft_comes_back(database, settings):
    with database.transaction() as session:
        space, campaign = drafted(session)
        schedule(session, settings, space, campaign, at=NOON + AFTERTHOUGHT)
        assert launching.claim_due(session, now=NOON + AFTERTHOUGHT - timedelta(seconds=1)) is None
        service.unschedule(session, campaign, by=SOMEBODY, now=NOON)
        assert (campaign.stage, campaign.mailing_id) == (Stage.DRAFT, None)
        assert session.scalar(select(func.count()).select_from(Mailing)) == 0
        assert launching.claim_due(session, now=NOON + timedelta(hours=1)) is None
        schedule(session, settings, space, campaign)


def test_a_pause_holds_and_a_resume_goes_on_where_it_was(database, settings):
    with database.transaction() as session:
        space, campaign = drafted(session)
        schedule(session, settings, space, campaign)
        service.pause(session, campaign, by=SOMEBODY, now=NOON)
        assert launching.claim_due(session, now=NOON) is None
        service.resume(session, campaign, by=SOMEBODY, now=NOON)
        assert campaign.stage is Stage.SCHEDULED
        launching.write_batch(session, campaign, limit=500, settings=settings, now=NOON)
        service.pause(session, campaign, by=SOMEBODY, now=NOON)
        assert outbox.claim(session, settings=settings, now=NOON, limit=10) == []
        service.resume(session, campaign, by=SOMEBODY, now=NOON)
        assert campaign.stage is Stage.SENDING
        assert session.get_one(Mailing, campaign.mailing_id).state is MailingState.OPEN
        session.flush()


def test_another_space_s_people_and_lists_are_unknown(database, settings):
    with database.transaction() as session:
        _space, campaign = drafted(session)
        other = make_space(session, mode=Mode.PRACTICE)
        theirs = {"lists": [make_list(session, other).id], "contacts": [], "except": []}
        person = {"lists": [], "contacts": [make_contact(session, other).id], "except": []}
        for audience in (theirs, person, {"lists": [2**31 - 1]}):
            with pytest.raises(RuleBroken) as refusal:
                service.edit(session, campaign, by=SOMEBODY, now=NOON, audience=audience)
            assert refusal.value.code == "audience_unknown"


def test_a_misspelt_word_is_never_dropped_in_silence(database):
    with database.transaction() as session:
        campaign = make_campaign(session, make_space(session))
        with pytest.raises(TypeError, match="bodie"):
            service.edit(session, campaign, by=SOMEBODY, now=NOON, bodie="Bonjour")


def test_a_blank_draft_is_opened_again_by_its_maker_and_not_by_a_namesake(database):
    odile, namesake = (Principal(USER, number, "Odile") for number in (12, 13))
    with database.transaction() as session:
        space = make_space(session)
        blank = service.draft(session, space, by=odile, now=NOON)
        assert service.find_blank(session, space.id, by=odile).id == blank.id
        assert service.find_blank(session, space.id, by=namesake) is None
        assert service.find_blank(session, space.id, by=Principal(SEAT, 12, "Odile")) is None


def test_a_sending_lasts_as_long_across_the_night_when_the_hour_changes(database, settings):
    at = datetime(2026, 3, 28, 20, tzinfo=PARIS)
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        ends = []
        for one in (at, at.astimezone(UTC)):
            campaign = drafted(session, space=space)[1]
            schedule(session, settings, space, campaign, at=one)
            ends.append(campaign.not_after)
        assert ends[0] == ends[1] == at.astimezone(UTC) + timedelta(hours=24)
