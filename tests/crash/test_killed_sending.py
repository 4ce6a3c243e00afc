"""A short `make crash`: programs killed, one that stands still, a clock ahead, bad weather: nobody lost or doubled."""

import pytest

from bench import crash
from bench.databases import KINDS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", KINDS)
def test_programs_killed_while_texts_leave_forget_nobody_and_text_nobody_twice(kind):
    assert crash.main(["MESSAGES=300", "KILLS=3", f"DATABASE={kind}"]) == 0
