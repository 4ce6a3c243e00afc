"""The pages that anybody may read: help, accessibility, privacy."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import load_user, public

blueprint = Blueprint("about", __name__)


@blueprint.get("/aide")
@public("Help is needed most by whoever cannot get in.")
def aid() -> ResponseReturnValue:
    load_user()
    return render_template("accounts/aid.html")


@blueprint.get("/accessibilite")
@public("The law asks for it on every site.")
def accessibility() -> ResponseReturnValue:
    load_user()
    return render_template("accounts/accessibility.html")


@blueprint.get("/confidentialite")
@public("Whoever receives a text must find it without an account.")
def privacy() -> ResponseReturnValue:
    load_user()
    return render_template("accounts/privacy.html")
