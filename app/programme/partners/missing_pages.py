"""What the programme's public pages say of one that is not there: no letter led its reader to it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.errors import NotFound


def missing(error: NotFound) -> ResponseReturnValue:
    """What is not there, in the words of the room that looked for it, with a search and the ways on."""
    return render_template("programme/missing.html", sentence=error.sentence), 404
