"""What the bench of memory says of a process: its first third, its last, and which one grew most."""

from bench.growing.days import Told


def test_a_process_is_told_by_its_thirds_and_the_one_that_grew_most_is_named():
    told = Told([{"web": 100 + at // 3, "jobs": 150 + 5 * at} for at in range(9)], {"web": 103, "jobs": 190})
    assert told.thirds("jobs") == (155, 185)
    assert (told.grown("web"), told.grown("jobs"), told.worst) == (2, 30, "jobs")
