"""The rooms of the workshop, registered together."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.programme.progress import reading_pages
from app.workshops.alone import pages as alone_pages
from app.workshops.path import pages as scenario_pages
from app.workshops.phones import pages as handset_pages
from app.workshops.planning import guest_pages, reschedule_pages, trainer_pages
from app.workshops.planning import pages as planning_pages
from app.workshops.practice import pages as own_list_pages
from app.workshops.real import pages as real_pages
from app.workshops.results import pages as results_pages
from app.workshops.results import told
from app.workshops.room import answer_pages, fault_pages, hint_pages, paper_pages, wall_pages
from app.workshops.room import pages as room_pages
from app.workshops.seats import connectivity_pages, file_pages, holding_pages, join_pages, refusal_pages
from app.workshops.seats import pages as seat_pages

FILLINGS = (reading_pages.WORKSHOPS.filled_by(told.WORKSHOPS),)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages for the trainer, the participants and the projector."""
    handset_pages.register(app, csrf)
    refusal_pages.register(app)
    for pages in (
        planning_pages,
        results_pages,
        scenario_pages,
        room_pages,
        own_list_pages,
        guest_pages,
        reschedule_pages,
        trainer_pages,
        fault_pages,
        answer_pages,
        hint_pages,
        holding_pages,
        wall_pages,
        paper_pages,
        join_pages,
        connectivity_pages,
        seat_pages,
        file_pages,
        alone_pages,
        real_pages,
    ):
        app.register_blueprint(pages.blueprint)
