"""Selections: those that are ready, those that are kept, and one of them line by line."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.audiences import browsing, counting, net, people, seen, segments
from app.audiences.book import Book, open_book
from app.audiences.counting import Count
from app.audiences.lines import lines_of
from app.audiences.models import Segment
from app.audiences.reading import read_sentence
from app.audiences.rules import to_json
from app.audiences.sentences import sentence_of
from app.audiences.web import condition_pages, people_pages, showing
from app.audiences.web.placing import FROM_NOBODY, check_stamp, read_number
from app.audiences.web.ready import DRIVERS, ready_made
from app.clock import utc_now
from app.consent.families import Family
from app.contacts.finding import service as finding
from app.database.ids import ContactId, SegmentId, id_of
from app.errors import RuleBroken
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import carried, number_argument, runtime

blueprint = Blueprint("segments", __name__, url_prefix="/e/<slug>/selections")

TEN = 10
HOMONYMS = 6
"""Shown at most of those whom a search finds."""


def register(app: Flask, csrf: CSRFProtect) -> None:  # noqa: ARG001 - every form of ours carries its token
    """The pages of selections."""
    app.register_blueprint(blueprint)
    app.register_blueprint(condition_pages.blueprint)
    app.register_blueprint(people_pages.blueprint)


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """The selections, fifty a page, each with its count; those that are ready; and what a typed sentence means."""
    return _all()


@blueprint.post("")
@needs(Role.EQUIPIERE)
def make() -> ResponseReturnValue:
    """Keep one that is ready, or a sentence as it was understood."""
    try:
        with runtime().database.transaction() as session:
            book = open_book(session, space())
            rule = read_sentence(request.form.get("phrase", ""), book.fields)
            name = segments.free_name(book, request.form.get("name", "") or showing.name_of(rule, book))
            made = segments.make(session, space(), name=name, rule=to_json(rule), **_act())
    except REFUSALS as error:
        return _all(Refused.by(error))
    flash(_("La sélection « %(name)s » est prête.", name=made.name), "success")
    return _back(made.id)


@blueprint.get("/<row:segment_id>", endpoint="show")
@needs(Role.LECTRICE)
def show_one(segment_id: SegmentId) -> ResponseReturnValue:
    return _one(segment_id)


@blueprint.post("/<row:segment_id>/nom")
@needs(Role.EQUIPIERE)
def rename(segment_id: SegmentId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            one = segments.get(session, space().id, segment_id, lock=True)
            segments.edit(session, space(), one, name=request.form.get("name", ""), **_act())
    except REFUSALS as error:
        return _one(segment_id, Refused.by(error))
    flash(_("Le nom est changé."), "success")
    return _back(segment_id)


@blueprint.post("/<row:segment_id>/copier")
@needs(Role.EQUIPIERE)
def copy(segment_id: SegmentId) -> ResponseReturnValue:
    """Another one with the same lines, to change."""
    try:
        with runtime().database.transaction() as session:
            one = segments.get(session, space().id, segment_id)
            name = segments.free_name(open_book(session, space()), one.name)
            made = segments.make(session, space(), name=name, rule=one.rule, **_act())
    except REFUSALS as error:
        return _one(segment_id, Refused.by(error))
    flash(_("Voici la copie. L'autre n'a pas changé."), "success")
    return _back(made.id)


@blueprint.post("/<row:segment_id>/supprimer")
@needs(Role.EQUIPIERE)
def remove(segment_id: SegmentId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            one = segments.get(session, space().id, segment_id, lock=True)
            segments.remove(session, space(), one, **_act())
    except REFUSALS as error:
        return _one(segment_id, Refused.by(error))
    flash(_("La sélection « %(name)s » est supprimée. Les personnes restent.", name=one.name), "success")
    return redirect(url_for("segments.browse", slug=space().slug))


@blueprint.post("/<row:segment_id>/lignes")
@needs(Role.EQUIPIERE)
def take_out(segment_id: SegmentId) -> ResponseReturnValue:
    """Take a line out, or one of its choices; ``stamp`` is the rule that the page showed."""
    at, choice = (read_number(request.form.get(name, "")) for name in ("ligne", "choix"))
    try:
        with runtime().database.transaction() as session:
            one = segments.get(session, space().id, segment_id, lock=True)
            book = open_book(session, space())
            rule = book.fields.load(one.rule)
            check_stamp(rule, request.form.get("stamp", ""))
            left = lines_of(rule).without((at or 0) - 1, choice).stored()
            name = showing.name_after(one, rule, left, book)
            segments.edit(session, space(), one, name=name, rule=to_json(left), keeps_holes=True, **_act())
    except REFUSALS as error:
        return _one(segment_id, Refused.by(error))
    flash(_("C'est retiré."), "success")
    return _back(segment_id)


@blueprint.post("/<row:segment_id>/depart")
@needs(Role.EQUIPIERE)
def turn(segment_id: SegmentId) -> ResponseReturnValue:
    """Start its lines from nobody, or from everybody; ``stamp`` is the rule that the page showed."""
    from_nobody = request.form.get("depart", "") == FROM_NOBODY
    try:
        with runtime().database.transaction() as session:
            one = segments.get(session, space().id, segment_id, lock=True)
            book = open_book(session, space())
            rule = book.fields.load(one.rule)
            check_stamp(rule, request.form.get("stamp", ""))
            turned = lines_of(rule).starting(from_nobody=from_nobody).stored()
            name = showing.name_after(one, rule, turned, book)
            segments.edit(session, space(), one, name=name, rule=to_json(turned), keeps_holes=True, **_act())
            people = counting.count_capped(session, book, turned, now=utc_now())
    except REFUSALS as error:
        return _one(segment_id, Refused.by(error))
    flash(showing.start_words(people, from_nobody=from_nobody), "success")
    return _back(segment_id)


def _all(refused: Refused = FINE) -> ResponseReturnValue:
    typed = (request.form if request.method == "POST" else request.args).get("phrase", "").strip()
    understood = None
    with runtime().database.snapshot() as session:
        book = open_book(session, space())
        if typed and refused is FINE:
            try:
                understood = _told(session, book, typed)
            except RuleBroken as error:
                refused = Refused.by(error)
        every = segments.every(session, space().id)
        page = min(number_argument("page") or 1, max(1, -(-len(every) // PAGE_SIZE)))
        return show(
            "audiences/browse.html",
            refused,
            phrase=typed,
            understood=understood,
            ready=_ready(session, book),
            drivers=DRIVERS,
            segments=[_row(session, book, one) for one in every[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
            previous=page - 1,
            next=page + 1 if page * PAGE_SIZE < len(every) else None,
            everybody=finding.anybody(session, space().id),
        )


def _ready(session: Session, book: Book) -> list[tuple[str, str, Count]]:
    """Those that can be taken as they are, the ones with people first."""
    now = utc_now()
    counted = [(one, counting.count_capped(session, book, one.rule, now=now)) for one in ready_made(book.fields)]
    counted.sort(key=lambda both: both[1].people == 0)
    return [(one.name, sentence_of(one.rule, book.fields), count) for one, count in counted]


def _told(session: Session, book: Book, typed: str) -> dict[str, Any]:
    rule = read_sentence(typed, book.fields)
    return {
        "sentence": sentence_of(rule, book.fields),
        "count": counting.count_capped(session, book, rule, now=utc_now()),
    }


def _row(session: Session, book: Book, one: Segment) -> dict[str, Any]:
    rule = book.fields.load(one.rule)
    is_broken = one.id in book.faults
    count = Count(0) if is_broken else counting.count_capped(session, book, rule, now=utc_now())
    return {"one": one, "sentence": sentence_of(rule, book.fields), "count": count, "is_broken": is_broken}


def _one(segment_id: SegmentId, refused: Refused = FINE) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        one = segments.get(session, space().id, segment_id)
        book = open_book(session, space())
        rule = book.fields.load(one.rule)
        lines = lines_of(rule)
        everybody = counting.count_everybody(session, book)
        figure = net.net_of(session, space(), one, Family.CHARITABLE, now=now)
        words = request.args.get("q", "").strip()[:100]
        turn = number_argument("hasard") or 0
        found = showing.find_people(
            session, space(), words, id_of(ContactId, number_argument("personne")), limit=HOMONYMS
        )
        return show(
            "audiences/show.html",
            refused,
            one=one,
            sentence=sentence_of(rule, book.fields),
            faults=list(dict.fromkeys(book.faults.get(one.id, {}).values())),
            lines=showing.show_lines(session, book, lines, everybody=everybody, now=now),
            from_nobody=lines.from_nobody,
            everybody=everybody,
            net=figure,
            seen=seen.seen(rule, figure.ids),
            stamp=seen.stamp(rule),
            left_out_words=people.LEFT_OUT_WORDS,
            people=browsing.some(session, book, rule, turn=turn, limit=TEN, now=now),
            turn=turn,
            aside=showing.left_aside(session, space(), figure, carried("sans")),
            words=words,
            verdicts=[showing.verdict(session, space(), book, lines, person, now=now) for person in found],
        )


def _act() -> dict[str, Any]:
    return {"by": principal(), "now": utc_now()}


def _back(segment_id: SegmentId) -> ResponseReturnValue:
    return redirect(url_for("segments.show", slug=space().slug, segment_id=segment_id))
