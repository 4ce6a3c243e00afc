"""Refusals and faults, as a page for people and as problem+json for programs."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app.errors import AppError, Conflict, Elsewhere, Forbidden, NotFound, NotSignedIn, TooMany
from app.french.language import _
from app.web.requests import go_to, is_api

log = logging.getLogger(__name__)

_STATUSES: dict[type[AppError], int] = {NotSignedIn: 401, NotFound: 404, Forbidden: 403, Conflict: 409, TooMany: 429}


@dataclass(frozen=True)
class Problem:
    """One refusal, ready to be shown: ``fields`` ties sentences to form fields."""

    status: int
    code: str
    sentence: str
    fields: dict[str, str]


def problem_of(error: AppError) -> Problem:
    status = next((number for kind, number in _STATUSES.items() if isinstance(error, kind)), 422)
    return Problem(status, error.code, error.sentence, error.fields)


def refuse(problem: Problem) -> Response:
    """A refusal as problem+json for programs, as a page for people, as a notice inside a page for htmx."""
    if is_api():
        body = {
            "type": "about:blank",
            "title": problem.sentence,
            "status": problem.status,
            "code": problem.code,
            "detail": problem.sentence,
            "errors": problem.fields,
        }
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = Response(_error_page(problem), mimetype="text/html")
    response.status_code = problem.status
    return response


def _error_page(problem: Problem) -> str:
    # A fault of ours may lie in what stands around every page: that page stands alone.
    return render_template(
        "errors/fault.html" if problem.status >= 500 else "errors/error.html",
        code=problem.status,
        title=problem.sentence,
        text=" ".join(problem.fields.values()),
        request_id=g.get("request_id", "") if problem.status >= 500 else "",
    )


def install(app: Flask) -> None:
    """Answer every error of ``app`` with a refusal."""
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(Elsewhere, _elsewhere)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _app_error(error: AppError) -> ResponseReturnValue:
    response = refuse(problem_of(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _elsewhere(error: Elsewhere) -> ResponseReturnValue:
    return go_to(error.address)


def _validation_error(error: ValidationError) -> ResponseReturnValue:
    return refuse(Problem(422, "invalid", _("Certaines réponses sont à corriger."), flat(error.messages)))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    sentence = _("Cette page a été ouverte il y a trop longtemps. Revenez en arrière, rechargez-la et recommencez.")
    return refuse(Problem(400, "page_too_old", sentence, {}))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    response = refuse(Problem(status, f"http_{status}", _HTTP_SENTENCES.get(status) or _HTTP_SENTENCES[400], {}))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", exc_info=error, extra={"path": request.path, "method": request.method})
    return refuse(Problem(500, "unforeseen", _HTTP_SENTENCES[500], {}))


def flat(messages: object, prefix: str = "") -> dict[str, str]:
    """marshmallow's nested messages as {field: sentence}, a dot between the levels."""
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for name, inner in messages.items():
            found.update(flat(inner, f"{prefix}.{name}" if prefix else str(name)))
        return found
    if isinstance(messages, list) and messages and isinstance(messages[0], dict):
        return flat(messages[0], prefix)
    text = " ".join(str(m) for m in messages) if isinstance(messages, list) else str(messages)
    return {prefix or "_schema": text}


_HTTP_SENTENCES = {
    400: _("Cette demande n'est pas lisible."),
    401: _("Il faut se connecter."),
    403: _("Vous n'avez pas le droit de faire cela ici."),
    404: _("Cette page n'existe pas, ou vous n'y avez pas accès."),
    405: _("Cette adresse ne se prête pas à cette action."),
    413: _("Ce fichier est trop lourd : 20 Mo au plus."),
    415: _("Ce format n'est pas pris en charge."),
    429: _("Trop de demandes. Attendez un instant."),
    500: _("Quelque chose s'est mal passé chez nous. Rien n'est perdu : rechargez la page."),
}
