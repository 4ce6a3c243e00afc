"""A rule as one condition on ``Contact``, its values bound."""

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from app.audiences.fields import Ask, Context, Fields
from app.audiences.rules import Condition, GroupKind, Rule, expand


def compile_rule(rule: Rule, fields: Fields, context: Context) -> ColumnElement[bool]:
    """Whom the rule keeps: true or false of each contact, never unknown. A rule with a hole keeps nobody."""
    if fields.holes(rule):
        return false()
    return compile_whole(expand(rule, context.segments), fields, context)


def compile_whole(rule: Rule, fields: Fields, context: Context) -> ColumnElement[bool]:
    """The same of a rule known to have no hole, whose segments are written out."""
    if isinstance(rule, Condition):
        return fields[rule.field].comparing.sql(Ask(rule.operator, rule.value, context))
    inside = [compile_whole(one, fields, context) for one in rule.rules]
    if rule.kind is GroupKind.ALL:
        return and_(true(), *inside)
    kept = or_(false(), *inside)
    return kept if rule.kind is GroupKind.ANY else not_(kept)
