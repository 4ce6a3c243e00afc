"""Segments, for programs."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.audiences import counting, segments
from app.audiences.book import Book, open_book
from app.audiences.models import Segment
from app.audiences.schemas import FieldsOut, PreviewIn, PreviewOut, SegmentIn, SegmentOut, SegmentPatchIn
from app.audiences.sentences import sentence_of
from app.clock import utc_now
from app.database.ids import SegmentId
from app.french.language import _
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import PageIn, page_of, paged

ONE = "/segments/<row:segment_id>"
SAMPLE = 10

blueprint = Blueprint("api_segments", __name__, url_prefix=PREFIX, description=_("Les sélections"))


def register(app: Flask, csrf: CSRFProtect) -> None:
    api.add(app, csrf, blueprint)


@blueprint.get("/segments/fields", _("Ce dont une règle peut parler, dans cet espace"))
@needs(Role.LECTRICE)
@blueprint.answers(200, FieldsOut)
def fields() -> dict[str, Any]:
    with runtime().database.snapshot() as session:
        return {"items": list(open_book(session, space()).fields.values())}


@blueprint.post("/segments/preview", _("Qui une règle choisirait"))
@needs(Role.LECTRICE)
@blueprint.takes(PreviewIn)
@blueprint.answers(200, PreviewOut)
def preview(words: dict[str, Any]) -> dict[str, Any]:
    now = utc_now()
    with runtime().database.snapshot() as session:
        book = open_book(session, space())
        rule = book.fields.parse(words["rule"])
        return {
            "count": counting.count(session, book, rule, now=now),
            "sentence": sentence_of(rule, book.fields),
            "sample": counting.first_people(session, book, rule, limit=SAMPLE, now=now),
        }


@blueprint.get("/segments", _("Les sélections, de la plus ancienne à la plus récente"))
@needs(Role.LECTRICE)
@blueprint.takes(PageIn, "query")
@blueprint.answers(200, page_of(SegmentOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    limit = asked["limit"]
    with runtime().database.snapshot() as session:
        found = segments.page(session, space().id, after_id=asked["after"], limit=limit + 1)
        items, following = paged(found, limit, lambda one: one.id)
        return {"items": list(_told(open_book(session, space()), items)), "next": following}


@blueprint.post("/segments", _("Enregistrer une sélection"))
@needs(Role.EQUIPIERE)
@blueprint.takes(SegmentIn)
@once
@blueprint.answers(201, SegmentOut)
def make(words: dict[str, Any], *, session: Session) -> SimpleNamespace:
    return _shown(session, segments.make(session, space(), by=principal(), now=utc_now(), **words))


@blueprint.get(ONE, _("Une sélection"))
@needs(Role.LECTRICE)
@blueprint.answers(200, SegmentOut)
def show(segment_id: SegmentId) -> SimpleNamespace:
    with runtime().database.snapshot() as session:
        return _shown(session, segments.get(session, space().id, segment_id))


@blueprint.patch(ONE, _("Modifier une sélection"))
@needs(Role.EQUIPIERE)
@blueprint.takes(SegmentPatchIn)
@blueprint.answers(200, SegmentOut)
def edit(words: dict[str, Any], segment_id: SegmentId) -> SimpleNamespace:
    with runtime().database.transaction() as session:
        one = segments.get(session, space().id, segment_id, lock=True)
        segments.edit(session, space(), one, by=principal(), now=utc_now(), **words)
        return _shown(session, one)


@blueprint.delete(ONE, _("Oublier une sélection"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers_nothing
def remove(segment_id: SegmentId) -> None:
    with runtime().database.transaction() as session:
        one = segments.get(session, space().id, segment_id, lock=True)
        segments.remove(session, space(), one, by=principal(), now=utc_now())


def _shown(session: Session, one: Segment) -> SimpleNamespace:
    return next(_told(open_book(session, space()), [one]))


def _told(book: Book, found: Iterable[Segment]) -> Iterator[SimpleNamespace]:
    """Segments with the names of what their rules hold."""
    for one in found:
        tree = book.fields.load(one.rule)
        yield SimpleNamespace(
            **{name: getattr(one, name) for name in ("id", "name", "created_at", "updated_at")},
            rule=book.fields.show(tree),
            sentence=sentence_of(tree, book.fields),
            holes=book.faults.get(one.id, {}),
        )
