"""The composition root: builds the runtime and the web application out of the features."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.accounts import activity
from app.accounts import acts as account_acts
from app.accounts.web import api as space_api
from app.accounts.web import guards, journal_pages, phone_pages
from app.accounts.web import pages as accounts
from app.audiences import acts as audience_acts
from app.audiences import api as segment_api
from app.audiences.web import pages as segment_pages
from app.campaigns import acts as campaign_acts
from app.campaigns import api as campaign_api
from app.campaigns import progress_pages as campaigns
from app.campaigns import steps as campaign_steps
from app.carrier.carriers import Carriers
from app.consent import acts as consent_acts
from app.consent import agreeing_pages
from app.consent import pages as consent
from app.consent import steps as consent_steps
from app.contacts import acts as contact_acts
from app.contacts import panels
from app.contacts import steps as contact_steps
from app.contacts.merging import pages as merging_pages
from app.contacts.phone import show_phone
from app.contacts.web import all_pages as contacts
from app.contacts.web import api as contact_api
from app.dashboard import cost_pages, health_pages, merges, navigation, sent_pages
from app.dashboard import pages as dashboard
from app.dashboard import story_pages as story
from app.dashboard.handed import hand_down
from app.database.engine import Database
from app.events import acts as event_acts
from app.events import steps as event_steps
from app.events.placeholders import EVENT
from app.events.web import answered, mailing_pages
from app.events.web import pages as events
from app.french import typography
from app.french.language import _
from app.health import pages as health
from app.hooks import acts as hook_acts
from app.hooks import pages as hooks
from app.links import pages as links
from app.messaging import acts as message_acts
from app.messaging import budget, messages
from app.messaging.inbox import steps as reply_steps
from app.messaging.restore import halt
from app.messaging.web import api as message_api
from app.messaging.web import codes, webhooks
from app.messaging.web import pages as replies
from app.messaging.web.late_pages import LATE_PAGE
from app.programme import acts as programme_acts
from app.programme import pages as programme
from app.programme.trainings import link_pages as training_links
from app.runtime import Runtime
from app.settings import Settings
from app.signup import acts as sign_up_acts
from app.signup import pages as sign_up
from app.web import pages as web
from app.web import requests, seams, zones
from app.web.front import Ahead, Front, Limits
from app.web.seams import Filling
from app.web.undefined import Loud
from app.workshops import acts as workshop_acts
from app.workshops import pages as workshops
from app.workshops import service as workshop_service
from app.workshops import steps as workshop_steps
from app.workshops.path import pages as scenario_pages
from app.workshops.path import steps as workshop_path
from app.workshops.phones import showing
from app.workshops.seats import cookie as seat_cookie

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "app" / "static"
TEMPLATES = next(one for one in (ROOT / "app" / "templates", ROOT / "templates") if one.is_dir())
"""Beside the program in a checkout, inside of it once installed."""
MAX_REQUEST_BYTES = 21 * 1024 * 1024
"""A spreadsheet of 20 MB and the form around it."""
WEB_THREADS = 16
"""A worker's requests at once; below what its pool of database connections holds."""


def build_runtime(settings: Settings) -> Runtime:
    """The settings, the database and the carriers, once for a process."""
    runtime = Runtime(
        settings=settings,
        database=Database(settings.database_url),
        carriers=Carriers(
            carrier_url=settings.carrier_url,
            simulator_url=settings.simulator_url,
            timeout_s=settings.carrier_timeout_s,
            in_flight=settings.sends_in_flight,
        ),
    )
    hand_down(runtime)
    return runtime


def create_app(runtime: Runtime) -> Flask:
    """The web application: pages, JSON API, webhooks."""
    app = Flask(
        "tambour",
        template_folder=str(TEMPLATES),
        static_folder=str(STATIC),
        static_url_path=f"/static/{_version(STATIC)}",
    )
    app.config.update(
        SECRET_KEY=runtime.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_NAME="tambour_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=runtime.settings.is_https,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "image/svg+xml"],
        COMPRESS_STREAMS=False,
    )
    app.jinja_env.undefined = Loud
    hand_down(runtime)
    seams.install(app, runtime, *_fillings())
    web.install(app)
    _speak_french(app)
    csrf = CSRFProtect(app)
    for register in _FEATURES:
        register(app, csrf)
    return app


def _fillings() -> Iterator[Filling]:
    """What the lower rooms ask of those above them."""
    yield phone_pages.PHONE_READER.filled_by(codes.read_own_phone)
    yield phone_pages.CODE_SENDER.filled_by(codes.send_code)
    yield guards.LED.filled_by(workshop_service.led_by)
    yield guards.FOLDS.filled_by(workshop_service.folds)
    yield guards.VISITORS.filled_by(seat_cookie.recognise)
    yield space_api.SENDING_STOPPED.filled_by(halt.said)
    yield space_api.SPENT.filled_by(budget.spent_this_month)
    yield journal_pages.ACTS.filled_by(ACTS)
    yield panels.PROVIDERS.filled_by(
        (consent.PANELS, agreeing_pages.PANELS, replies.PANELS, mailing_pages.PANELS, *programme.PANELS, story.PANELS)
    )
    own = {messages.OPT_OUT: consent.OPT_OUT_PAGE, EVENT: training_links.TRAINING_PAGE, links.LATE: LATE_PAGE}
    yield links.PAGES.filled_by({**own, **sign_up.LINKS, **programme.LINKS})
    yield from sent_pages.FILLINGS
    yield replies.LINK_ANSWERS.filled_by(answered.latest)
    yield scenario_pages.KINDS.filled_by(STEP_KINDS)
    yield from workshops.FILLINGS
    yield from programme.FILLINGS
    yield merging_pages.MOVES.filled_by(merges.MOVES)


def open_front(app: Flask, settings: Settings, *, ahead: Ahead | None = None) -> Front:
    """The application as the web server calls it, each body read whole before it takes a thread."""
    trusted = requests.trusted_proxies(settings)
    return Front(
        app,
        threads=WEB_THREADS,
        limits=Limits(max_bytes=MAX_REQUEST_BYTES),
        address=lambda peer, forwarded_for: requests.nearest_stranger(peer, forwarded_for, trusted),
        ahead=ahead,
    )


def _version(folder: Path) -> str:
    """A word of what the files hold. It stands in their addresses, so that a browser asks for each of them once."""
    digest = sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _speak_french(app: Flask) -> None:
    app.jinja_env.globals.update(_=_set, ngettext=_set_many)
    app.jinja_env.filters.update(
        {**typography.FILTERS, **zones.FILTERS},
        phone=show_phone,
        sender=showing.number,
        worded=lambda options: [(value, *map(typography.set_type, words)) for value, *words in options],
        money=lambda micros: typography.show_money(micros, seams.of(app).runtime.settings.currency),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(navigation.around)


def _set(sentence: str, **words: object) -> str:
    """The pages' own ``_``: the sentence is set in type, what fills its places is left as it is."""
    return typography.set_type(_(sentence)) % words if words else typography.set_type(_(sentence))


def _set_many(one: str, many: str, n: int, **words: object) -> str:
    return _set(one if abs(n) < 2 else many, n=n, **words)


_ACTORS = (
    account_acts,
    hook_acts,
    contact_acts,
    consent_acts,
    audience_acts,
    message_acts,
    campaign_acts,
    sign_up_acts,
    event_acts,
    programme_acts,
    workshop_acts,
)
ACTS = activity.by_verb(act for feature in _ACTORS for act in feature.ACTS)
"""Everything a principal may do, each with the sentence by which the journal tells it."""

_STEPS = (contact_steps, reply_steps, campaign_steps, consent_steps, event_steps, workshop_steps)
STEP_KINDS = workshop_path.by_key(kind for feature in _STEPS for kind in feature.STEPS)
"""Everything a lesson may wait for; a new capability adds its own here."""

Register = Callable[[Flask, CSRFProtect], None]
_FEATURES: list[Register] = [
    accounts.register,
    health_pages.register,
    health.register,
    cost_pages.register,
    links.register,
    contacts.register,
    segment_pages.register,
    consent.register,
    webhooks.register,
    replies.register,
    campaigns.register,
    sign_up.register,
    events.register,
    programme.register,
    workshops.register,
    dashboard.register,
    story.register,
    space_api.register,
    contact_api.register,
    segment_api.register,
    message_api.register,
    campaign_api.register,
    hooks.register,
]
