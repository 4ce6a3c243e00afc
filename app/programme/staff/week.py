"""What the programme's staff have to do this week, late first: at most six lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import PARIS
from app.french.language import _, ngettext
from app.french.naming import listed
from app.programme.progress.glance import Glance, Standing
from app.programme.progress.planned import Planned
from app.programme.progress.todo import Line

LINES_MAX = 6


def lines(glance: Glance, *, addresses: "Addresses", now: datetime) -> list[Line]:
    """Everything to do, the late by their day, then the rest."""
    inside = {one.association.id: one for one in glance.inside}
    planned = [entry.workshop for entry in glance.calendar if entry.workshop is not None]
    late = [_late(one, inside[one.association_id], now=now) for one in planned]
    return [
        *(one for one in late if one is not None),
        *_over(glance, addresses, now),
        *_silent(glance, addresses),
        *_unplanned(glance, addresses, now),
    ]


def in_order(found: Sequence[Line]) -> list[Line]:
    """The late first, then by day, then what is for whenever there is time; else in the order given."""
    return sorted(found, key=lambda one: (not one.is_late, one.on or date.max))


@dataclass(frozen=True)
class Addresses:
    """Where lines lead: the cohort, those of it that are silent or lack a workshop, and each association's own page."""

    cohort: str
    silent: str
    unplanned: str
    of: dict[int, str]


def _late(one: Planned, standing: Standing, *, now: datetime) -> Line | None:
    """What a workshop that is over still waits for."""
    on = one.event.starts_at.astimezone(PARIS).date()
    name = standing.association.name
    if one.is_forgotten(now):
        return Line(
            _("Dire ce qu'est devenu l'atelier prévu chez %(name)s", name=name),
            _("%(kind)s : sa date est passée, et personne ne l'a ouvert.", kind=one.kind),
            _("Voir"), "eye", one.address, on, is_late=True,
        )  # fmt: skip
    if one.is_done(now) and one.is_unnoted:
        return Line(
            _("Noter qui est venu chez %(name)s", name=name),
            _("%(kind)s : sans présences, personne ne sait qui a suivi.", kind=one.kind),
            _("Noter"), "check", one.attendance_address, on, is_late=on < now.astimezone(PARIS).date(),
        )  # fmt: skip
    return None


def _over(glance: Glance, addresses: Addresses, now: datetime) -> list[Line]:
    """A cohort that is over and stays open would hide the next one's first weeks."""
    last = glance.cohort.ends_on
    if last >= now.astimezone(PARIS).date():
        return []
    title = _("Clore « %(name)s », ou changer son dernier jour", name=glance.cohort.name)
    return [Line(title, _("Son dernier jour est passé."), _("Voir"), "eye", addresses.cohort, last, is_late=True)]


def _silent(glance: Glance, addresses: Addresses) -> list[Line]:
    silent = glance.silent
    if not silent:
        return []
    if len(silent) == 1:
        [one] = silent
        title = _("Téléphoner à une association silencieuse")
        why = _("%(name)s, sans nouvelles depuis %(n)s jours.", name=one.association.name, n=one.quiet)
        return [Line(title, why, _("Téléphoner"), "call", addresses.of[one.association.id])]
    named = [_("%(name)s %(n)s jours", name=one.association.name, n=one.quiet) for one in silent]
    title = _("Téléphoner à %(n)s associations silencieuses", n=len(silent))
    return [Line(title, listed(named), _("Téléphoner"), "call", addresses.silent)]


def _unplanned(glance: Glance, addresses: Addresses, now: datetime) -> list[Line]:
    """Those that wait for a workshop, once the cohort has begun."""
    waiting = glance.counted("sans-atelier")
    if not waiting or glance.cohort.starts_on > now.astimezone(PARIS).date():
        return []
    title = ngettext("Prévoir l'atelier d'une association", "Prévoir l'atelier de %(n)s associations", len(waiting))
    why = listed([one.association.name for one in waiting])
    return [Line(title, why, _("Choisir"), "calendar", addresses.unplanned)]


def lead(found: Sequence[Line], glance: Glance, *, now: datetime) -> str:
    """The page's own sentence: how much there is to do, or that nothing presses."""
    if not found:
        return _("Rien ne presse.") if glance.to_come(now) else _("Rien ne presse, et aucune date n'est prévue.")
    late = len([one for one in found if one.is_late])
    todo = ngettext("%(n)s chose à faire", "%(n)s choses à faire", len(found))
    return _("%(todo)s, dont %(late)s en retard.", todo=todo, late=late) if late else f"{todo}."
