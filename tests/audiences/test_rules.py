"""A rule's shape: what is read, what is refused and where, what says the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audiences import rules
from app.audiences.fields import Ask, Fields, Question, SegmentField
from app.audiences.operators import FieldType
from app.audiences.rules import Condition, Fault, Group, GroupKind, Near, Rule
from app.audiences.values import Choice
from app.errors import RuleBroken

ALL, ANY, NONE = GroupKind


class Nothing:
    """Compares nothing: these tests are about shapes."""

    def sql(self, ask: Ask) -> Any:
        raise NotImplementedError(ask)

    ids = sql

    def holds(self, fact: Any, ask: Ask) -> bool:
        raise NotImplementedError(ask, fact)


def entry(name: str, type: FieldType, **words: Any) -> SegmentField:
    return SegmentField(name, name, Question.WHO, type, Nothing(), **words)


FIELDS = Fields(
    (
        entry("first_name", FieldType.TEXT),
        entry("age", FieldType.NUMBER, min=0, max=130),
        entry("created", FieldType.DATE),
        entry("tags", FieldType.CHOICES, choices=(Choice(7, "Permis B"), Choice(9, "12"), Choice(12, "Nantes"))),
        entry("member", FieldType.YES_NO),
        entry("place", FieldType.PLACE, find_place={"80000": "80000", "Amiens": "80000"}.get),
        entry("custom.#3", FieldType.TEXT, alias="custom.taille de t shirt"),
    )
)
A = {"field": "age", "is": "under", "value": 35}


def faults(rule: object) -> dict[str, str]:
    with pytest.raises(RuleBroken) as refused:
        FIELDS.parse(rule)
    assert refused.value.sentence in refused.value.fields.values()
    return refused.value.fields


def test_a_rule_reads_as_a_tree_and_writes_as_it_was() -> None:
    data = {
        "all": [
            A,
            {"any": [{"field": "tags", "is": "has", "value": "permis  b"}, {"field": "member", "is": "true"}]},
            {"none": [{"field": "place", "is": "within_km", "value": {"of": "Amiens", "km": 10}}]},
        ]
    }
    rule = FIELDS.parse(data)
    assert rule == Group(
        ALL,
        (
            Condition("age", "under", 35),
            Group(ANY, (Condition("tags", "has", (7,)), Condition("member", "true"))),
            Group(NONE, (Condition("place", "within_km", Near("80000", 10)),)),
        ),
    )
    stored = json.loads(json.dumps(rules.to_json(rule)))
    assert FIELDS.load(stored) == FIELDS.parse(stored) == rule
    assert stored["all"][1]["any"][0] == {"field": "tags", "is": "has", "value": 7}
    assert FIELDS.show(rule)["all"][1]["any"][0] == {"field": "tags", "is": "has", "value": "Permis B"}


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        (None, "rule"),
        ([], "rule"),
        ({}, "rule.field"),
        ({"all": []}, "rule.all"),
        ({"all": [A, {"any": []}]}, "rule.all.1.any"),
        ({"all": [A], "any": [A]}, "rule"),
        ({"all": A}, "rule.all"),
        ({"field": "shoe", "is": "equals", "value": "42"}, "rule.field"),
        ({"field": "age", "is": "contains", "value": 4}, "rule.is"),
        ({"field": "age", "is": "under", "value": "beaucoup"}, "rule.value"),
        ({"field": "age", "is": "under", "value": True}, "rule.value"),
        ({"field": "age", "is": "under", "value": 10**400}, "rule.value"),
        ({"field": "age", "is": "under", "value": float("nan")}, "rule.value"),
        ({"field": "age", "is": "between", "value": [40, 20]}, "rule.value"),
        ({"field": "first_name", "is": "equals", "value": "  \u200b"}, "rule.value"),
        ({"field": "first_name", "is": "equals"}, "rule.value"),
        ({"field": "first_name", "is": "known", "value": "x"}, "rule.value"),
        ({"field": "tags", "is": "has", "value": []}, "rule.value"),
        ({"field": "tags", "is": "has", "value": [7, ""]}, "rule.value"),
        ({"field": "tags", "is": "has", "value": [7, 8]}, "rule.value"),
        ({"field": "created", "is": "before", "value": "14/03/2026"}, "rule.value"),
        ({"field": "created", "is": "within_days", "value": 0}, "rule.value"),
        ({"field": "place", "is": "within_km", "value": {"of": "Atlantide", "km": 3}}, "rule.value"),
        ({**A, "then": 1}, "rule"),
    ],
)
def test_each_hole_is_named_by_its_place(rule: object, place: str) -> None:
    assert list(faults(rule)) == [place]


def test_every_hole_is_told_at_once_and_twenty_at_most() -> None:
    wrong = {"field": "age", "is": "under", "value": ""}
    assert list(faults({"any": [wrong, A, {"all": [wrong]}]})) == ["rule.any.0.value", "rule.any.2.all.0.value"]
    assert len(faults({"any": [wrong] * 100})) == 20


def test_a_rule_of_a_thousand_floors_or_ten_thousand_lines_is_refused_in_a_sentence() -> None:
    deep: Any = A
    for _floor in range(1000):
        deep = {"all": [deep]}
    assert list(faults(deep)) == ["rule" + ".all.0" * 8 + ".all"]
    assert list(faults({"any": [A] * 10_000})) == ["rule.any"]
    eight: Any = A
    for _floor in range(8):
        eight = {"none": [eight]}
    FIELDS.parse(eight)
    FIELDS.parse({"any": [A] * 200})


def test_a_name_wins_over_an_id_that_reads_the_same() -> None:
    def tag(value: object) -> Rule:
        return FIELDS.parse({"field": "tags", "is": "has", "value": value})

    assert tag("12") == tag(9) == Condition("tags", "has", (9,))
    assert tag(12) == tag("Nantes") == Condition("tags", "has", (12,))
    assert tag("7") == tag("PERMIS B") == Condition("tags", "has", (7,))
    assert tag([12, "Permis B", 7]) == Condition("tags", "has", (7, 12))


def test_a_custom_field_is_named_by_its_label_however_spelt_and_kept_by_its_id() -> None:
    rule = FIELDS.parse({"field": "custom.Taille de T-shirt", "is": "equals", "value": "M"})
    assert rule == Condition("custom.#3", "equals", "M")
    assert FIELDS.show(rule)["field"] == "custom.taille de t shirt"


def test_what_is_gone_leaves_a_hole_in_a_stored_rule() -> None:
    stored = {"all": [A, {"field": "tags", "is": "has", "value": [7, 8]}, {"field": "custom.#9", "is": "known"}]}
    rule = FIELDS.load(stored)
    assert rules.to_json(rule) == stored
    assert list(FIELDS.holes(rule)) == ["rule.all.1.value", "rule.all.2.field"]
    assert FIELDS.holes(FIELDS.load(A)) == {}


LEAVES = st.sampled_from([Condition(name, "known") for name in "abcd"])
TREES = st.recursive(
    LEAVES,
    lambda inside: st.builds(Group, st.sampled_from(GroupKind), st.lists(inside, min_size=1, max_size=4).map(tuple)),
    max_leaves=12,
)


def keeps(rule: Rule, known: frozenset[str]) -> bool:
    if isinstance(rule, Condition):
        return rule.field in known
    found = [keeps(one, known) for one in rule.rules]
    return {ALL: all(found), ANY: any(found), NONE: not any(found)}[rule.kind]


@given(TREES, st.frozensets(st.sampled_from("abcd")))
def test_the_simplest_rule_keeps_the_same_people(rule: Rule, known: frozenset[str]) -> None:
    simple = rules.canonical(rule)
    assert keeps(simple, known) == keeps(rule, known)
    assert rules.canonical(simple) == simple
    assert len(list(rules.walk(simple))) <= len(list(rules.walk(rule)))


def test_groups_that_say_nothing_are_gone_from_the_simplest_rule() -> None:
    a, b, c = (Condition(name, "known") for name in "abc")
    assert rules.canonical(Group(ALL, (a, Group(ALL, (b, Group(ANY, (c,))))))) == Group(ALL, (a, b, c))
    assert rules.canonical(Group(NONE, (Group(ANY, (a, b)), a))) == Group(NONE, (a, b))
    both = Group(ALL, (b, Group(NONE, (a, c))))
    assert rules.canonical(Group(ALL, (Group(NONE, (a,)), b, Group(NONE, (c,))))) == both
    assert rules.canonical(Group(NONE, (Group(NONE, (a,)),))) == a


def test_a_fault_says_where_it_is() -> None:
    def refuse(_data: object) -> Condition:
        raise Fault("is", "Non.")

    with pytest.raises(RuleBroken) as refused:
        rules.parse({"none": [A]}, refuse)
    assert refused.value.fields == {"rule.none.0.is": "Non."}
