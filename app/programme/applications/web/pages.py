"""Every page of applications, registered in one place."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.programme.applications.web import (
    act_pages,
    desk_pages,
    entry_pages,
    field_pages,
    form_pages,
    letter_pages,
    review_pages,
)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The public ones, whose links stand for a form token, and the staff's."""
    for room in (entry_pages, field_pages, review_pages):
        app.register_blueprint(room.register(csrf))
    for desk in (desk_pages, act_pages, form_pages, letter_pages):
        app.register_blueprint(desk.blueprint)
