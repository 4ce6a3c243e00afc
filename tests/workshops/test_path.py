"""The path of a workshop: steps known to the house, in pages that exist, ticked by what happened."""

from sqlalchemy import delete

from app.accounts import activity
from app.accounts.models import Activity, Mode
from app.assembly import ACTS, STEP_KINDS
from app.audiences import segments
from app.campaigns import service as campaigns
from app.workshops.kits import mass_sms
from app.workshops.path.steps import Step, checked_steps, done_in
from tests.factories import NOON, SOMEBODY, make_campaign, make_list, make_space


def test_each_step_is_done_on_a_page_that_exists(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments == {"slug"}}
    assert {kind.endpoint for kind in STEP_KINDS.values()} <= endpoints


def test_the_house_scenario_uses_known_steps():
    assert set(mass_sms.KIT.steps) <= set(STEP_KINDS)


def test_a_step_that_follows_another_is_not_ticked_before_it(database):
    """Leaving out somebody who said STOP long ago proves nothing: the room must have met a STOP first."""
    steps = [Step(STEP_KINDS[key], "", "", "", 1) for key in ("send", "handle_stop", "send_again")]
    sending, stop = ("campaign.scheduled", {"opted_out": 1}), ("contact.opted_out", {"channel": "sms"})
    seen = []
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        for verb, detail in (sending, stop, sending):
            activity.record(session, space.id, ACTS[verb], by=SOMEBODY, now=NOON, **detail)
            session.flush()
            seen.append(set(done_in(session, [space.id], steps)[space.id]))
    assert seen == [{"send"}, {"send", "handle_stop"}, {"send", "handle_stop", "send_again"}]


FIND = Step(STEP_KINDS["find_people"], "", "", "", 1)


def test_the_right_people_are_found_by_a_selection_made_or_written_to_and_by_nothing_else(database):
    rule = {"field": "first_name", "is": "starts_with", "value": "B"}
    by = {"by": SOMEBODY, "now": NOON}
    with database.transaction() as session:
        maker, writer = (make_space(session, mode=Mode.PRACTICE) for _ in range(2))
        ids = [maker.id, writer.id]
        made = {one: segments.make(session, one, name="En B", rule=rule, **by) for one in (maker, writer)}
        session.execute(delete(Activity).where(Activity.space_id == writer.id))  # as the house's own are: not theirs
        campaign = make_campaign(session, writer)
        everyone = make_list(session, writer)
        for audience in ({"lists": [everyone.id]}, {"lists": [], "segments": []}):
            campaigns.edit(session, campaign, body="Venez samedi", audience=audience, **by)
        segments.edit(session, writer, made[writer], name="Tous en B", **by)
        session.flush()
        assert [set(done_in(session, ids, [FIND])[one]) for one in ids] == [{"find_people"}, set()]
        campaigns.edit(session, campaign, audience={"lists": [], "segments": [made[writer].id]}, **by)
        session.flush()
        assert [set(done_in(session, ids, [FIND])[one]) for one in ids] == [{"find_people"}] * 2


def test_the_house_s_ninety_minutes_leave_it_to_the_trainers_who_choose_it():
    assert "find_people" not in mass_sms.KIT.steps
    assert checked_steps([{"key": "find_people"}], STEP_KINDS) == [{"key": "find_people"}]
