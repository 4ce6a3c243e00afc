"""What a page carries of the people it showed."""

import zlib
from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from app.audiences.lines import Joint, Line, Lines, lines_of
from app.audiences.rules import Condition, Group, GroupKind
from app.audiences.seen import MAX_BYTES, change_since, seen

YOUNG, OLD = Condition("age", "under", 35), Condition("age", "over", 60)
IDS = st.sets(st.integers(1, 10**9), max_size=50)


@given(IDS, IDS)
def test_who_came_and_who_left_is_counted(before: set[int], now: set[int]) -> None:
    change = change_since(seen(YOUNG, before), YOUNG, now)
    assert (change.came, change.left) == (len(now - before), len(before - now))
    assert bool(change) is (before != now)
    assert change_since(seen(YOUNG, before), OLD, before).is_other_rule


def test_a_word_of_nobody_s_is_a_change_and_never_a_long_one() -> None:
    assert len(seen(YOUNG, range(1, 10_001))) < 200
    bomb = urlsafe_b64encode(zlib.compress(b"1," * MAX_BYTES)).decode()
    for word in ("", "x", "x.é", "x.AAAA", f"x.{bomb}", f"x.{urlsafe_b64encode(zlib.compress(b'un')).decode()}"):
        change = change_since(word, YOUNG, [1])
        assert change and change.came is None, word


def test_what_was_added_from_nobody_is_one_line_of_choice_from_everybody() -> None:
    either = Group(GroupKind.ANY, (YOUNG, OLD))
    assert lines_of(either).from_nobody
    assert lines_of(either).gathered() == Lines((Line(Joint.AND, (YOUNG, OLD)),))
    assert lines_of(YOUNG).gathered() == lines_of(YOUNG)
