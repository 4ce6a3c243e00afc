"""The people of a selection, as a page of contacts, and those of them whom a text leaves out for a reason."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.forms import show
from app.accounts.web.guards import needs, space
from app.audiences import browsing, counting, net, people, seen, segments
from app.audiences.book import open_book
from app.audiences.sentences import sentence_of
from app.clock import utc_now
from app.consent.families import Family
from app.contacts import panels
from app.database.ids import SegmentId
from app.errors import NotFound
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument, runtime

blueprint = Blueprint("segment_people", __name__, url_prefix="/e/<slug>/selections")


@blueprint.get("/<row:segment_id>/personnes")
@needs(Role.LECTRICE)
def browse(segment_id: SegmentId) -> ResponseReturnValue:
    """Everybody, by name."""
    now, after = utc_now(), request.args.get("apres", "")
    with runtime().database.snapshot() as session:
        one = segments.get(session, space().id, segment_id)
        book = open_book(session, space())
        rule = book.fields.load(one.rule)
        page = browsing.page(session, book, rule, after=after, limit=PAGE_SIZE, now=now)
        figure = net.net_of(session, space(), one, Family.CHARITABLE, now=now)
        return show(
            "audiences/people.html",
            one=one,
            sentence=sentence_of(rule, book.fields),
            count=counting.count_capped(session, book, rule, now=now),
            is_broken=one.id in book.faults,
            people=panels.described(session, space(), page.items),
            next=page.next,
            after=after,
            net=figure,
            seen=seen.seen(rule, figure.ids),
        )


@blueprint.get("/<row:segment_id>/laissees")
@needs(Role.LECTRICE)
def left_out(segment_id: SegmentId) -> ResponseReturnValue:
    """Those whom a text would leave out for one reason (``raison``)."""
    after, reason = number_argument("apres") or 0, request.args.get("raison", "")
    if reason not in people.LEFT_OUT_WORDS:
        raise NotFound("reason_unknown", _("Cette raison n'existe pas."))
    with runtime().database.snapshot() as session:
        one = segments.get(session, space().id, segment_id)
        found = browsing.left_out(
            session, space(), one, Family.CHARITABLE, reason, after=after, limit=PAGE_SIZE + 1, now=utc_now()
        )
        return show(
            "audiences/left_out.html",
            one=one,
            reason=reason,
            reason_words=people.LEFT_OUT_WORDS[reason],
            people=panels.described(session, space(), found[:PAGE_SIZE]),
            next=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
            after=after,
        )
