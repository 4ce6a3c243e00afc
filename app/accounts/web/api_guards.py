"""``once``: what a program creates is created once, however often its network makes it ask."""

import hashlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts import idempotency
from app.accounts.idempotency import Answer, KeyedRequest, Lease
from app.clock import utc_now
from app.errors import AppError, RuleBroken
from app.french.language import _
from app.web.api import ONCE_HEADER
from app.web.requests import runtime

LONGEST_WORD = 120


def once(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Hand the view its ``session``. Its writes and its answer share one transaction: neither is kept alone.

    With an ``Idempotency-Key`` the answer is given again to whoever asks the same; without, each demand is new.
    """

    @wraps(view)
    def guarded(*args: Any, **words: Any) -> ResponseReturnValue:
        once_key = request.headers.get(ONCE_HEADER)
        act = partial(view, *args, **words)
        if once_key is not None:
            return _once(_demand(once_key), act)
        with runtime().database.transaction() as session:
            return act(session=session)

    guarded.is_once = True  # type: ignore[attr-defined]  # read off the view by the contract's pages
    return guarded


def _once(demand: KeyedRequest, act: Callable[..., ResponseReturnValue]) -> Response:
    database = runtime().database
    with database.transaction() as session:
        turn = idempotency.begin(session, demand, now=utc_now())
    if isinstance(turn, Answer):
        return Response(turn.body, status=turn.status, content_type=turn.content_type)
    try:
        with database.transaction() as session:
            response = current_app.make_response(act(session=session))
            _keep(session, turn, response)
    except (AppError, ValidationError) as refusal:  # as much an answer as any other
        response = current_app.make_response(current_app.handle_user_exception(refusal))
        with database.transaction() as session:
            _keep(session, turn, response)
    except Exception:
        with database.transaction() as session:
            idempotency.give_up(session, turn)
        raise
    return response


def _keep(session: Any, turn: Lease, response: Response) -> None:
    answer = Answer(response.status_code, response.headers.get("Content-Type", ""), response.get_data())
    idempotency.finish(session, turn, answer)


def _demand(word: str) -> KeyedRequest:
    if not word.isascii() or not word.isprintable() or " " in word or not 0 < len(word) <= LONGEST_WORD:
        sentence = _("Idempotency-Key : de 1 à 120 signes, lettres, chiffres ou tirets, sans espace ni accent.")
        raise RuleBroken("idempotency_key_unreadable", sentence)
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.mimetype == "multipart/form-data":  # its boundary changes at every try
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            file.stream.seek(0)
            content = hashlib.file_digest(file.stream, "sha256")  # type: ignore[arg-type]  # werkzeug types it IO
            digest.update(f"{name}={file.filename} {content.hexdigest()}\n".encode())
    else:
        digest.update(request.get_data())
    return KeyedRequest(g.api_key.id, word, digest.hexdigest())
