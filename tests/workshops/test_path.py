"""The path of a workshop: steps known to the house, in pages that exist, ticked by what happened."""

from app.accounts import activity
from app.accounts.models import Mode
from app.assembly import ACTS, STEP_KINDS
from app.workshops.kits import mass_sms
from app.workshops.path.steps import Step, done_in
from tests.factories import NOON, SOMEBODY, make_space


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
