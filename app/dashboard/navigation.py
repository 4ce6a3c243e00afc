"""What stands around every page: the menu in four words, the rest behind them, and the spaces one may enter."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, request, url_for

from app.accounts import roles, spaces
from app.accounts.models import AccessGrant, Mode, Role, Space, Staff, User
from app.accounts.principal import SEAT, Principal
from app.accounts.web.guards import led, who_may
from app.clock import PARIS, utc_now
from app.french.language import _
from app.french.typography import show_instant
from app.messaging.restore import halt
from app.programme.cohorts import members
from app.web.requests import is_api, runtime
from app.workshops.alone import pages as alone_pages
from app.workshops.path import pages as scenario_pages
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import strip
from app.workshops.seats.service import Sitting


@dataclass(frozen=True)
class Entry:
    """One word of a menu, lit on the pages of the blueprints ``own``; ``role`` sees it in a space, None is any user."""

    endpoint: str
    label: str
    icon: str
    own: frozenset[str]
    role: Role | None = Role.LECTRICE


def _entry(endpoint: str, label: str, icon: str, own: str = "", role: Role | None = Role.LECTRICE) -> Entry:
    return Entry(endpoint, label, icon, frozenset((own or endpoint.partition(".")[0]).split()), role)


MAIN = (
    _entry(
        "campaigns.browse",
        _("Envoyer"),
        "send",
        "campaigns campaign_review campaign_questions campaign_progress sendings singles",
    ),
    _entry(
        "contacts.browse",
        _("Bénévoles"),
        "people",
        "agreeing archives bulk consent contacts duplicates exports imports lists own_fields same_person "
        "segment_conditions segment_people segments story",
    ),
    _entry("events.browse", _("Missions"), "calendar", "events event_choice event_invite event_news event_people"),
    _entry("replies.browse", _("Réponses"), "reply"),
)
"""The four words of a space."""
REAL = _entry("real.show", _("Commencer pour de bon"), "check", role=Role.REFERENTE)
ALONE = _entry("alone.show", _("S'entraîner seul"), "drum", role=Role.EQUIPIERE)
"""In an association's own space: a practice space is where it leads."""
BEHIND = (
    _entry("sign_up_settings.read", _("Page d'inscription"), "edit"),
    _entry("team.browse", _("Équipe"), "team", "team openings"),
    _entry("spaces.settings", _("Réglages de l'espace"), "settings", role=Role.REFERENTE),
    _entry("api_keys.browse", _("Clés pour les logiciels"), "key", "api_keys hooks", role=Role.REFERENTE),
    _entry("journal.browse", _("Journal"), "clock", role=Role.REFERENTE),
    _entry("profile.show", _("Mon profil"), "user", "profile own_phone factor factor_reset", role=None),
)
USERS = (BEHIND[1], BEHIND[-1])
"""What speaks of accounts, and of nothing that a participant has."""
WORKSHOPS = _entry(
    "workshops.browse",
    _("Ateliers"),
    "drum",
    "workshops workshop_date own_list participants results room scenarios trainers wall weather",
    role=None,
)
"""For the programme's own people."""
PROGRAMME = _entry("programme.home", _("Semaine"), "home", "programme", role=None)
OF_STAFF = (
    PROGRAMME,
    _entry(
        "applications.browse", _("Candidatures"), "file", "applications application_acts application_letters", role=None
    ),
    WORKSHOPS,
    _entry("impact.show", _("Impact"), "star", role=None),
    _entry(
        "cohorts.browse",
        _("Associations"),
        "people",
        "cohorts cohort_feed cohort_recommendations diagnostics members questionnaires recommendations",
        role=None,
    ),
    _entry("trainings.browse", _("Formations"), "calendar", "trainings training_people training_materials", role=None),
    _entry("tool_review.browse", _("Outils"), "pin", "question_tools tool_review", role=None),
    _entry("resource_desk.browse", _("Ressources"), "list", "resource_desk resource_files", role=None),
    _entry("partners.browse", _("Partenaires"), "team", role=None),
)
"""For the programme's staff, without the trainers."""
OWN_PROGRAMME = _entry(
    "own_programme.show",
    _("Notre programme"),
    "calendar",
    "own_diagnostic own_programme own_recommendations own_trainings sharing",
)
"""In the live space of an association that follows it."""
SPACES = _entry("spaces.choose", _("Espaces"), "list", role=None)
HEALTH = _entry("health.show", _("Santé"), "settings", "health costs", role=None)


AWAITING_PAGES = frozenset({"recovery", "sign_up", "apply", "application", "application_form"})
"""Where somebody not signed in would wait for a text: a code, or a link."""
MOST_SPACES = 30
"""In the list of the header; « Tous vos espaces » leads to the others."""


def around() -> dict[str, Any]:
    """The words of base.html."""
    settings = runtime().settings
    space: Space | None = g.get("space")
    user: User | None = g.get("user")
    sitting = seat_cookie.load_sitting() if space is not None and principal_kind() == SEAT else None
    if is_api() or (user is None and sitting is None):
        stopped = _stopped(None) if request.blueprint in AWAITING_PAGES else ""
        return {
            "space": None, "user": user, "carrier_is_simulator": settings.carrier_is_simulator, "all_stopped": stopped,
        }  # fmt: skip
    role: Role | None = g.get("role")
    inside = {
        "space": space,
        "user": user,
        "role": role,
        "may_change": role is not None and role.includes(Role.EQUIPIERE),
        "manages": role is Role.REFERENTE,
        "who_can": _who_can,
        "reading": _reading(space) if space else None,
        "carrier_is_simulator": settings.carrier_is_simulator,
    }
    if request.args.get("part"):  # asked for every second by forty phones, and nothing stands around it
        return inside
    return {
        **inside,
        **(_seat(sitting) if sitting else alone_pages.around()),
        "all_stopped": _stopped(space),
        "menu": _menu(space, g.role) if space else _own_menu(user),
        "spaces": _spaces(user) if space and user and not sitting else [],
        "links": {
            "home": url_for("home.home", slug=space.slug) if space else "/",
            "phones": _phones(space, settings.carrier_is_simulator) if space else "",
        },
    }


def _stopped(space: Space | None) -> str:
    """Why nothing leaves anywhere, in a sentence; empty when all goes well."""
    with runtime().database.snapshot() as session:
        return halt.said(session, now=utc_now(), zone=ZoneInfo(space.zone) if space else PARIS)


def _reading(space: Space) -> dict[str, str] | None:
    """To one of the programme in a live space: who opened it to them, why, and until when they read."""
    grant: AccessGrant | None = g.get("access_grant")
    if grant is None:
        return None
    return {"until": show_instant(grant.expires_at, ZoneInfo(space.zone)), "who": grant.opened_by, "why": grant.reason}


def _who_can(role: str) -> str:
    """« Odile ou Karim », who hold this role or more in the space of the page; empty when there is nobody to ask."""
    return roles.named(who_may(Role(role)))


def _menu(space: Space, role: Role) -> list[dict[str, Any]]:
    """The four words, then what is behind « Plus »."""
    staff: User | None = g.get("user")
    behind = (*_of_programme(space), REAL, ALONE, *BEHIND) if space.mode is Mode.LIVE else BEHIND
    ours = _of_staff(staff.staff) if staff is not None else ()
    at_a_seat = principal_kind() == SEAT
    seen = [one for one in behind if (one.role is None or role.includes(one.role)) and not (at_a_seat and one in USERS)]
    return [_item(one, space) for one in (*MAIN, *ours, *seen)]


def _of_programme(space: Space) -> tuple[Entry, ...]:
    """What an association of a cohort has in its own space."""
    with runtime().database.snapshot() as session:
        return (OWN_PROGRAMME,) if members.follows(session, space.id) else ()


def _of_staff(kind: Staff | None) -> tuple[Entry, ...]:
    """What somebody of the programme's own people has beside the words of a space."""
    if kind is None:
        return ()
    return (PROGRAMME, WORKSHOPS) if kind is Staff.PROGRAMME else (WORKSHOPS,)


def _item(one: Entry, space: Space | None = None) -> dict[str, Any]:
    return {
        "href": url_for(one.endpoint, slug=space.slug) if space and one.role else url_for(one.endpoint),
        "label": one.label,
        "icon": one.icon,
        "current": request.blueprint in one.own,
    }


def _phones(space: Space, simulated: bool) -> str:
    """Where the pretend phones are, in a space that has some."""
    return url_for("handsets.wall", slug=space.slug) if space.mode is Mode.PRACTICE or simulated else ""


def _seat(sitting: Sitting) -> dict[str, Any]:
    """A participant's page: their nickname, and the path above everything."""
    with runtime().database.snapshot() as session:
        key = runtime().settings.secret_key
        found = strip.read(session, sitting, scenario_pages.KINDS.read(), key=key, now=utc_now())
    return {"seat": sitting.seat, "path": found, "path_address": url_for("seat.path_strip")}


def principal_kind() -> str:
    """Who makes this request: a user, a seat, a key; nobody yet is an empty word."""
    found: Principal | None = g.get("principal")
    return found.kind if found else ""


def _own_menu(user: User | None) -> list[dict[str, Any]]:
    own = (SPACES, BEHIND[-1])
    if user is not None and user.staff is Staff.PROGRAMME:
        return [_item(one) for one in (*OF_STAFF, *own, HEALTH)]
    return [_item(one) for one in (*_of_staff(user.staff if user is not None else None), *own)]


def _spaces(user: User) -> list[dict[str, Any]]:
    with runtime().database.snapshot() as session:
        found = spaces.of_user(session, user, led=led(user), now=utc_now())
    return [
        {"name": one.name, "slug": one.slug, "mode": one.mode, "href": url_for("home.home", slug=one.slug)}
        for one in found
        if user.staff is None or one.mode is Mode.LIVE or one.id == g.space.id  # the copies of their workshops are many
    ][:MOST_SPACES]
