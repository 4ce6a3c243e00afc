"""A form sent back to whoever filled it in, with what they typed and what to mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request
from marshmallow import ValidationError

from app.accounts.signing.signing_in import WrongPassword
from app.errors import AppError, Conflict, RuleBroken, TooMany
from app.web.problems import flat, problem_of

REFUSALS = (ValidationError, RuleBroken, Conflict, TooMany, WrongPassword)
"""What its form says itself; all else has a page of its own."""


@dataclass(frozen=True)
class Refused:
    """Why a form did not go through: ``errors`` belong to fields, ``sentence`` stands above them all."""

    status: int = 200
    sentence: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    retry_after_s: int | None = None

    @classmethod
    def by(cls, error: Exception) -> "Refused":
        """Raises again what no form can say."""
        if isinstance(error, ValidationError):
            return cls(422, "", flat(error.messages))
        if not isinstance(error, AppError):
            raise error
        problem = problem_of(error)
        wait = error.retry_after_s if isinstance(error, TooMany) else None
        return cls(problem.status, "" if problem.fields else problem.sentence, problem.fields, wait)


FINE = Refused()


def show(template: str, refused: Refused = FINE, **words: Any) -> Response:
    """The page with its form: ``typed`` is what was sent, never a password."""
    page = render_template(template, refused=refused, errors=refused.errors, typed=request.form, **words)
    response = Response(page, status=refused.status, mimetype="text/html")
    if refused.retry_after_s:
        response.headers["Retry-After"] = str(refused.retry_after_s)
    return response
