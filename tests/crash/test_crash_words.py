"""What `make crash` calls a failure, and what it does to the programs."""

from dataclasses import replace

import pytest

from bench import crash
from bench.crash import Asked
from bench.verdict import Verdict

WELL = Verdict(people=100, lost=0, doubled=0, texted_twice=0, unknown=0, strays=0)


@pytest.mark.parametrize("name", ["lost", "doubled", "texted_twice", "unknown", "strays"])
def test_anything_but_zero_is_told_and_is_a_failure(name):
    assert crash.wrongs(WELL) == {"lost": 0, "doubled": 0, "texted_twice": 0, "unknown": 0, "strays": 0}
    assert crash.wrongs(replace(WELL, **{name: 1}))[name] == 1


@pytest.mark.parametrize("seed", range(5))
def test_one_process_stands_still_past_every_grace_and_is_left_to(seed):
    blows = crash.draw_blows(Asked(messages=2_000, kills=40, seed=seed))
    still, awake = (next(one.at for one in blows if one.action == action) for action in (crash.PAUSE, crash.WAKE))
    assert awake - still == pytest.approx(crash.PAUSE_S)
    kills = [one for one in blows if one.action == crash.KILL]
    assert len(kills) == 40
    assert not any(one.name == crash.PAUSED and still <= one.at <= awake for one in kills)
    assert [one.action for one in blows].count(crash.RESTART) == 1
