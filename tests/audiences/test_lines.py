"""The lines of the page say the rule and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audiences.lines import Joint, lines_of
from app.audiences.rules import Condition, Group, GroupKind, canonical
from app.errors import NotFound, RuleBroken

A, B, C, D = (Condition("tags", "has", (at,)) for at in range(4))
CONDITIONS = st.sampled_from([A, B, C, D])


def groups(inside):
    return st.builds(Group, st.sampled_from(GroupKind), st.lists(inside, min_size=1, max_size=4).map(tuple))


RULES = CONDITIONS | groups(CONDITIONS | groups(CONDITIONS | groups(CONDITIONS)))


def both(*rules):
    return Group(GroupKind.ALL, rules)


def either(*rules):
    return Group(GroupKind.ANY, rules)


def none(*rules):
    return Group(GroupKind.NONE, rules)


@given(RULES)
def test_the_lines_of_a_rule_say_that_rule(rule):
    assert lines_of(rule).rule() == canonical(rule)


@given(RULES, CONDITIONS, st.sampled_from([Joint.AND, Joint.EXCEPT]))
def test_a_line_added_and_taken_out_leaves_the_rule_as_it_was(rule, condition, joint):
    before = lines_of(rule)
    after = before.adding(condition, joint)
    at = next(at for at, line in enumerate(after.lines) if at >= len(before.lines) or line != before.lines[at])
    assert after.without(at).rule() == canonical(rule)


@given(RULES, st.booleans())
def test_where_it_starts_is_kept_with_the_rule(rule, from_nobody):
    assert canonical(lines_of(rule).stored()) == canonical(rule)
    turned = lines_of(rule).starting(from_nobody=from_nobody)
    if all(line.joint is Joint.EXCEPT for line in turned.lines) and from_nobody:
        with pytest.raises(RuleBroken, match="qui ajoute quelqu'un"):
            turned.stored()
        return
    again = lines_of(turned.stored())
    assert again.from_nobody is from_nobody
    assert again.stored() == turned.stored()
    for line in range(1, len(turned.lines)):
        turned.until(line).rule()


def test_from_nobody_lines_add_and_from_everybody_they_leave_out():
    lines = lines_of(both(A, either(B, C), none(D)))
    assert not lines.from_nobody
    turned = lines.starting(from_nobody=True)
    assert turned.stored() == either(both(either(A, B, C), none(D)))
    assert [line.joint for line in lines_of(turned.stored()).lines] == [Joint.OR] * 3 + [Joint.EXCEPT]
    assert turned.starting(from_nobody=False).rule() == both(A, B, C, none(D))
    alone = lines_of(A).starting(from_nobody=True)
    assert alone.stored() == either(A)
    assert lines_of(alone.stored()).adding(B, Joint.AND).rule() == either(A, B)
    assert lines_of(both(either(A, B))).stored() == both(either(A, B))
    assert lines_of(both(either(A, B))).adding(C, Joint.AND).rule() == both(either(A, B), C)


def test_from_nobody_an_exception_alone_is_refused():
    lines = lines_of(either(both(A, none(B))))
    with pytest.raises(RuleBroken, match="qui ajoute quelqu'un"):
        lines.without(0).rule()


def test_an_exception_stays_last_and_holds_for_every_choice():
    lines = lines_of(either(A, B)).adding(C, Joint.EXCEPT)
    assert lines.rule() == both(either(A, B), none(C))
    assert lines.adding(D, Joint.AND).rule() == both(either(A, B, D), none(C))
    assert lines_of(both(A, none(C))).adding(D, Joint.AND).rule() == both(A, D, none(C))


def test_a_choice_beside_another_is_one_line():
    lines = lines_of(both(A, B)).adding(C, Joint.AND, beside=1)
    assert lines.rule() == both(A, either(B, C))
    assert lines.replacing(1, 0, D).rule() == both(A, either(D, C))
    assert lines.without(1, 1).rule() == both(A, B)
    assert lines.without(1).rule() == A


def test_the_last_line_is_not_taken_out_and_a_line_gone_is_said():
    with pytest.raises(RuleBroken, match="au moins une ligne"):
        lines_of(A).without(0).rule()
    for at in (-1, 1):
        with pytest.raises(NotFound):
            lines_of(A).without(at)
        with pytest.raises(NotFound):
            lines_of(A).replacing(0, at, B)


def test_what_is_nested_deeper_is_one_choice_that_cannot_be_edited():
    lines = lines_of(both(A, either(B, both(C, D))))
    assert [line.is_editable for line in lines.lines] == [True, False]
