"""Every page of the diagnostic: where people answer, the association's own, the staff's."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.programme.diagnostic import answer_pages, desk_pages, inventory_pages, people_pages, version_pages
from app.programme.diagnostic.place_pages import own_blueprint, staff_blueprint

ROUTES = (*desk_pages.ROUTES, *people_pages.ROUTES, *inventory_pages.ROUTES)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """A respondent's page has no cookie: the secret of its address stands for the form's token."""
    csrf.exempt(answer_pages.blueprint)
    for blueprint in (answer_pages.blueprint, own_blueprint(ROUTES), staff_blueprint(ROUTES), version_pages.blueprint):
        app.register_blueprint(blueprint)
