"""Where a respondent answers: a personal link, no account, no cookie, six short pages."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.signing import throttle
from app.accounts.signing.throttle_keys import Throttled
from app.accounts.web.guards import signed
from app.clock import utc_now
from app.errors import Conflict, NotFound, RuleBroken, TooMany
from app.french.language import _
from app.programme.diagnostic import answering, axes, schemas
from app.programme.diagnostic.answering import Visit
from app.programme.diagnostic.axes import PATHS, Axis
from app.web.problems import errors_of
from app.web.requests import is_fragment, remote_address, runtime

blueprint = Blueprint("answering", __name__, url_prefix="/diagnostic")
PATH_OF: Mapping[Axis, str] = {axis: path for path, axis in PATHS.items()}
SECRET = "The address holds a secret of 69 bits, given to whoever was asked to answer; wrong ones are counted."  # noqa: S105 - a reason
FREE_WRONG_LINKS = 60
"""Links that open nothing, from one address which a whole association may share, before it waits a few seconds."""
MAX_WAIT_S = 30


@blueprint.get("/<token>")
@signed(SECRET)
def begin(token: str) -> ResponseReturnValue:
    """Who asks and who will read; where to begin or to go on; what is left."""
    return _start_page(token, {})


@blueprint.get("/<token>/<axis>")
@signed(SECRET)
def read(token: str, axis: str) -> ResponseReturnValue:
    """The questions of one axis, as answered so far."""
    wanted = _axis(axis)
    with runtime().database.snapshot() as session:
        at = answering.visit(session, token)
    if not at.is_open:
        return redirect(url_for("answering.begin", token=token))
    return _axis_page(at, token, wanted)


@blueprint.post("/<token>/<axis>")
@signed(SECRET)
def keep(token: str, axis: str) -> ResponseReturnValue:
    """Each answer is kept as it is given where scripts run, and with the page where they do not."""
    wanted = _axis(axis)
    with runtime().database.transaction() as session:
        at = answering.visit(session, token, lock=True)
        answering.write(session, at, schemas.answers(request.form), now=utc_now())
    if is_fragment():
        with runtime().database.snapshot() as session:
            at = answering.visit(session, token)
        return render_template("programme/diagnostic/_saved.html", saved_at=at.saved_at)
    following = list(PATHS)[list(PATHS.values()).index(wanted) + 1 :]
    if not following or request.form.get("then") == "stop":
        return redirect(url_for("answering.begin", token=token), 303)
    return redirect(url_for("answering.read", token=token, axis=following[0]), 303)


@blueprint.post("/<token>/fini")
@signed(SECRET)
def finish(token: str) -> ResponseReturnValue:
    """« J'ai terminé »: what is missing is named, or becomes « Je ne sais pas » by its own button."""
    try:
        with runtime().database.transaction() as session:
            at = answering.visit(session, token, lock=True)
            answering.finish(session, at, rest_unknown=request.form.get("rest") == "unknown", now=utc_now())
    except RuleBroken as wrong:
        return _start_page(token, errors_of(wrong), status=422)
    return redirect(url_for("answering.begin", token=token), 303)


@blueprint.errorhandler(NotFound)
def gone(error: NotFound) -> ResponseReturnValue:
    """A link that was renewed, or whose time is over, and one that never was, answer alike, and are counted alike.

    A right link never waits for wrong ones.
    """
    if error.code == "link_unknown":
        try:
            with runtime().database.transaction() as session:
                throttle.take(
                    session, Throttled.ANSWER_LINK_FROM.by(remote_address()), now=utc_now(), free=FREE_WRONG_LINKS,
                    max_wait_s=MAX_WAIT_S,
                )  # fmt: skip
        except TooMany as wait:
            return render_template("programme/diagnostic/gone.html", wait=wait.sentence), 429
    return render_template("programme/diagnostic/gone.html", wait=""), 404


@blueprint.errorhandler(Conflict)
def over(_error: Conflict) -> ResponseReturnValue:
    """What was pressed after the end: the page that says that it is over."""
    return redirect(url_for("answering.begin", token=(request.view_args or {})["token"]), 303)


def _start_page(token: str, errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        at = answering.visit(session, token)
    page = render_template(
        "programme/diagnostic/start.html",
        visit=at,
        token=token,
        errors=errors,
        paths=PATH_OF,
        names=axes.LONG,
        association=at.association.name,
    )
    return page, status


def _axis_page(at: Visit, token: str, axis: Axis) -> ResponseReturnValue:
    return render_template(
        "programme/diagnostic/axis.html",
        visit=at,
        token=token,
        axis=axis,
        paths=PATH_OF,
        number=list(Axis).index(axis) + 1,
        of=len(Axis),
        names=axes.LONG,
        answers=axes.ANSWERS,
        sent=axes.sent,
        association=at.association.name,
        saved_at=at.saved_at,
    )


def _axis(path: str) -> Axis:
    found = PATHS.get(path)
    if found is None:
        raise NotFound("axis_unknown", _("Cette page n'existe pas."))
    return found
