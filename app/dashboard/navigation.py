"""What stands around every page: the menu in four words, the rest behind them, and the spaces one may enter."""

from typing import Any

from flask import g, request, url_for

from app.accounts import spaces
from app.accounts.models import Mode, Role, Space, User
from app.clock import utc_now
from app.language import _
from app.web import is_api, runtime

MAIN = (
    ("campaigns.browse", _("Envoyer"), "send", ("campaigns", "campaign_review", "campaign_progress")),
    ("contacts.browse", _("Bénévoles"), "people", ("contacts", "lists", "imports", "consent")),
    ("replies.browse", _("Réponses"), "reply", ("replies",)),
    ("handsets.wall", _("Téléphones"), "phone", ("handsets",)),
)
BEHIND = (
    ("lists.browse", _("Listes"), "list", Role.LECTRICE),
    ("team.browse", _("Équipe"), "people", Role.LECTRICE),
    ("spaces.settings", _("Réglages de l'espace"), "settings", Role.REFERENTE),
    ("api_keys.browse", _("Clés pour les logiciels"), "key", Role.REFERENTE),
    ("journal.browse", _("Journal"), "clock", Role.REFERENTE),
    ("profile.show", _("Mon profil"), "user", None),
)


def around() -> dict[str, Any]:
    """The words of base.html. A practice space, and a simulated one, shows its phones in the menu."""
    settings = runtime().settings
    space: Space | None = g.get("space")
    user: User | None = g.get("user")
    if user is None or is_api():
        return {"space": None, "user": user, "carrier_is_simulator": settings.carrier_is_simulator}
    return {
        "space": space,
        "user": user,
        "role": g.get("role"),
        "carrier_is_simulator": settings.carrier_is_simulator,
        "menu": _menu(space, g.role, settings.carrier_is_simulator) if space else _own_menu(),
        "spaces": _spaces(user) if space else [],
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
    items += [
        {
            "href": url_for(endpoint, slug=space.slug) if needed else url_for(endpoint),
            "label": label,
            "icon": icon,
            "current": request.endpoint == endpoint,
        }
        for endpoint, label, icon, needed in BEHIND
        if needed is None or role.includes(needed)
    ]
    return items


def _own_menu() -> list[dict[str, Any]]:
    return [
        {"href": url_for(endpoint), "label": label, "icon": icon, "current": request.endpoint == endpoint}
        for endpoint, label, icon in (
            ("spaces.choose", _("Espaces"), "list"),
            ("profile.show", _("Mon profil"), "user"),
        )
    ]


def _spaces(user: User) -> list[dict[str, Any]]:
    with runtime().database.snapshot() as session:
        found = spaces.of_user(session, user, now=utc_now())
    return [
        {"name": one.name, "slug": one.slug, "mode": one.mode, "href": url_for("home.home", slug=one.slug)}
        for one in found[:30]
    ]
