"""Adding a condition in two pages: what about, then a sentence with gaps; the same page changes one."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.audiences import counting, segments
from app.audiences.book import Book
from app.audiences.fields import QUESTION_WORDS, SegmentField
from app.audiences.lines import Joint
from app.audiences.models import Segment
from app.audiences.rules import Condition, Fault, Group, GroupKind, to_json
from app.audiences.sentences import sentence_of
from app.audiences.web import gaps, showing
from app.audiences.web.placing import Place, check_stamp, place_of
from app.clock import utc_now
from app.database.ids import SegmentId
from app.errors import RuleBroken
from app.french.language import _
from app.web.requests import runtime

blueprint = Blueprint("segment_conditions", __name__, url_prefix="/e/<slug>/selections")

NEW, ONE = "/condition", "/<row:segment_id>/condition"
_OF_THE_PAGE = ("csrf_token", "act", "champ")
MANY = 3
"""Names shown of those who join or leave."""


@blueprint.get(NEW, defaults={"segment_id": None}, endpoint="choose")
@blueprint.get(ONE, endpoint="choose")
@needs(Role.EQUIPIERE)
def choose(segment_id: SegmentId | None) -> ResponseReturnValue:
    """What about? What was typed on the next page is carried along."""
    with runtime().database.snapshot() as session:
        place = place_of(session, space(), segment_id, request.args)
        return show(
            "audiences/condition.html",
            **_around(session, place),
            families=list(_families(place.book)),
            chosen=request.args.get("champ", ""),
            carried=[(name, value) for name, value in request.args.items(multi=True) if name not in _OF_THE_PAGE],
        )


@blueprint.get(f"{NEW}/valeurs", defaults={"segment_id": None}, endpoint="fill")
@blueprint.get(f"{ONE}/valeurs", endpoint="fill")
@needs(Role.EQUIPIERE)
def fill(segment_id: SegmentId | None) -> ResponseReturnValue:
    """The sentence with its gaps."""
    with runtime().database.snapshot() as session:
        place = place_of(session, space(), segment_id, request.args)
        typed = gaps.Typed(request.args)
        field = place.book.fields.get(typed.get("champ", "") or (place.held.field if place.held else ""))
        if field is None:
            return redirect(_address("choose", segment_id, typed))
        if place.held is not None and place.held.field == field.name and "is" not in typed:
            typed.update(gaps.filled_by(place.held, field))
        return _values_page(session, place, field, typed)


@blueprint.post(f"{NEW}/valeurs", defaults={"segment_id": None}, endpoint="put")
@blueprint.post(f"{ONE}/valeurs", endpoint="put")
@needs(Role.EQUIPIERE)
def put(segment_id: SegmentId | None) -> ResponseReturnValue:
    """Add it or change it; « Recompter » only shows the figure, « Choisir autre chose » goes back and keeps it."""
    typed, act = request.form, request.form.get("act", "")
    if act == "back":
        return redirect(_address("choose", segment_id, typed))
    try:
        if act == "count":
            return _again(segment_id, FINE)
        with runtime().database.transaction() as session:
            place = place_of(session, space(), segment_id, typed, lock=True)
            if place.segment is not None:
                check_stamp(place.lines.rule(), typed.get("stamp", ""))
            kept = _keep(session, place, _read(place, _field(place, typed), typed))
    except REFUSALS as error:
        return _again(segment_id, Refused.by(error))
    flash(_("C'est fait."), "success")
    return redirect(url_for("segments.show", slug=space().slug, segment_id=kept.id))


def _again(segment_id: SegmentId | None, refused: Refused) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        place = place_of(session, space(), segment_id, request.form)
        return _values_page(session, place, _field(place, request.form), request.form, refused)


def _keep(session: Session, place: Place, condition: Condition) -> Segment:
    rule = place.with_condition(condition, request.form).stored()
    words: dict[str, Any] = {"rule": to_json(rule), "by": principal(), "now": utc_now()}
    if place.segment is not None:
        name = showing.name_after(place.segment, place.lines.rule(), rule, place.book)
        segments.edit(session, space(), place.segment, name=name, keeps_holes=True, **words)
        return place.segment
    name = segments.free_name(place.book, showing.name_of(rule, place.book))
    return segments.make(session, space(), name=name, **words)


def _read(place: Place, field: SegmentField, typed: gaps.Typed) -> Condition:
    """Raises RuleBroken with the sentence of its gap."""
    held = place.held
    try:
        return gaps.read_gaps(place.book.fields, field, typed, held=held.operator if held else "")
    except Fault as fault:
        raise RuleBroken("condition_wrong", fault.sentence, fields={"value": fault.sentence}) from None


def _values_page(
    session: Session, place: Place, field: SegmentField, typed: gaps.Typed, refused: Refused = FINE
) -> ResponseReturnValue:
    held = place.held if place.held and place.held.field == field.name else None
    operator = held.operator if held else ""
    found = gaps.gaps(field, typed, held=operator, error=refused.errors.get("value", ""))
    return show(
        "audiences/condition_values.html",
        refused,
        **_around(session, place),
        field=field,
        gaps=found,
        spans=gaps.SPANS,
        joint=typed.get("joint", "") or (Joint.OR if place.lines.from_nobody else Joint.AND),
        where=typed.get("where", "") or "alone",
        line_words=_lines_to_join(place),
        figure=_figure(session, place, field, typed),
        back=_address("choose", place.segment.id if place.segment else None, typed),
    )


def _lines_to_join(place: Place) -> list[tuple[int, str]]:
    """The lines that may have one choice more, by their number."""
    numbered = enumerate(place.lines.lines, 1)
    return [
        (number, showing.line_words(place.book, one))
        for number, one in numbered
        if one.joint is Joint.AND and one.is_editable
    ]


def _figure(session: Session, place: Place, field: SegmentField, typed: gaps.Typed) -> dict[str, Any] | None:
    """Before, after and who makes the difference; None while the sentence has a gap."""
    try:
        rule = place.with_condition(_read(place, field, typed), typed).rule()
    except RuleBroken:
        return None
    now, book = utc_now(), place.book
    after = counting.count_capped(session, book, rule, now=now)
    found: dict[str, Any] = {"after": after, "sentence": sentence_of(rule, book.fields), "before": None}
    if place.lines.lines:
        before = place.lines.rule()
        found["before"] = counting.count_capped(session, book, before, now=now)
        for name, one, other in (("leaving", before, rule), ("joining", rule, before)):
            changed = Group(GroupKind.ALL, (one, Group(GroupKind.NONE, (other,))))
            found[name] = counting.count_capped(session, book, changed, now=now).people
            first = counting.first_people(session, book, changed, limit=MANY, now=now)
            found[f"{name}_names"] = [person.name or _("sans nom") for person in first]
    return found


def _around(session: Session, place: Place) -> dict[str, Any]:
    """What both pages say of the selection as it is."""
    rule = place.lines.rule() if place.lines.lines else None
    return {
        "one": place.segment,
        "line_number": None if place.at is None else place.at + 1,
        "choice": place.choice,
        "stamp": place.stamp,
        "lines": place.lines,
        "sentence": sentence_of(rule, place.book.fields) if rule else "",
        "count": counting.count_capped(session, place.book, rule, now=utc_now()) if rule else None,
        "address": lambda page, **words: _address(page, place.segment.id if place.segment else None, gaps.Typed(words)),
    }


def _families(book: Book) -> Any:
    """The fields by question, those that the space made last."""
    own = [one for one in book.fields.values() if one.name.startswith("custom.")]
    for question, words in QUESTION_WORDS.items():
        inside = [one for one in book.fields.values() if one.question is question and one not in own]
        if inside:
            yield words[0].upper() + words[1:], inside
    if own:
        yield _("Ce que vous notez vous-mêmes"), own


def _field(place: Place, typed: gaps.Typed) -> SegmentField:
    """Raises RuleBroken for one that the space has not, or no more."""
    found = place.book.fields.get(typed.get("champ", ""))
    if found is None:
        raise RuleBroken("field_unknown", _("Ce champ n'existe pas, ou plus : choisissez-en un autre."))
    return found


def _address(page: str, segment_id: SegmentId | None, typed: gaps.Typed) -> str:
    words: dict[str, Any] = {name: typed.getlist(name) for name in typed if name not in ("csrf_token", "act", "stamp")}
    return url_for(f"segment_conditions.{page}", slug=space().slug, segment_id=segment_id, **words)
