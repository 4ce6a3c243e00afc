"""The Flask application: the two sets of paths, and errors in each one's language."""

import logging

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.simulator import api, classroom
from app.simulator.desk import EXTENSION, Desk
from app.simulator.refusals import Misasked, Refused, broken, not_found

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024


def build_wsgi(desk: Desk) -> Flask:
    """The application over ``desk``; it reads no environment and serves no file."""
    wsgi = Flask(__name__, static_folder=None)
    wsgi.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    wsgi.extensions[EXTENSION] = desk
    wsgi.register_blueprint(api.blueprint)
    wsgi.register_blueprint(classroom.blueprint)
    wsgi.add_url_rule("/healthz", view_func=_healthy)
    wsgi.register_error_handler(Refused, _refused)
    wsgi.register_error_handler(Misasked, _misasked)
    wsgi.register_error_handler(HTTPException, _http)
    wsgi.register_error_handler(Exception, _unexpected)
    return wsgi


def _healthy() -> ResponseReturnValue:
    return jsonify({"status": "ok"})


def _refused(error: Refused) -> ResponseReturnValue:
    answer = jsonify(error.body())
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _misasked(error: Misasked) -> ResponseReturnValue:
    answer = jsonify({"code": error.code, "detail": error.sentence, "status": 400, "title": "Demande incorrecte"})
    answer.status_code = 400
    answer.mimetype = "application/problem+json"
    return answer


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status == 404:
        return _refused(not_found(request.path))
    return _refused(Refused(20000 + status, error.name, status=status))


def _unexpected(error: Exception) -> ResponseReturnValue:
    # Flask's own record of a crash names the path, and ours contain phone numbers.
    log.error("simulator_failed", exc_info=error, extra={"endpoint": request.endpoint})
    return _refused(broken())
