"""The activity trail in French: one sentence a verb, the acts gathered by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.accounts import roles
from app.accounts.models import Activity, Role
from app.clock import PARIS
from app.language import _

SENTENCES = {
    "space.made": _("a créé l'espace"),
    "space.settings_changed": _("a changé les réglages"),
    "space.opened": _("a ouvert l'espace à une personne du programme"),
    "space.closed": _("a refermé l'espace à une personne du programme"),
    "space.entered": _("a visité l'espace"),
    "member.invited": _("a invité quelqu'un"),
    "member.invitation_cancelled": _("a annulé une invitation"),
    "member.joined": _("a rejoint l'équipe"),
    "member.role_changed": _("a changé un rôle"),
    "member.removed": _("a retiré quelqu'un de l'équipe"),
    "member.link_made": _("a fait un lien pour un mot de passe perdu"),
    "code.sent": _("a demandé un code par SMS"),
    "code.day_used_up": _("n'envoie plus de codes par SMS avant demain : le nombre du jour est atteint"),
    "key.made": _("a créé une clé d'accès"),
    "key.revoked": _("a révoqué une clé d'accès"),
    "contact.added": _("a ajouté une personne"),
    "contact.edited": _("a modifié une fiche"),
    "contact.tagged": _("a changé les étiquettes d'une personne"),
    "contact.put_on_list": _("a mis une personne sur une liste"),
    "contact.taken_off_list": _("a retiré une personne d'une liste"),
    "contact.opted_out": _("a noté « Plus de SMS » pour une personne"),
    "contact.restored": _("a noté qu'une personne veut de nouveau des SMS"),
    "contact.removed": _("a retiré une personne"),
    "list.made": _("a créé une liste"),
    "list.renamed": _("a renommé une liste"),
    "list.removed": _("a retiré une liste"),
    "import.started": _("a lancé un import"),
    "import.finished": _("a terminé un import"),
    "import.dropped": _("a abandonné un import"),
    "export.made": _("a exporté des contacts"),
    "reply.received": _("a classé une réponse"),
    "reply.handled": _("a traité une réponse"),
    "segment.made": _("a enregistré une sélection"),
    "campaign.drafted": _("a commencé un envoi"),
    "campaign.changed": _("a modifié un envoi"),
    "campaign.scheduled": _("a programmé un envoi"),
    "campaign.launched": _("a fait partir un envoi"),
    "campaign.paused": _("a mis un envoi en pause"),
    "campaign.resumed": _("a repris un envoi"),
    "campaign.cancelled": _("a arrêté un envoi"),
    "campaign.finished": _("a terminé un envoi"),
    "message.sent": _("a envoyé un SMS à une personne"),
}


@dataclass(frozen=True)
class Act:
    """One line: who, did what, about whom or what."""

    at: datetime
    who: str
    what: str
    about: str


def act(row: Activity) -> Act:
    """The sentence of a row; an unknown verb is shown as it is."""
    role = row.detail.get("role")
    about = [row.note] if row.note else []
    if role in set(Role):
        about.append(roles.name(Role(role)).lower())
    return Act(row.at, row.principal_name, SENTENCES.get(row.verb, row.verb), ", ".join(about))


def by_day(rows: Sequence[Activity]) -> list[tuple[datetime, list[Act]]]:
    """The acts under the first instant of each Paris day, in the order they came."""

    def day(row: Activity) -> date:
        return row.at.astimezone(PARIS).date()

    gathered = [list(group) for _day, group in groupby(rows, key=day)]
    return [(group[0].at, [act(row) for row in group]) for group in gathered]
