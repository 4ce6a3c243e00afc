"""What stands around every page: the menu in four words, the rest behind them, and the spaces one may enter."""

from typing import Any

from flask import g, request, url_for

from app.accounts import spaces
from app.accounts.models import Mode, Role, Space, Staff, User
from app.accounts.principal import SEAT, Principal
from app.accounts.web.guards import led
from app.clock import utc_now
from app.french.language import _
from app.web.requests import is_api, runtime
from app.workshops.path import pages as scenario_pages
from app.workshops.seats import cookie as seat_cookie
from app.workshops.seats import strip
from app.workshops.seats.service import Sitting

MAIN = (
    ("campaigns.browse", _("Envoyer"), "send", ("campaigns", "campaign_review", "campaign_progress")),
    (
        "contacts.browse",
        _("Bénévoles"),
        "people",
        (
            "contacts",
            "lists",
            "segments",
            "segment_conditions",
            "imports",
            "own_fields",
            "consent",
            "story",
            "archives",
            "bulk",
            "duplicates",
            "same_person",
            "exports",
        ),
    ),
    ("replies.browse", _("Réponses"), "reply", ("replies",)),
    ("handsets.wall", _("Téléphones"), "phone", ("handsets",)),
)
BEHIND = (
    ("lists.browse", _("Listes"), "list", Role.LECTRICE),
    ("events.browse", _("Dates"), "calendar", Role.LECTRICE),
    ("sign_up_settings.read", _("Inscription"), "edit", Role.LECTRICE),
    ("team.browse", _("Équipe"), "people", Role.LECTRICE),
    ("spaces.settings", _("Réglages de l'espace"), "settings", Role.REFERENTE),
    ("api_keys.browse", _("Clés pour les logiciels"), "key", Role.REFERENTE),
    ("journal.browse", _("Journal"), "clock", Role.REFERENTE),
    ("profile.show", _("Mon profil"), "user", None),
)
WORKSHOPS = ("workshops.browse", _("Ateliers"), "drum")
"""For the programme's own people."""
HEALTH = ("health.show", _("Santé"), "settings")


def around() -> dict[str, Any]:
    """The words of base.html. A practice space, and a simulated one, shows its phones in the menu."""
    settings = runtime().settings
    space: Space | None = g.get("space")
    user: User | None = g.get("user")
    sitting = seat_cookie.load_sitting() if space is not None and principal_kind() == SEAT else None
    if is_api() or (user is None and sitting is None):
        return {"space": None, "user": user, "carrier_is_simulator": settings.carrier_is_simulator}
    role: Role | None = g.get("role")
    inside = {
        "space": space,
        "user": user,
        "role": role,
        "may_change": role is not None and role.includes(Role.EQUIPIERE),
        "manages": role is Role.REFERENTE,
        "carrier_is_simulator": settings.carrier_is_simulator,
    }
    if request.args.get("part"):  # asked for every second by forty phones, and nothing stands around it
        return inside
    return {
        **inside,
        **(_seat(sitting) if sitting else {}),
        "menu": _menu(space, g.role, settings.carrier_is_simulator) if space else _own_menu(user),
        "spaces": _spaces(user) if space and user and not sitting else [],
        "links": {
            "home": url_for("home.home", slug=space.slug) if space else "/",
            "phones": url_for("handsets.wall", slug=space.slug) if space else "",
        },
    }


def _menu(space: Space, role: Role, simulated: bool) -> list[dict[str, Any]]:
    shows_phones = space.mode is Mode.PRACTICE or simulated
    items = [
        {"href": url_for(endpoint, slug=space.slug), "label": label, "icon": icon, "current": request.blueprint in own}
        for endpoint, label, icon, own in MAIN
        if endpoint != "handsets.wall" or shows_phones
    ]
    staff: User | None = g.get("user")
    if staff is not None and staff.staff is not None:
        endpoint, label, icon = WORKSHOPS
        items.append({"href": url_for(endpoint), "label": label, "icon": icon, "current": False})
    items += [
        {
            "href": url_for(endpoint, slug=space.slug) if needed else url_for(endpoint),
            "label": label,
            "icon": icon,
            "current": request.endpoint == endpoint,
        }
        for endpoint, label, icon, needed in BEHIND
        if (needed is None and principal_kind() != SEAT) or (needed is not None and role.includes(needed))
    ]
    return items


def _seat(sitting: Sitting) -> dict[str, Any]:
    """A participant's page: their nickname, and the path above everything."""
    with runtime().database.snapshot() as session:
        found = strip.read(session, sitting, scenario_pages.KINDS.read(), now=utc_now())
    return {"seat": sitting.seat, "path": found, "path_address": url_for("seat.path_strip")}


def principal_kind() -> str:
    """Who makes this request: a user, a seat, a key; nobody yet is an empty word."""
    found: Principal | None = g.get("principal")
    return found.kind if found else ""


def _own_menu(user: User | None) -> list[dict[str, Any]]:
    entries = [("spaces.choose", _("Espaces"), "list"), ("profile.show", _("Mon profil"), "user")]
    if user is not None and user.staff is not None:
        entries.insert(0, WORKSHOPS)
    if user is not None and user.staff is Staff.PROGRAMME:
        entries.append(HEALTH)
    return [
        {"href": url_for(endpoint), "label": label, "icon": icon, "current": request.endpoint == endpoint}
        for endpoint, label, icon in entries
    ]


def _spaces(user: User) -> list[dict[str, Any]]:
    with runtime().database.snapshot() as session:
        found = spaces.of_user(session, user, led=led(user), now=utc_now())
    return [
        {"name": one.name, "slug": one.slug, "mode": one.mode, "href": url_for("home.home", slug=one.slug)}
        for one in found[:30]
    ]
