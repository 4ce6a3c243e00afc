"""The rooms of the workshop, registered together."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.accounts.guards import VISITORS
from app.workshops import (
    browser,
    handset_pages,
    holding_pages,
    joining_pages,
    moving_pages,
    own_list_pages,
    participant_pages,
    planning_pages,
    reaching_pages,
    real_pages,
    results_pages,
    room_pages,
    scenario_pages,
    seat_pages,
    trainer_pages,
    wall_pages,
    weather_pages,
)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages for the trainer, the participants and the projector."""
    app.extensions[VISITORS] = browser.recognise
    handset_pages.register(app, csrf)
    for pages in (
        planning_pages,
        results_pages,
        scenario_pages,
        room_pages,
        own_list_pages,
        participant_pages,
        moving_pages,
        trainer_pages,
        weather_pages,
        holding_pages,
        wall_pages,
        joining_pages,
        reaching_pages,
        seat_pages,
        real_pages,
    ):
        app.register_blueprint(pages.blueprint)
