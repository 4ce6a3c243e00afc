"""/candidature: open, not yet or no more; a draft is begun here, or taken up by the number on file. No cookie."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError

from app.accounts import spaces
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import public
from app.clock import utc_now
from app.contacts.phone import show_phone
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import alerts, numbers, service, starting
from app.programme.applications.models import Application
from app.programme.applications.rules import Season
from app.programme.applications.web.link_guards import reach_now
from app.programme.applications.web.schemas import ResumeForm, StartForm
from app.settings import Settings
from app.signup import stamps
from app.web.problems import errors_of
from app.web.requests import remote_address, runtime

blueprint = Blueprint("apply", __name__, url_prefix="/candidature")

TRAP = "website"
"""A field that no reader sees: what fills it in is a program."""
STAMPED = "candidature"


def register(csrf: CSRFProtect) -> Blueprint:
    """The page's own stamp stands for the form token, which would need a cookie."""
    csrf.exempt(blueprint)
    return blueprint


@blueprint.get("")
@public("Whoever applies has no account.")
def begin() -> ResponseReturnValue:
    return _entry()


@blueprint.post("")
@public("A signed time stamp, a trap for programs and counters stand before it; a second asker gets no link here.")
def start() -> ResponseReturnValue:
    """A draft, once for an association; its link leads on at once. Of one that is there already nothing opens."""
    now, settings = utc_now(), runtime().settings
    try:
        typed, registration, phone = _read_start(settings)
        _check_stamp()
        with runtime().database.transaction() as session:
            starting.take_turn(session, phone, came_from=remote_address(), key=settings.fingerprint_key, now=now)
        with runtime().database.transaction() as session:
            cohort = starting.open_cohort(session, now=now)
            begun = starting.begin(
                session, cohort, association=typed["association"], registration=registration, name=typed["name"],
                phone=phone, programme=spaces.find(session, settings.programme_space), settings=settings, now=now,
            )  # fmt: skip
    except REFUSALS as error:
        return _entry(Refused.by(error))
    if not begun.is_new:
        with runtime().database.transaction() as session:
            starting.count_guess(session, came_from=remote_address(), now=now)
        return _known(begun.application, name=typed["name"], registration=registration)
    sms = None if begun.told and begun.told.mailing_id else "non"
    return redirect(url_for("application_form.fill_in", token=begun.word, page="association", sms=sms), 303)


@blueprint.post("/reprendre")
@public("The link goes to the number on file and nowhere else, so many times a day.")
def take_up() -> ResponseReturnValue:
    """« Recevoir le lien par SMS », for a colleague who knows which association it is."""
    now, settings = utc_now(), runtime().settings
    try:
        typed = ResumeForm().load(request.form)
        registration = numbers.read(typed["registration"])
        _check_stamp()
        with runtime().database.transaction() as session:
            starting.take_turn(session, "", came_from=remote_address(), key=settings.fingerprint_key, now=now)
        with runtime().database.transaction() as session:
            every = starting.to_take_up(session, registration)
            if not every:
                starting.count_guess(session, came_from=remote_address(), now=now)
            programme = spaces.find(session, settings.programme_space)
            for found in every:
                name = " ".join(typed["name"].split()) or found.contact_name
                told = starting.send_link(session, found, name=name, programme=programme, settings=settings, now=now)
        if not every:
            raise RuleBroken("application_unknown", _("Aucun dossier n'est commencé pour ce numéro."))
    except REFUSALS as error:
        return _entry(Refused.by(error))
    return render_template(
        "programme/applications/sent.html",
        masked=numbers.masked(show_phone(found.contact_phone)),
        problem=told.problem,
        reach=reach_now(),
    )


@blueprint.post("/prevenir")
@public("The number is told once, when applications open, and forgotten; counters stand before it.")
def be_told() -> ResponseReturnValue:
    """« Être prévenus de la prochaine »."""
    now, settings = utc_now(), runtime().settings
    try:
        phone = starting.checked_phone(request.form.get("phone", "")[:40].replace("\0", ""), settings)
        _check_stamp()
        with runtime().database.transaction() as session:
            key = settings.fingerprint_key
            starting.take_turn(session, phone, came_from=remote_address(), key=key, now=now)
            alerts.ask(session, phone, key=key, now=now)
    except REFUSALS as error:
        return _entry(Refused.by(error))
    return render_template("programme/applications/noted.html", masked=numbers.masked(show_phone(phone)))


@blueprint.errorhandler(NotFound)
def not_found(_error: NotFound) -> ResponseReturnValue:
    return render_template("programme/applications/lost.html", wait="", reach=reach_now()), 404


def _read_start(settings: Settings) -> tuple[dict[str, str], str, str]:
    """The form, the association's number and the phone (E.164). Raises RuleBroken with all that is wrong at once."""
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    registration = phone = ""
    try:
        typed = StartForm().load(request.form)
    except ValidationError as wrong:
        errors |= errors_of(wrong)
    try:
        registration = numbers.read(request.form.get("registration", "").replace("\0", ""))
    except RuleBroken as wrong:
        errors |= wrong.fields
    if "phone" not in errors:
        try:
            phone = starting.checked_phone(typed.get("phone") or request.form.get("phone", "")[:40], settings)
        except RuleBroken as wrong:
            errors |= wrong.fields
    if errors:
        raise RuleBroken("start_wrong", next(iter(errors.values())), fields=errors)
    return typed, registration, phone


def _check_stamp() -> None:
    """Raises RuleBroken for a form that a program filled in, or that was open for a day."""
    age = stamps.read(request.form.get("stamp", ""), STAMPED, key=runtime().settings.secret_key, now=utc_now())
    if age is not stamps.Age.FINE or request.form.get(TRAP):
        raise RuleBroken("form_too_fast", _("Relisez, puis appuyez encore une fois."))


def _stamp() -> str:
    """That of the form sent, while it is still good, else a new one."""
    now, key = utc_now(), runtime().settings.secret_key
    stamp = request.form.get("stamp", "")
    if stamps.read(stamp, STAMPED, key=key, now=now) in (stamps.Age.FINE, stamps.Age.TOO_FAST):
        return stamp
    return stamps.make(STAMPED, key=key, now=now)


def _entry(refused: Refused = FINE) -> Response:
    with runtime().database.snapshot() as session:
        cohort, season = service.accepting(session, now=utc_now())
    return show(
        "programme/applications/entry.html",
        refused,
        cohort=cohort,
        season=season,
        seasons=Season,
        stamp=_stamp(),
        trap=TRAP,
        reach=reach_now(),
    )


def _known(application: Application, *, name: str, registration: str) -> ResponseReturnValue:
    """« Reprendre notre dossier »: who wrote last, and a button that sends the link to the number on file."""
    return render_template(
        "programme/applications/known.html",
        application=application,
        masked=numbers.masked(show_phone(application.contact_phone)),
        wrote=numbers.initialled(application.written_by),
        registration=registration,
        name=name,
        stamp=_stamp(),
        reach=reach_now(),
    )
