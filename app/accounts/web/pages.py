"""The accounts' pages, given to the application in one call."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.accounts import roles
from app.accounts.web import (
    access_grant_pages,
    factor_pages,
    factor_reset_pages,
    journal_pages,
    key_pages,
    phone_pages,
    profile_pages,
    public_pages,
    recovery_pages,
    second_proof_pages,
    sign_in_pages,
    space_pages,
    team_pages,
    welcome_pages,
)
from app.french.language import _

# Edge's user agent contains « Chrome » and « Safari »: the most specific is tested first.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_PAGES = (
    sign_in_pages,
    second_proof_pages,
    recovery_pages,
    welcome_pages,
    profile_pages,
    phone_pages,
    factor_pages,
    factor_reset_pages,
    space_pages,
    team_pages,
    access_grant_pages,
    key_pages,
    journal_pages,
    public_pages,
)


def register(app: Flask, csrf: CSRFProtect) -> None:  # noqa: ARG001 - every form of ours carries its token
    for pages in _PAGES:
        app.register_blueprint(pages.blueprint)
    app.jinja_env.globals.update(role_options=roles.options, role_name=roles.name)
    app.jinja_env.filters["browser"] = browser_name


def browser_name(user_agent: str) -> str:
    """« Firefox sur Android »: what a person recognises of a browser's own words."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _("Un navigateur"))
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return _("%(browser)s sur %(system)s", browser=browser, system=system) if system else browser
