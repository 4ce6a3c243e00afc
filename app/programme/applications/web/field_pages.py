"""The fields of an application, for whoever holds its link: saved one by one by a script, by section without."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.web.guards import signed
from app.clock import utc_now
from app.errors import AppError, Conflict, NotFound, RuleBroken, TooMany
from app.french.language import _
from app.programme.applications import answering, files, questions, versions
from app.programme.applications.answering import Saved, Typed
from app.programme.applications.questions import Field, Kind, Page
from app.programme.applications.versions import Published
from app.programme.applications.web.link_guards import SECRET, Opened, not_found, opened
from app.programme.applications.web.shown import NOTHING, Form, form_of
from app.programme.files import kinds
from app.programme.files.sent_pages import sent_file
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("application_form", __name__, url_prefix="/candidature/<token>")
blueprint.register_error_handler(NotFound, not_found)


def register(csrf: CSRFProtect) -> Blueprint:
    """The secret of the address stands for the form token, which would need a cookie."""
    csrf.exempt(blueprint)
    return blueprint


@blueprint.get("/<any(association, conditions):page>")
@signed(SECRET)
def fill_in(token: str, page: str) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        at = opened(session, token)
        form = form_of(session, at, NOTHING, now=utc_now())
    return _page(token, Page(page), at, form)


@blueprint.post("/<any(association, conditions):page>")
@signed(SECRET)
def save(token: str, page: str) -> ResponseReturnValue:
    """« Enregistrer et continuer », without a script: one section, then the next."""
    section = request.form.get("section", "")
    try:
        at, form, saved = _save(token, lambda known: known.of_section(section))
    except Conflict as wrong:
        return _refused(token, Page(page), errors_of(wrong), 409)
    if saved.stale or saved.errors:
        return _page(token, Page(page), at, form, status=409 if saved.stale else 422)
    if any(one.field.why_of and one.is_asked and not one.value for one in form.of_section(section)):
        return redirect(
            url_for(".fill_in", token=token, page=page) + f"#partie-{section}", 303
        )  # it has just been asked
    return redirect(_next(token, section), 303)


@blueprint.post("/champ")
@signed(SECRET)
def save_field(token: str) -> ResponseReturnValue:
    """One field, by the script: what stands under it now, and the four verdicts."""
    key = request.form.get("field", "")
    try:
        _at, form, saved = _save(token, lambda known: [known.get(key)])
        if key not in form.fields:
            raise Conflict("question_gone", _("Cette question n'est plus posée : votre réponse reste dans le dossier."))
    except AppError as wrong:
        note = render_template("programme/applications/_refused.html", sentence=wrong.sentence)
        return jsonify(note=note), 409 if isinstance(wrong, Conflict) else 422
    status = 409 if saved.stale else 422 if saved.errors else 200
    return _told(form, key), status


@blueprint.post("/fichier")
@signed(SECRET)
def upload(token: str) -> ResponseReturnValue:
    """A file is kept at once; whoever applies waits for no check of it."""
    content, _typed_name = sent_file()
    key = request.form.get("field", "")
    if len(content) > kinds.MAX_BYTES:
        return _file_refused(token, key, kinds.too_big(request.content_length or len(content)))
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            space_id = at.programme.id if at.programme else None
            files.add(
                session, at.application, at.cohort, key, content, name=at.link.name, space_id=space_id, now=utc_now()
            )
            form = form_of(session, at, NOTHING, now=utc_now())
    except (RuleBroken, Conflict, TooMany) as wrong:
        return _file_refused(token, key, wrong.sentence)
    return _told(form, key) if _is_script() else redirect(_next(token, "board"), 303)


@blueprint.post("/fichier/retirer")
@signed(SECRET)
def take_off(token: str) -> ResponseReturnValue:
    """The field holds no file any more."""
    key = request.form.get("field", "")
    try:
        with runtime().database.transaction() as session:
            at = opened(session, token, lock=True)
            files.take_off(session, at.application, at.cohort, key, name=at.link.name, now=utc_now())
    except (RuleBroken, Conflict) as wrong:
        return _refused(token, Page.CONDITIONS, errors_of(wrong), 409)
    return redirect(url_for(".fill_in", token=token, page="conditions") + "#partie-board", 303)


@blueprint.get("/fichiers/<int:file_id>")
@signed(SECRET)
def fetch(token: str, file_id: int) -> ResponseReturnValue:
    """One's own file, to keep; it is never opened in the page."""
    with runtime().database.snapshot() as session:
        found = files.get(session, opened(session, token).application.id, file_id)
    return download(found.content, file_name=files.name_of(found), mimetype=found.kind.mimetype)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too long is not even read: the rule is said all the same."""
    token = str((request.view_args or {}).get("token", ""))
    return _file_refused(token, questions.FILES[0], kinds.too_big(request.content_length or 0))


def _save(token: str, which: Callable[[Published], Sequence[Field]]) -> tuple[Opened, Form, Saved]:
    """Save what was typed of these fields; « Prendre le sien » leaves what is there."""
    taken = request.form.getlist("take")
    with runtime().database.transaction() as session:
        at = opened(session, token, lock=True)
        typed = {
            one.key: Typed(request.form.getlist(one.key), _version(one.key))
            for one in which(versions.published(session))
            if one.kind is not Kind.FILE and f"v-{one.key}" in request.form and one.key not in taken
        }
        saved = answering.save(session, at.application, at.cohort, typed, name=at.link.name, now=utc_now())
        return at, form_of(session, at, saved, now=utc_now(), typed=typed), saved


def _version(key: str) -> int:
    raw = request.form.get(f"v-{key}", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def _is_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _told(form: Form, key: str) -> Response:
    """What the script puts in place: the note of its field, the verdicts, which « pourquoi » are asked."""
    shown = form.fields[key]
    return jsonify(
        version=shown.version,
        note=render_template("programme/applications/_note.html", one=shown, form=form),
        conditions=render_template("programme/applications/_conditions.html", form=form),
        verdicts={
            each: render_template("programme/applications/_verdict.html", judged=judged)
            for each, judged in form.sheet.judged.items()
        },
        asked={each: one.is_asked for each, one in form.fields.items() if one.field.why_of},
    )


def _file_refused(token: str, key: str, sentence: str) -> ResponseReturnValue:
    if _is_script():
        return jsonify(note=render_template("programme/applications/_refused.html", sentence=sentence)), 422
    return _refused(token, Page.CONDITIONS, {key if key in questions.FILES else "": sentence}, 422)


def _refused(token: str, page: Page, errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    """The page again, with what was refused and what was typed."""
    with runtime().database.snapshot() as session:
        at = opened(session, token)
        typed = {key: Typed(request.form.getlist(key), _version(key)) for key in _sent()}
        form = form_of(session, at, Saved({}, errors, {}), now=utc_now(), typed=typed)
    return _page(token, page, at, form, status=status)


def _sent() -> set[str]:
    """The fields of the form that was sent; none of one too long to be read."""
    if (request.content_length or 0) > kinds.MAX_BYTES:
        return set()
    return {name.removeprefix("v-") for name in request.form if name.startswith("v-")}


def _next(token: str, section: str) -> str:
    """Where « continuer » leads: the next section of the page, or the next page."""
    known = list(questions.SECTIONS)
    at = known.index(section) + 1 if section in known else 0
    if at == len(known):
        return url_for("application.review", token=token)
    return url_for(".fill_in", token=token, page=questions.page_of(known[at]).value) + f"#partie-{known[at]}"


def _page(token: str, page: Page, at: Opened, form: Form, *, status: int = 200) -> ResponseReturnValue:
    words = {
        Page.ASSOCIATION: (_("L'association"), _("Ces pages s'enregistrent au fur et à mesure : rien ne presse.")),
        Page.CONDITIONS: (
            _("Les quatre conditions"),
            _("Une condition manque ? Déposez quand même : une personne lira pourquoi, et décidera."),
        ),
    }
    title, lead = words[page]
    content = render_template(
        "programme/applications/fill.html", page=page.value, title=title, lead=lead, token=token, at=at, form=form,
        application=at.application, cohort=at.cohort, sections=form.sections(page), names=questions.SECTIONS,
        errors={key: one.error for key, one in form.fields.items() if one.error and one.field.page is page}
        | ({"": form.error} if form.error else {}),
        sms_failed=request.args.get("sms") == "non", kinds=Kind,
    )  # fmt: skip
    return content, status
