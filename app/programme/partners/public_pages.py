"""« Partenaires », for anybody: who makes the programme possible, and what each takes part in."""

from collections.abc import Callable, Collection, Mapping, Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.web.guards import public
from app.database.ids import PartnerId
from app.programme.partners import rules, service
from app.programme.partners.models import Subject
from app.programme.partners.own_pages import today
from app.programme.partners.rules import Named
from app.web.requests import runtime
from app.web.seams import Seam

blueprint = Blueprint("public_partners", __name__, url_prefix="/partenaires")

NAMED: Seam[Mapping[Subject, Callable[[Session, Collection[int]], Mapping[int, Named]]]] = Seam("what partners are in")
"""How each room names its things to anybody; what nobody may read is left out."""


@blueprint.get("")
@public("The list of partners is for everybody to read.")
def browse() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        here, gone = service.by_kind(session, today=today())
        part = _part_taken(session)
    kinds, subjects = rules.KINDS_OF_MANY, rules.PART_TAKEN
    return render_template(
        "programme/partners/public.html", here=here, gone=gone, part=part, kinds=kinds, subjects=subjects
    )


def _part_taken(session: Session) -> Mapping[PartnerId, Mapping[Subject, Sequence[Named]]]:
    """{partner: {kind of thing: those it is in, by name}}; a training held each year is named once."""
    ties = service.every_tie(session)
    found: dict[PartnerId, dict[Subject, Sequence[Named]]] = {}
    for subject, read in NAMED.read().items():
        named = read(session, {one.subject_id for one in ties if one.subject is subject})
        own: dict[PartnerId, set[Named]] = {}
        for one in ties:
            if one.subject is subject and one.subject_id in named:
                own.setdefault(one.partner_id, set()).add(named[one.subject_id])
        for partner_id, some in own.items():
            found.setdefault(partner_id, {})[subject] = sorted(some, key=lambda one: one.name.casefold())
    return found
