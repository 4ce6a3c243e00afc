"""What the link of a follow-up SMS opens: which tools are asked about, and the way to the association's own page."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.consent.pages import OPT_OUT_PAGE
from app.database.ids import RecommendationId
from app.errors import NotFound
from app.french.language import _
from app.links.pages import LinkPage, Visit
from app.programme.recommendations import service, states
from app.programme.recommendations.reminding import FOLLOW_UP
from app.programme.recommendations.service import Told
from app.web.requests import runtime


def _show(visit: Visit) -> ResponseReturnValue:
    """Whatever became of it since: a link in a pocket outlives what it speaks of."""
    with runtime().database.snapshot() as session:
        told = service.find(session, RecommendationId(visit.link.subject_id or 0))
        if told is None:
            raise NotFound("recommendation_unknown", _("Cette recommandation n'existe pas, ou n'est pas la vôtre."))
        association = service.association(session, told.row.association_id)
        all_told = service.of_association(session, association.id)
        home = service.home_of(session, association)
    return render_template(
        "programme/recommendations/asked.html",
        association=association.name,
        asked=[one for one in all_told if _is_beside(one, told)],
        states=states.WORDS,
        page=url_for("own_recommendations.show", slug=home.slug) if home is not None else "",
        address=f"/r/{visit.token}",
        visited=visit.space,
    )


def _is_beside(one: Told, told: Told) -> bool:
    """Whether the SMS of ``told`` asked about ``one``; it asked about itself."""
    return one.row.id == told.row.id or one.row.asked_mailing_id == told.row.asked_mailing_id is not None


PAGE = LinkPage(show=_show, act=OPT_OUT_PAGE.act, beside={"sms": OPT_OUT_PAGE.show})
LINKS = {FOLLOW_UP: PAGE}
"""For the table of pages by purpose of link."""
