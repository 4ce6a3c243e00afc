"""Refusals and faults, as a page for people and as problem+json for programs."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, jsonify, render_template, request
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
    outside = _is_outside()
    more = " ".join(dict.fromkeys(one for one in problem.fields.values() if one != problem.sentence))
    gestures = _GESTURES_OUTSIDE if outside else _GESTURES
    return render_template(
        "errors/fault.html" if problem.status >= 500 else "errors/error.html",
        code=problem.status,
        title=problem.sentence,
        text=more or gestures.get(problem.status, ""),
        outside=outside,
        again=_page_again(),
        request_id=g.get("request_id", "") if problem.status >= 500 else "",
    )


def _is_outside() -> bool:
    """Whether a volunteer reads it, or anybody without an account: they are never led to the sign-in.

    Whoever nobody has signed in, on an address whose neighbours are all open to anyone.
    """
    if g.get("user") is not None or g.get("principal") is not None:
        return False
    first = request.path.split("/")[1]
    beside = [rule for rule in current_app.url_map.iter_rules() if first and rule.rule.split("/")[1] == first]
    guards = [getattr(current_app.view_functions[rule.endpoint], "guard", None) for rule in beside]
    return bool(guards) and all(guard is not None and guard.kind in ("public", "signed") for guard in guards)


def _page_again() -> str:
    """The page that a refused form came from, where its address has one: with what has changed on it since."""
    if request.method == "GET":
        return ""
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return ""
    return request.path


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


def errors_of(wrong: ValidationError | AppError) -> dict[str, str]:
    """A refusal as {field: sentence}; under "" where it is of no field."""
    if isinstance(wrong, ValidationError):
        return flat(wrong.messages)
    return dict(wrong.fields) or {"": wrong.sentence}


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
    500: _("Une erreur est survenue chez nous."),
}
_LOOK = _("Revenez à la page précédente et vérifiez ce qui a été fait avant de recommencer.")
_GESTURES = {
    400: _("Revenez à la page précédente, rechargez-la et recommencez."),
    403: _("Demandez à la référente de votre espace."),
    404: _("Vérifiez l'adresse. Ce qu'elle montrait a pu être supprimé, ou être dans un espace où vous n'êtes pas."),
    405: _("Repartez de l'accueil."),
    409: _("La page a changé depuis que vous l'avez ouverte : rouvrez-la pour voir où elle en est."),
    413: _("Enregistrez-le en .csv, ou coupez-le en plusieurs fichiers."),
    415: _("Choisissez un fichier .xlsx ou .csv."),
    422: _("Revenez à la page précédente, corrigez et recommencez."),
    500: _LOOK,
}
"""What to do about a refusal that does not say it itself."""
_GESTURES_OUTSIDE = {
    404: _("Rouvrez le lien tel que vous l'avez reçu. S'il ne marche plus, appelez l'association qui vous a écrit."),
    500: _LOOK,
}
