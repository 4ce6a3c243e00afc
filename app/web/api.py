"""What the rooms' JSON APIs share: strict reading of requests, and the OpenAPI written from the routes themselves."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn, cast

import flask_smorest
from flask import Flask, Request, Response
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from marshmallow import RAISE, ValidationError, fields, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.french.language import _
from app.web.requests import is_api
from app.web.schemas import Body
from app.web.seams import Seam, fill

PREFIX = "/api/v1"
ONCE_HEADER = "Idempotency-Key"
PROBLEM_TYPE = "application/problem+json"

View = Callable[..., ResponseReturnValue]
Wear = Callable[[View], View]


class ProblemOut(Body):
    """A refusal (RFC 9457): ``code`` for programs, ``detail`` for people, ``errors`` by field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Reader(FlaskParser):
    """Requests read strictly: a body is JSON and says so, and names no field nor parameter that we do not know."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "multipart"), RAISE)
    __location_map__ = {**FlaskParser.__location_map__, "multipart": "load_multipart"}  # noqa: RUF012 - as the library declares it

    def load_json(self, req: Request, schema: Any) -> Any:
        raw = req.get_data()
        if not raw:
            return None if getattr(schema, "BODY_REQUIRED", False) else missing
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise BadRequest from None

    def load_multipart(self, req: Request, _schema: Any) -> Any:
        if req.mimetype != "multipart/form-data":
            raise UnsupportedMediaType
        return {**req.form.to_dict(), **req.files.to_dict()}

    def handle_error(self, error: ValidationError, *_args: Any, **_words: Any) -> NoReturn:
        by_location = cast(dict[str, Any], error.messages)
        raise ValidationError(next(iter(by_location.values())))


class Blueprint(flask_smorest.Blueprint):
    """Routes that document themselves. From the top: the route, its guard, what it takes, ``once``, what it answers.

    ``also`` are refusals that these do not tell.
    """

    ARGUMENTS_PARSER = Reader()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING: ClassVar[dict[str, str]] = {
        "json": "application/json",
        "multipart": "multipart/form-data",
    }

    def get(self, rule: str, summary: str, *, also: tuple[int, ...] = ()) -> Wear:
        return self._on("GET", rule, summary, also)

    def post(self, rule: str, summary: str, *, also: tuple[int, ...] = ()) -> Wear:
        return self._on("POST", rule, summary, also)

    def put(self, rule: str, summary: str) -> Wear:
        return self._on("PUT", rule, summary, ())

    def patch(self, rule: str, summary: str, *, also: tuple[int, ...] = ()) -> Wear:
        return self._on("PATCH", rule, summary, also)

    def delete(self, rule: str, summary: str, *, also: tuple[int, ...] = ()) -> Wear:
        return self._on("DELETE", rule, summary, also)

    def takes(self, schema: type[Body], where: str = "json") -> Wear:
        """Hand the view what was sent, read by ``schema``; ``where`` is ``json``, ``query`` or ``multipart``."""
        example = schema.EXAMPLE if where != "query" else None
        return cast(Wear, self.arguments(schema, location=where, example=example))

    def answers(self, status: int, schema: type[Body]) -> Callable[[Callable[..., Any]], View]:
        """Answer what the view returns, written by ``schema``."""
        document = self.response(status, schema, example=schema.EXAMPLE, description=_DESCRIPTIONS[status])
        return cast(Callable[[Callable[..., Any]], View], document)

    def answers_nothing(self, view: Callable[..., None]) -> View:
        """Answer 204."""

        @wraps(view)
        def silent(*args: Any, **words: Any) -> Response:
            view(*args, **words)
            response = Response(status=204)
            del response.headers["Content-Type"]
            return response

        return cast(View, self.response(204, description=_DESCRIPTIONS[204])(silent))

    def answers_file(self, content_type: str, example: str) -> Wear:
        """Answer the file that the view returns."""
        document = self.response(
            200, {"type": "string"}, content_type=content_type, example=example, description=_DESCRIPTIONS[200]
        )
        return cast(Wear, document)

    def _on(self, method: str, rule: str, summary: str, also: tuple[int, ...]) -> Wear:
        def wear(view: View) -> View:
            takes = view._apidoc.get("arguments", {}).get("parameters", ())  # type: ignore[attr-defined]
            places = {each["in"] for each in takes}
            once = getattr(view, "is_once", False)
            codes = {401, 403, *also, *([404] if "<" in rule else []), *([422] if places else [])}
            codes |= ({400, 413, 415} if places - {"query"} else set()) | ({409, 422} if once else set())
            words: dict[str, Any] = {
                "summary": summary,
                "operationId": f"{self.name.removeprefix('api_')}_{view.__name__}",
                "x-role": view.guard.role.value,  # type: ignore[attr-defined]
                "responses": {code: HTTPStatus(code).name for code in sorted(codes)},
            }
            if once:
                words["parameters"] = [_ONCE_PARAMETER]
            return cast(View, self.route(rule, methods=[method])(self.doc(**words)(view)))

        return wear


class Api(flask_smorest.Api):
    """The library's API with two mends: errors stay with ``problems``, and are documented as they are."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None: the library's is for the whole application, makes pages' 404 JSON, drops ``Allow`` from a 405."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status < 400:
                continue
            code, detail = _PROBLEMS.get(status, (f"http_{status.value}", status.phrase))
            errors = {"phone": detail} if status == 422 else {}
            example = {
                "type": "about:blank",
                "title": detail,
                "status": status.value,
                "code": code,
                "detail": detail,
                "errors": errors,
            }
            content = {PROBLEM_TYPE: {"schema": ProblemOut, "example": example}}
            self.spec.components.response(status.name, {"description": detail, "content": content}, lazy=True)


API: Seam[Api] = Seam("api")
"""Every route added so far."""


def install(app: Flask) -> None:
    """Give ``app`` an API that ``add`` can fill."""
    api = Api(
        app,
        spec_kwargs={
            "title": "Tambour",
            "version": "1",
            "openapi_version": "3.1.0",
            "info": {"description": _ABOUT},
            "security": [{"key": []}],
        },
    )
    words = _("Une clé de l'espace, faite par sa référente : « Authorization: Bearer tbr_… ».")
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": words})
    fill(app, API.filled_by(api))
    app.after_request(_challenge)


def add(app: Flask, csrf: CSRFProtect, *blueprints: Blueprint) -> None:
    """Serve and document these routes. A key comes with each request, so no form of another site can forge one."""
    for blueprint in blueprints:
        API.of(app).register_blueprint(blueprint)
        csrf.exempt(blueprint)


def document() -> dict[str, Any]:
    """The OpenAPI of every route added."""
    return cast(dict[str, Any], API.read().spec.to_dict())


def _challenge(response: Response) -> Response:
    if response.status_code == 401 and is_api():
        response.headers["WWW-Authenticate"] = 'Bearer realm="Tambour"'
    return response


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON's


_ABOUT = _(
    "Mobiliser ses bénévoles par SMS. Les instants sont en ISO 8601 ; sans décalage, l'heure est celle de Paris. Les "
    "montants sont en millionièmes de l'unité de monnaie. Les longueurs sont comptées en caractères Unicode. Une liste "
    "se lit par pages de 200 au plus ; un corps de demande pèse 20 Mo au plus."
)
_DESCRIPTIONS = {200: _("Voici."), 201: _("C'est fait."), 202: _("C'est pris en compte."), 204: _("C'est fait.")}
_ONCE_PARAMETER = {
    "in": "header",
    "name": ONCE_HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
    "description": _("Un mot de votre choix : la même demande sous le même mot a la même réponse pendant 24 heures."),
    "example": "commande-2026-0017",
}
_PROBLEMS = {
    400: ("http_400", _("Cette demande n'est pas lisible.")),
    401: ("key_unknown", _("Il faut une clé valable : « Authorization: Bearer tbr_… ».")),
    403: ("role_too_low", _("Votre rôle dans cet espace ne permet pas cette action.")),
    404: ("contact_unknown", _("Cette personne n'est pas dans vos bénévoles.")),
    409: ("campaign_sending", _("Cet envoi est déjà en cours : rien n'a été envoyé deux fois.")),
    413: ("http_413", _("Ce fichier est trop lourd : 20 Mo au plus.")),
    415: ("http_415", _("Ce format n'est pas pris en charge.")),
    422: ("invalid", _("Certaines réponses sont à corriger.")),
}
