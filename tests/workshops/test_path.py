"""The path of a workshop: steps known to the house, in pages that exist, ticked by what happened."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete

from app.accounts import activity
from app.accounts.models import Activity, Mode
from app.assembly import ACTS, STEP_KINDS
from app.audiences import segments
from app.campaigns import service as campaigns
from app.database.ids import SpaceId
from app.workshops.alone import service as alone
from app.workshops.kits import mass_sms
from app.workshops.models import Kind, Scenario
from app.workshops.path.steps import Step, Trail, checked_steps, done_in, house_steps, steps_of
from tests.factories import NOON, SOMEBODY, make_campaign, make_list, make_space

ROOT = Path(__file__).resolve().parents[2]
TOLD_IN = ("steps", "words", "mass_sms_notes")
"""Where a lesson speaks of pages, and no page is."""


def test_each_step_is_done_on_a_page_that_exists(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments == {"slug"}}
    assert {kind.endpoint for kind in STEP_KINDS.values()} <= endpoints


def test_the_houses_path_takes_ninety_minutes_and_each_of_its_steps_has_notes():
    """Whatever steps are added later: a room has an hour and a half."""
    steps = steps_of(Scenario(kind=Kind.MASS_SMS, house_kind=Kind.MASS_SMS, steps=[{"key": "send"}]), STEP_KINDS)
    assert [step.key for step in steps] == list(mass_sms.KIT.steps)
    assert sum(step.minutes for step in steps) == 90
    assert all(step.notes and len(step.notes.rows) == 4 for step in steps)
    assert all(step.kind.button for step in steps)


def test_each_hint_names_what_stands_on_a_page():
    """« Importer … lignes » stands there with a figure in it."""
    written = [*ROOT.glob("templates/**/*.html"), *(one for one in ROOT.glob("app/**/*.py") if one.stem not in TOLD_IN)]
    said = re.sub(r"%\(\w+\)s", "…", " ".join(one.read_text(encoding="utf-8") for one in written))
    paths = (*house_steps(Kind.MASS_SMS, STEP_KINDS), *alone.steps(STEP_KINDS))
    named = {name for step in paths for name in re.findall(r"« ([^«»]+) »", step.hint)}
    assert len(named) > 20
    assert sorted(name for name in named if f'"{name}' not in said) == []


@pytest.mark.parametrize(
    ("verb", "detail", "ticked"),
    [
        ("seat.joined", {}, {"welcome"}),
        ("alone.begun", {}, {"welcome"}),
        ("handset.held", {}, {"hold_a_phone"}),
        ("import.finished", {}, {"import_list"}),
        ("import.refusals_read", {}, {"spot_bad_numbers"}),
        ("campaign.edited", {"parts": 1, "signs": 90}, {"write_one_sms"}),
        ("campaign.edited", {"parts": 2, "signs": 90}, set()),
        ("campaign.edited", {"parts": 1, "signs": 5}, set()),
        ("campaign.reviewed", {}, {"see_the_price"}),
        ("campaign.scheduled", {"opted_out": 1}, set()),
        ("campaign.stopped", {}, {"stop_in_time"}),
        ("campaign.cancelled", {}, set()),
        ("campaign.launched", {}, {"send"}),
        ("campaign.failures_read", {}, {"follow"}),
        ("reply.received", {}, set()),
        ("reply.handled", {}, {"read_reply"}),
        ("contact.opted_out", {"channel": "link"}, {"handle_stop"}),
        ("contact.opted_out", {"channel": "voice"}, set()),
        ("reminder.made", {}, {"set_reminder"}),
        ("reminder.sent", {}, {"reminder_leaves"}),
        ("workshop.day_passed", {}, set()),
        ("alone.monday_said", {}, {"monday"}),
    ],
)
def test_each_step_is_ticked_by_what_really_happened_and_by_nothing_else(verb, detail, ticked):
    steps = [Step(STEP_KINDS[key], "", "", "", 1) for key in mass_sms.KIT.steps]
    assert set(Trail({SpaceId(1): [(verb, detail, NOON)]}, {}).done(SpaceId(1), steps)) == ticked


def test_a_step_that_follows_another_is_not_ticked_before_it(database):
    """Leaving out somebody who said STOP long ago proves nothing: the room must have met a STOP first."""
    steps = [Step(STEP_KINDS[key], "", "", "", 1) for key in ("handle_stop", "send_again")]
    sending, stop = ("campaign.scheduled", {"opted_out": 1}), ("contact.opted_out", {"channel": "sms"})
    seen = []
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        for verb, detail in (sending, stop, sending):
            activity.record(session, space.id, ACTS[verb], by=SOMEBODY, now=NOON, **detail)
            session.flush()
            seen.append(set(done_in(session, [space.id], steps)[space.id]))
    assert seen == [set(), {"handle_stop"}, {"handle_stop", "send_again"}]


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
