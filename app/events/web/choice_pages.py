"""Lists and segments put on a date, read over first: how many, who is left out and why."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.audiences.book import open_book
from app.audiences.people import LEFT_OUT_WORDS
from app.audiences.sentences import sentence_of
from app.clock import utc_now
from app.contacts import lists
from app.database.ids import EventId, SegmentId
from app.errors import AppError, Conflict, RuleBroken
from app.events import choosing, service
from app.events.web.people_pages import say_added
from app.french.language import ngettext
from app.web.problems import problem_of
from app.web.requests import runtime
from app.web.rows import read as read_row

blueprint = Blueprint("event_choice", __name__, url_prefix="/e/<slug>/dates/<int:event_id>/personnes/listes")


@blueprint.get("")
@needs(Role.EQUIPIERE)
def choose(event_id: EventId) -> ResponseReturnValue:
    """Tick lists and selections, and read over whom they hold."""
    return _page(event_id)


@blueprint.post("")
@needs(Role.EQUIPIERE)
def put_on(event_id: EventId) -> ResponseReturnValue:
    """Those who were read over, and nobody else."""
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            token = request.form.get("seen", "")
            added = choosing.put_on(session, space(), event, _asked(), word=token, by=principal(), now=utc_now())
    except (RuleBroken, Conflict) as refusal:
        return _page(event_id, refusal)
    say_added(added)
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id) + "#gens")


def _asked() -> dict[str, Any]:
    return {
        name: [one for raw in request.values.getlist(name) if (one := read_row(raw)) is not None]
        for name in ("lists", "segments")
    }


def _page(event_id: EventId, refusal: AppError | None = None) -> ResponseReturnValue:
    """What is ticked, counted; ``refusal`` is why it was not put on."""
    asked, choice = _asked(), None
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        book = open_book(session, space())
        if any(asked.values()) or refusal is not None:
            try:
                choice = choosing.read(session, space(), event, asked, now=utc_now())
            except RuleBroken as wrong:
                refusal = wrong
        list_options = [
            (one.id, one.name, ngettext("%(n)s personne", "%(n)s personnes", one.people))
            for one in lists.counted(session, space().id)
        ]
        page = render_template(
            "events/choice.html",
            event=event,
            asked=asked,
            choice=choice,
            list_options=list_options,
            segment_options=[
                (one, book.names[one], sentence_of(rule, book.fields)) for one, rule in book.rules.items()
            ],
            broken=[book.fault(SegmentId(one)) for one in book.faults],
            left_out_words=LEFT_OUT_WORDS,
            error=refusal.sentence if refusal else "",
        )
    return page, problem_of(refusal).status if refusal else 200
