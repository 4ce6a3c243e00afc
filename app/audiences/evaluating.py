"""A rule asked of one person in memory: what ``compiling`` is held against."""

from collections.abc import Mapping
from typing import Any

from app.audiences.fields import Ask, Context, Fields
from app.audiences.rules import Condition, GroupKind, Rule, expand

Person = Mapping[str, Any]
"""What is known of somebody, by the name of the field: what its ``Comparing.holds`` takes."""


def holds(rule: Rule, fields: Fields, context: Context, person: Person) -> bool:
    """Whether the rule keeps this person. A rule with a hole keeps nobody."""
    return not fields.holes(rule) and _holds(expand(rule, context.segments), fields, context, person)


def _holds(rule: Rule, fields: Fields, context: Context, person: Person) -> bool:
    if isinstance(rule, Condition):
        return fields[rule.field].comparing.holds(person[rule.field], Ask(rule.operator, rule.value, context))
    found = (_holds(one, fields, context, person) for one in rule.rules)
    if rule.kind is GroupKind.ALL:
        return all(found)
    return any(found) is (rule.kind is GroupKind.ANY)
