"""Every page of the programme, registered in one place."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.programme.staff import cohort_pages, file_pages, member_pages
from app.programme.staff import pages as staff_pages


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """The pages of its staff."""
    for pages in (staff_pages, cohort_pages, member_pages, file_pages):
        app.register_blueprint(pages.blueprint)
