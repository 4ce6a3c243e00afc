"""What a campaign would do, before it does it: who, when, at what price, and who is left out and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.audiences import people as audience
from app.audiences.people import Selection
from app.campaigns import texts
from app.campaigns.models import Campaign
from app.carrier.carriers import is_fiction
from app.consent import hours
from app.consent.families import Family
from app.contacts.phone import time_zone
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import messages
from app.messaging.body.parts import part_count
from app.messaging.inbox import replies
from app.settings import Settings


@dataclass
class DryRun:
    """``parts`` and ``price_micros`` are sums over the real texts; ``by_parts`` counts people by length of theirs."""

    people: int = 0
    parts: int = 0
    price_micros: int = 0
    by_parts: Counter[int] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_names: dict[str, list[str]] = field(default_factory=dict)
    """A few names for each reason."""
    zones: Counter[str] = field(default_factory=Counter)
    """People by where their phones are."""
    first_at: datetime | None = None
    """When the first text may leave, each in the hours of its own phone."""
    held_by_hours: bool = False
    """Whether the hours, where they hold, let nobody's text leave when it was asked."""
    waiting: dict[datetime, list[str]] = field(default_factory=dict)
    """Whose hours open later than the first, by when: everybody's names, or their phones."""
    unread: list[str] = field(default_factory=list)
    """Whose reply, perhaps an objection, nobody has read: their texts are written, and wait until somebody does."""

    invented: list[str] = field(default_factory=list)
    """In a live space, whose number is one of the pretend people's: nothing is sent to it."""

    @property
    def most_parts(self) -> int:
        return max(self.by_parts, default=0)


def rehearse(
    session: Session, space: Space, campaign: Campaign, *, at: datetime, settings: Settings, now: datetime
) -> DryRun:
    """Every text of the campaign rendered and measured, none written."""
    run = DryRun()
    wording, link = texts.wording(session, space, campaign, now=now), messages.sample_link(settings)
    besides = texts.left_out(session, space, campaign)
    elsewhere: dict[str, list[str]] = {}
    for batch in audience.everyone(session, space, campaign.audience, campaign.family, now=now, besides=besides):
        for one in batch.recipients:
            run.by_parts[part_count(wording.compose(one, space=space, link=link))] += 1
            zone = time_zone(one.phone)
            run.zones[zone] += 1
            if zone != space.zone:
                elsewhere.setdefault(zone, []).append(audience.name_of(one))
        if space.mode is Mode.LIVE:
            run.invented += [audience.name_of(one) for one in batch.recipients if is_fiction(one.phone)]
        held = _unread(session, campaign, batch)
        run.unread += [audience.name_of(one) for one in batch.recipients if one.phone in held]
        for person, reason in batch.left_out:
            run.left_out[reason] += 1
            names = run.left_out_names.setdefault(reason, [])
            if len(names) < 5:
                names.append(person.name)
    run.people = run.by_parts.total()
    run.parts = sum(parts * people for parts, people in run.by_parts.items())
    run.price_micros = run.parts * settings.part_price_micros
    _tell_hours(run, space, campaign, elsewhere, at=at)
    return run


def check_real(run: DryRun) -> None:
    """Raises RuleBroken when nobody's number is a true one, in a live space."""
    if run.people and len(run.invented) == run.people:
        sentence = _("Tous ces numéros sont inventés : un espace réel n'y envoie rien. Choisissez de vrais bénévoles.")
        raise RuleBroken("audience_invented", sentence, fields={"audience": sentence})


def _unread(session: Session, campaign: Campaign, batch: Selection) -> set[str]:
    """The phones that the claim will hold back, as ``messaging.outbox`` asks."""
    if campaign.family is Family.SERVICE or not batch.recipients:
        return set()
    return replies.pressing_among(session, campaign.space_id, {one.phone for one in batch.recipients})


def _tell_hours(run: DryRun, space: Space, campaign: Campaign, names: dict[str, list[str]], *, at: datetime) -> None:
    """When texts leave, zone by zone: each phone waits for hours of its own."""
    zones = run.zones or {space.zone: 0}
    opens = {zone: hours.slot(campaign.family, zone, at).opens_at for zone in zones}
    run.held_by_hours = min(opens.values()) > at
    run.first_at = min(opens.values()) if space.hours_hold else at
    for zone in sorted(opens, key=lambda one: (opens[one], one)) if space.hours_hold else ():
        if zone in names and opens[zone] > max(run.first_at, opens.get(space.zone, at)):
            run.waiting.setdefault(opens[zone], []).extend(names[zone])
