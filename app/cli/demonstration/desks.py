"""What somebody does in a copy of the practice space, step by step: the acts that tick it, texts and their counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.models import Space
from app.accounts.principal import BY_LINK, Principal, job
from app.campaigns import acts as campaign_acts
from app.campaigns import launching
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.cli.demonstration import lessons
from app.cli.demonstration.story import Story
from app.consent import acts as consent_acts
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import acts as contact_acts
from app.events import acts as event_acts
from app.messaging import acts as messaging_acts
from app.messaging import mailings, tallies
from app.messaging.models import Mailing
from app.messaging.status import Status
from app.workshops import acts
from app.workshops.practice import fates
from app.workshops.practice import people as pretend_people

Detail = int | str | bool | None
SECOND = timedelta(seconds=1)
NEWCOMERS, TO_MEND = pretend_people.NEWCOMERS, 3
"""Rows of the file to import: taken in, and refused."""
DONE: Mapping[str, Act] = {
    "hold_a_phone": acts.HANDSET_HELD,
    "spot_bad_numbers": contact_acts.REFUSALS_READ,
    "set_reminder": event_acts.REMINDER_MADE,
}
"""Steps that are done with a single act, of which nothing more is said."""


@dataclass
class Desk:
    """Somebody at work in their copy; ``place`` says on which of its lists, and with which words."""

    story: Story
    space: Space
    by: Principal
    place: int
    first: Campaign | None = None
    """The text under way."""
    left: list[Mailing] = field(default_factory=list)
    changes: list[tallies.Change] = field(default_factory=list)
    """What left from here, and what it came to: a room's are written together, and are over together."""

    def note(
        self, act: Act, now: datetime, on: int | None = None, *, by: Principal | None = None, **detail: Detail
    ) -> None:
        activity.record(
            self.story.session, self.space.id, act, by=by or self.by, now=now, subject_id=on, note="", **detail
        )

    def do(self, key: str, now: datetime) -> None:
        """Do a step of the path, at its instant."""
        if key in DONE:
            self.note(DONE[key], now)
        elif key == "import_list":
            rows = NEWCOMERS + TO_MEND
            self.note(contact_acts.IMPORT_FINISHED, now, rows=rows, created=NEWCOMERS, refused=TO_MEND)
        elif key == "read_reply":
            self.note(acts.HANDSET_REPLIED, now - 50 * SECOND)
            self.note(messaging_acts.REPLY_HANDLED, now)
        elif key == "handle_stop":
            self.note(consent_acts.OPTED_OUT, now, by=job(BY_LINK), channel=Channel.LINK.value)
        elif key == "reminder_leaves":
            self.note(event_acts.REMINDER_SENT, now, by=launching.BY)
            self._leave(now, Family.SERVICE, stopped=1)
        else:
            self._text(key, now)

    def _text(self, key: str, now: datetime) -> None:
        if self.first is None:
            self.first = self.write(lessons.TEXTS[(self.space.id + self.place) % len(lessons.TEXTS)], now)
        elif key == "see_the_price":
            self.note(campaign_acts.REVIEWED, now, self.first.id)
        elif key == "stop_in_time":
            self.note(campaign_acts.SCHEDULED, now - 20 * SECOND, self.first.id, people=sum(self._fates(0).values()))
            self.note(campaign_acts.STOPPED, now, self.first.id)
        elif key == "send":
            self.send(self.first, now)
        elif key == "follow":
            self.note(campaign_acts.FAILURES_READ, now, self.first.id)
        elif key == "send_again":
            self.send(self.write(lessons.THANKS, now - 60 * SECOND), now, stopped=1)

    def write(self, body: str, now: datetime) -> Campaign:
        """A text of one SMS, not yet sent."""
        campaign = Campaign(
            space_id=self.space.id, name=lessons.LISTS[self.place % len(lessons.LISTS)], family=Family.CHARITABLE,
            body=body, sender=self.space.sender, audience={"lists": [], "segments": [], "contacts": [], "except": []},
            stage=Stage.DRAFT, created_by=self.by.name, maker=self.by.key, created_at=now, updated_at=now,
        )  # fmt: skip
        self.story.session.add(campaign)
        self.story.session.flush()
        self.note(campaign_acts.DRAFTED, now - 30 * SECOND, campaign.id)
        self.note(campaign_acts.EDITED, now, campaign.id, parts=1, signs=len(body))
        return campaign

    def send(self, campaign: Campaign, now: datetime, *, stopped: int = 0) -> None:
        """It leaves, but for the ``stopped`` who said no in this copy."""
        people = sum(self._fates(stopped).values())
        self.note(campaign_acts.SCHEDULED, now, campaign.id, people=people, parts=people, opted_out=stopped)
        self.note(campaign_acts.LAUNCHED, now + SECOND, campaign.id, by=launching.BY)
        mailing = self._leave(now, Family.CHARITABLE, stopped=stopped)
        campaign.stage, campaign.mailing_id, campaign.send_at = Stage.FINISHED, mailing.id, now
        campaign.finished_at = now + timedelta(minutes=3)

    def _leave(self, now: datetime, family: Family, *, stopped: int) -> Mailing:
        """What its messages came to; they are gone with the people."""
        price = self.story.settings.part_price_micros
        mailing = mailings.open(self.story.session, self.space, family=family, now=now)
        for status, people in self._fates(stopped).items():
            paid = 0 if status is Status.FAILED else price * people
            mailing.spent_micros += paid
            if people:
                self.changes.append(tallies.Change(self.space.id, mailing.id, None, status, people, paid))
        self.left.append(mailing)
        return mailing

    def _fates(self, stopped: int) -> Mapping[Status, int]:
        """How many of the list end where, but for those ``stopped`` who would have had it."""
        counts = _ends(lessons.LISTS[self.place % len(lessons.LISTS)])
        return {**counts, Status.DELIVERED: counts[Status.DELIVERED] - stopped}


def end(story: Story, desks: Sequence[Desk]) -> None:
    """Nothing of what left from these desks is under way any more."""
    story.session.flush()
    mailings.close(story.session, [mailing.id for desk in desks for mailing in desk.left])
    tallies.note(story.session, [change for desk in desks for change in desk.changes])


@cache
def _ends(name: str) -> Mapping[Status, int]:
    """How many of a list of the house's people end where, by the last two digits of their phones."""
    counts = dict.fromkeys((Status.DELIVERED, Status.UNDELIVERED, Status.SENT, Status.FAILED), 0)
    for at in filter(pretend_people.LISTS[name], range(pretend_people.PEOPLE)):
        fate = fates.of(pretend_people.phone(at))
        if fate.refused == fates.STOPPED:
            continue  # said no in the copy's invented past
        if fate.refused:
            counts[Status.FAILED] += 1
        elif fate.rings:
            counts[Status.DELIVERED] += 1
        else:
            counts[Status.UNDELIVERED if fate.is_bad_number else Status.SENT] += 1
    return counts
