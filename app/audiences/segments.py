"""Saved rules: what can be done with them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences import acts, rules
from app.audiences.book import Book, open_book
from app.audiences.models import Segment
from app.audiences.rules import MAX_CONDITIONS, SEGMENTS, Rule, named_segments
from app.audiences.sentences import shortened
from app.audiences.sources.declared import declared_of, fields_of
from app.audiences.values import GONE
from app.contacts.naming import tidy, twin_key
from app.contacts.uses import Users
from app.database.ids import SegmentId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _

NAME_CHARACTERS = 80
MAX_SEGMENTS = 500
"""In one space: each is read whenever one of them is asked."""


def get(session: Session, space_id: SpaceId, segment_id: SegmentId, *, lock: bool = False) -> Segment:
    """A segment of this space; ``lock`` before a change. Raises NotFound."""
    query = select(Segment).where(Segment.space_id == space_id, Segment.id == segment_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("segment_unknown", _("Cette sélection n'existe pas."))
    return found


def find(session: Session, space_id: SpaceId, name: str) -> Segment | None:
    """The segment of that name, however spelt, if there is one."""
    return session.scalar(select(Segment).where(Segment.space_id == space_id, Segment.folded == twin_key(name)))


def every(session: Session, space_id: SpaceId) -> Sequence[Segment]:
    """The segments of the space, by name."""
    query = select(Segment).where(Segment.space_id == space_id).order_by(Segment.folded, Segment.id)
    return session.scalars(query).all()


def named(session: Session, space: Space) -> Mapping[int, str]:
    """{id: name} of the segments that are whole, by name."""
    book = open_book(session, space)
    return {one: name for one, name in book.names.items() if one in book.rules}


def keeps(session: Session, space: Space, segment_id: SegmentId, now: datetime) -> ColumnElement[bool]:
    """Whom a segment keeps, as one condition on ``Contact``. Raises NotFound, RuleBroken for one to be mended."""
    get(session, space.id, segment_id)
    book = open_book(session, space)
    if fault := book.fault(segment_id):
        raise RuleBroken("segment_broken", fault, fields={"segment_id": fault})
    return book.keeps([segment_id], now)


def page(session: Session, space_id: SpaceId, *, after_id: int, limit: int) -> Sequence[Segment]:
    """The segments of the space after one of them, from the oldest."""
    query = select(Segment).where(Segment.space_id == space_id, Segment.id > after_id).order_by(Segment.id)
    return session.scalars(query.limit(limit)).all()


def make(session: Session, space: Space, *, name: str, rule: object, by: Principal, now: datetime) -> Segment:
    """A new segment; ``rule`` as JSON holds it. Raises RuleBroken for a name or a rule that cannot be."""
    name = checked_name(name)
    spaces.lock(session, space.id)  # two at once could name one another in a circle
    book = open_book(session, space)
    tree = book.fields.parse(rule)
    if len(book.names) >= MAX_SEGMENTS:
        raise RuleBroken("too_many_segments", _("%(n)s sélections au plus : retirez-en une.", n=MAX_SEGMENTS))
    _check_size({**book.rules, 0: tree}, book.names)
    made = Segment(space_id=space.id, rule=rules.to_json(tree), created_by=by.name, created_at=now)
    _store(session, made, name, now=now)
    activity.record(session, space.id, acts.SEGMENT_MADE, by=by, now=now, subject_id=made.id)
    return made


def edit(
    session: Session,
    space: Space,
    segment: Segment,
    *,
    name: str | None = None,
    rule: object = None,
    keeps_holes: bool = False,
    by: Principal,
    now: datetime,
) -> None:
    """Change what is said, and nothing else. Raises as ``make`` does, and for a rule that would name itself.

    ``keeps_holes``: what was missing already may stay, so that a rule with two holes can be mended one by one.
    """
    spaces.lock(session, space.id)
    before = (segment.name, segment.rule)
    if rule is not None:
        book = open_book(session, space)
        tree = _read_beside_holes(book, segment, rule) if keeps_holes else book.fields.parse(rule)
        _check_circle(book, segment, tree)
        _check_size({**book.rules, segment.id: tree}, book.names)
        segment.rule = rules.to_json(tree)
    wanted = segment.name if name is None else checked_name(name)
    if (wanted, segment.rule) != before:
        _store(session, segment, wanted, now=now)
        activity.record(session, space.id, acts.SEGMENT_EDITED, by=by, now=now, subject_id=segment.id)


def remove(session: Session, space: Space, segment: Segment, *, by: Principal, now: datetime) -> None:
    """Forget a segment. Raises Conflict naming the segments and campaigns that use it."""
    spaces.lock(session, space.id)
    if names := users(session, space.id, SEGMENTS, segment.id):
        told = ", ".join(f"« {name} »" for name in names)
        sentence = _("Elle sert encore : %(names)s. Retirez-la d'abord de là.", names=told)
        raise Conflict("segment_used", sentence, fields={"segment": sentence})
    activity.record(session, space.id, acts.SEGMENT_REMOVED, by=by, now=now, subject_id=segment.id)
    session.delete(segment)
    session.flush()


def users(session: Session, space_id: SpaceId, field: str, id: int) -> list[str]:
    """What would break without a tag, a list, a segment or a field: the names of segments, then of campaigns to come.

    ``field`` is the field of rules that holds its id; « custom » for a field of the space's own.
    """
    fields = fields_of(session, space_id)
    using = [one.name for one in every(session, space_id) if _names(fields.load(one.rule), field, id)]
    return [*using, *_campaigns(session, space_id, field, id)]


def leaning(session: Session, space_id: SpaceId, field: str, id: int, choices: Collection[str] = ()) -> Users:
    """What a tag, a list, a field or some ``choices`` of it leave to be mended, segments that name others included."""
    fields = fields_of(session, space_id)
    trees = {one.id: fields.load(one.rule) for one in every(session, space_id)}
    broken = {one for one, rule in trees.items() if _names(rule, field, id, choices)}
    while more := {one for one, rule in trees.items() if one not in broken and broken & {*named_segments(rule)}}:
        broken |= more
    stopped = (name for one in sorted(broken) for name in _campaigns(session, space_id, SEGMENTS, one))
    return Users(
        segments=[one.name for one in every(session, space_id) if one.id in broken],
        stopped=list(dict.fromkeys(stopped)),
        without=_campaigns(session, space_id, field, id),
    )


def let_go(session: Session, space_id: SpaceId, field: str, id: int, name: str) -> None:
    """Write in the rules that a list or a tag is gone, by its name: SQLite gives its id to the next one."""
    fields = fields_of(session, space_id)
    for one in every(session, space_id):
        tree = fields.load(one.rule)
        if _names(tree, field, id):
            one.rule = rules.to_json(rules.replace_value(tree, field, id, f"{GONE}{name}"))
    session.flush()


def _campaigns(session: Session, space_id: SpaceId, field: str, id: int) -> list[str]:
    return [name for find in declared_of(session).users for name in find(session, space_id, field, id)]


def _names(rule: Rule, field: str, id: int, choices: Collection[str] = ()) -> bool:
    def asks(one: rules.Condition) -> bool:
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        is_of_field = one.field == f"{field}.#{id}" and (not choices or not set(choices).isdisjoint(values))
        return is_of_field or (one.field == field and id in values)

    return any(map(asks, rules.walk(rule)))


def free_name(book: Book, wanted: str) -> str:
    """The name, cut to what fits, or with a number behind where another has it already."""
    taken = {twin_key(name) for name in book.names.values()}
    found, number = shortened(wanted, NAME_CHARACTERS), 1
    while twin_key(found) in taken:
        number += 1
        ending = f" ({number})"
        found = shortened(wanted, NAME_CHARACTERS - len(ending)) + ending
    return found


def checked_name(name: str) -> str:
    """The name tidied. Raises RuleBroken for none or one too long."""
    name = tidy(name)
    if not twin_key(name):
        raise RuleBroken("segment_nameless", _("Donnez un nom à la sélection."), fields={"name": _("Donnez un nom.")})
    if len(name) > NAME_CHARACTERS:
        sentence = _("Ce nom est trop long : %(n)s signes au plus.", n=NAME_CHARACTERS)
        raise RuleBroken("segment_name_too_long", sentence, fields={"name": sentence})
    return name


def _read_beside_holes(book: Book, segment: Segment, rule: object) -> Rule:
    tree = book.fields.load(rule)
    before = list(rules.walk(book.fields.load(segment.rule)))
    for one in rules.walk(tree):
        if one not in before:
            book.fields.parse(rules.to_json(one))
    return tree


def _check_circle(book: Book, segment: Segment, tree: Rule) -> None:
    """Raises RuleBroken with the way round, where the rule would name its own segment however far."""
    trails = [[one] for one in named_segments(tree)]
    while trails:
        trail = trails.pop()
        if trail[-1] == segment.id:
            path = " → ".join(f"« {book.names[one]} »" for one in (segment.id, *trail))
            sentence = _("Cette sélection s'appellerait elle-même : %(path)s.", path=path)
            raise RuleBroken("segment_circle", sentence, fields={"rule": sentence})
        inside = book.rules.get(trail[-1])
        trails += [[*trail, one] for one in (named_segments(inside) if inside else []) if one not in trail]


def _check_size(rules_now: Mapping[int, Rule], names: Mapping[int, str]) -> None:
    """Raises RuleBroken where a rule would be too long once the segments that it names are written out."""
    sizes: dict[int, int] = {}
    for one in rules_now:
        if _written_out(rules_now, one, sizes) > MAX_CONDITIONS:
            sentence = _(
                "« %(name)s » aurait plus de %(n)s conditions, avec les sélections qu'elle contient.",
                name=names.get(one, _("Cette sélection")),
                n=MAX_CONDITIONS,
            )
            raise RuleBroken("rule_too_long", sentence, fields={"rule": sentence})


def _written_out(rules_now: Mapping[int, Rule], one: int, sizes: dict[int, int]) -> int:
    """How many conditions a rule has, those of the segments it names counted as often as it is asked of them."""
    if one not in sizes:
        tree = rules_now[one]
        named = [ids for ids in map(named_segments, rules.walk(tree)) if ids]
        inside = sum(_written_out(rules_now, each, sizes) for ids in named for each in ids if each in rules_now)
        sizes[one] = inside + sum(1 for each in rules.walk(tree) if each.field != SEGMENTS)
    return sizes[one]


def _store(session: Session, segment: Segment, name: str, *, now: datetime) -> None:
    segment.name, segment.folded, segment.updated_at = name, twin_key(name), now
    session.add(segment)
    try:
        session.flush()
    except IntegrityError:
        sentence = _("Une sélection s'appelle déjà « %(name)s ».", name=name)
        raise RuleBroken("segment_name_taken", sentence, fields={"name": sentence}) from None
