"""Every page about people: the rooms of contacts under one roof."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.contacts.bulk import pages as bulk_pages
from app.contacts.exporting import pages as export_pages
from app.contacts.importing import pages as import_pages
from app.contacts.merging import pages as merging_pages
from app.contacts.merging import same_pages
from app.contacts.profile import pages as profile_pages
from app.contacts.web import archive_pages, list_pages, pages

MAX_TYPED_BYTES = 5_000_000
"""Rows pasted from a spreadsheet: some 50,000 people."""


def register(app: Flask, csrf: CSRFProtect) -> None:  # noqa: ARG001 - every form of ours carries its token
    """People, lists, files and what is noted of people."""
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_TYPED_BYTES
    for each in (
        pages,
        archive_pages,
        bulk_pages,
        list_pages,
        import_pages,
        export_pages,
        merging_pages,
        same_pages,
        profile_pages,
    ):
        app.register_blueprint(each.blueprint)
