"""The path of a workshop: steps known to the house, in pages that exist, ticked by what happened."""

from app.assembly import STEP_KINDS
from app.workshops.scenarios import HOUSE_STEPS


def test_each_step_is_done_on_a_page_that_exists(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments == {"slug"}}
    assert {kind.endpoint for kind in STEP_KINDS.values()} <= endpoints


def test_the_house_scenario_uses_known_steps():
    assert set(HOUSE_STEPS) <= set(STEP_KINDS)
