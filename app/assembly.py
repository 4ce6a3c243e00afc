"""The composition root: builds the runtime and the web application out of the features."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect

from app import typography, web
from app.carrier.gate import Gate
from app.contacts.phone import show_phone
from app.db import Database
from app.language import _, ngettext
from app.runtime import Runtime
from app.settings import Settings

ROOT = Path(__file__).parent.parent
MAX_REQUEST_BYTES = 21 * 1024 * 1024
"""A spreadsheet of 20 MB and the form around it."""


def build_runtime(settings: Settings) -> Runtime:
    """The settings, the database and the carriers, once for a process."""
    return Runtime(
        settings=settings,
        database=Database(settings.database_url),
        carriers=Gate(
            carrier_url=settings.carrier_url,
            simulator_url=settings.simulator_url,
            timeout_s=settings.carrier_timeout_s,
            in_flight=settings.sends_in_flight,
        ),
    )


def create_app(runtime: Runtime) -> Flask:
    """The web application: pages, JSON API, webhooks."""
    app = Flask("tambour", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static"))
    app.config.update(
        SECRET_KEY=runtime.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_NAME="tambour_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=runtime.settings.public_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["tambour"] = runtime
    web.install(app)
    _speak_french(app)
    csrf = CSRFProtect(app)
    for register in _FEATURES:
        register(app, csrf)
    return app


def _speak_french(app: Flask) -> None:
    app.jinja_env.globals.update(_=_, ngettext=ngettext)
    app.jinja_env.filters.update(
        phone=show_phone,
        number=typography.show_number,
        time=typography.show_time,
        day=typography.show_day,
        instant=typography.show_instant,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.template_filter("money")
    def money(micros: int) -> str:
        settings: Settings = app.extensions["tambour"].settings
        return typography.show_money(micros, settings.currency)

    @app.context_processor
    def around() -> dict[str, Any]:
        settings: Settings = app.extensions["tambour"].settings
        return {
            "space": g.get("space"),
            "user": g.get("user"),
            "role": g.get("role"),
            "carrier_is_simulator": settings.carrier_is_simulator,
        }


Register = Callable[[Flask, CSRFProtect], None]
_FEATURES: list[Register] = []
