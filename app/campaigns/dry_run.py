"""What a campaign would do, before it does it: who, when, at what price, and who is left out and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns import audience
from app.campaigns.models import Campaign
from app.consent import hours
from app.contacts.phone import time_zone
from app.messaging import letters
from app.messaging.parts import part_count
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
    zones: set[str] = field(default_factory=set)
    """Where the phones are."""
    first_at: datetime | None = None
    """When the first text may leave, after the hours of the space's own zone."""
    held_by_hours: bool = False

    @property
    def most_parts(self) -> int:
        return max(self.by_parts, default=0)


def rehearse(
    session: Session, space: Space, campaign: Campaign, *, at: datetime, settings: Settings, now: datetime
) -> DryRun:
    """Every text of the campaign rendered and measured, none written."""
    run = DryRun()
    body, link = letters.with_link(campaign.body), letters.sample_link(settings)
    for batch in audience.everyone(session, space, campaign, now=now):
        for one in batch.recipients:
            run.by_parts[part_count(letters.compose(body, one, space=space, link=link))] += 1
            run.zones.add(time_zone(one.phone))
        for person, reason in batch.left_out:
            run.left_out[reason] += 1
            names = run.left_out_names.setdefault(reason, [])
            if len(names) < 5:
                names.append(person.name)
    run.people = run.by_parts.total()
    run.parts = sum(parts * people for parts, people in run.by_parts.items())
    run.price_micros = run.parts * settings.part_price_micros
    opening = hours.slot(campaign.family, space.zone, at).opens_at
    run.held_by_hours = opening > at
    run.first_at = opening if space.hours_hold else at
    return run
