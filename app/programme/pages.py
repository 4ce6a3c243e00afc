"""Every page of the programme, registered in one place; and what its rooms ask of those above them."""

from collections.abc import Collection, Mapping

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.programme import personal_pages
from app.programme.applications.web import pages as applications
from app.programme.applications.web import personal as applicants
from app.programme.association import pages as association
from app.programme.diagnostic import overview_pages
from app.programme.diagnostic import pages as diagnostic
from app.programme.impact import pages as impact
from app.programme.impact import row_pages as impact_rows
from app.programme.partners import pages as partners
from app.programme.partners import public_pages as public_partners
from app.programme.partners.models import Subject
from app.programme.partners.rules import Named
from app.programme.recommendations import follow_ups
from app.programme.recommendations import link_pages as recommendation_links
from app.programme.recommendations import pages as recommendations
from app.programme.recommendations.offering import offers
from app.programme.recommendations.service import tried
from app.programme.resources import file_pages as resource_files
from app.programme.resources import pages as resources
from app.programme.resources import staff_pages as resource_desk
from app.programme.sharing import pages as sharing
from app.programme.staff import cohort_pages, feed_pages, file_pages, member_pages
from app.programme.staff import pages as staff
from app.programme.staff import people_pages as staff_people
from app.programme.tools import public_pages as tools
from app.programme.tools import reading_pages as tool_readings
from app.programme.trainings import association_pages as own_trainings
from app.programme.trainings import file_pages as training_files
from app.programme.trainings import leader_pages as led_trainings
from app.programme.trainings import material_pages as training_materials
from app.programme.trainings import pages as trainings
from app.programme.trainings import people_pages as training_people
from app.programme.trainings.service import titles as training_titles

PANELS = (personal_pages.PANELS, applicants.PANELS)
"""For the contacts' pages."""
LINKS = recommendation_links.LINKS
"""For the table of pages by purpose of link."""


def _trainings_named(session: Session, training_ids: Collection[int]) -> Mapping[int, Named]:
    """Their titles: their pages are for those who are in them."""
    return {one: Named(title) for one, title in training_titles(session, training_ids).items()}


FILLINGS = (
    tool_readings.TRIED.filled_by(tried),
    tool_readings.NO_LONGER.filled_by(follow_ups.tool_withdrawn),
    overview_pages.OFFERS.filled_by(offers),
    public_partners.NAMED.filled_by(
        {Subject.TOOL: tool_readings.named, Subject.RESOURCE: resources.named, Subject.TRAINING: _trainings_named}
    ),
)
"""What the catalogue and the diagnostic ask of the recommendations, and the partners of everything above them."""


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The pages of its staff, those of associations in their own spaces, and those that anybody reads."""
    applications.register(app, csrf)
    diagnostic.register(app, csrf)
    tools.register(app, csrf)
    recommendations.register(app)
    for pages in (
        staff, cohort_pages, member_pages, staff_people, file_pages, feed_pages, impact, impact_rows,
        association, trainings, training_people, training_files, training_materials, led_trainings, own_trainings,
        resources, resource_desk, resource_files, partners, public_partners, sharing,
    ):  # fmt: skip
        app.register_blueprint(pages.blueprint)
