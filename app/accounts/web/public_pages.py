"""The pages that anybody may read: help, accessibility, privacy, and who publishes the site."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import load_user, public
from app.web.requests import runtime

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


@blueprint.get("/mentions-legales")
@public("The law asks for it on every site.")
def legal() -> ResponseReturnValue:
    load_user()
    return render_template("accounts/legal.html", legal=runtime().settings)


@blueprint.get("/confidentialite")
@public("Whoever receives a text must find it without an account.")
def privacy() -> ResponseReturnValue:
    load_user()
    return render_template("accounts/privacy.html", legal=runtime().settings)
