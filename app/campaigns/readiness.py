"""Whether a campaign could leave as it is, and whether it still is what was rehearsed."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.audiences import people as audience
from app.campaigns import budget, dry_run, rules, texts
from app.campaigns.dry_run import DryRun
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.consent import service as consent
from app.consent.families import Family
from app.errors import Conflict, RuleBroken
from app.french.language import _, ngettext
from app.messaging import posting
from app.messaging.body.mention import with_mention
from app.messaging.body.parts import part_count
from app.messaging.body.rules import check_body
from app.settings import Settings

USUAL_LINK = "x" * 40
"""As long as most personal links, where the site's own address is not at hand."""
PartsOf = Callable[[Session, Campaign], int]
"""How many SMS a draft's text costs each person."""


def bare_parts(session: Session, campaign: Campaign) -> int:
    """The SMS of a text with a link of the usual length, before any name is in it."""
    known = texts.known_by(session, campaign)
    whole = with_mention(campaign.body, asks=bool(campaign.link_purpose), known=known)
    return part_count(whole.replace("{lien}", USUAL_LINK))


@dataclass(frozen=True)
class Rehearsal:
    """A dry run, the version of what it was about, and what must be known of other campaigns to check the month.

    It renders every text, seconds for many people: made in a snapshot, it is what a transaction is handed.
    """

    run: DryRun
    version: str
    uncounted: Mapping[int, int]
    """As ``budget.uncounted`` answers."""


def version(session: Session, space: Space, campaign: Campaign, *, settings: Settings, now: datetime) -> str:
    """A word that changes with what would be sent, to whom, at what price: what somebody confirms is what they read.

    A few aggregates: it can be asked again while others wait to write.
    """
    text = [campaign.body, campaign.family.value, campaign.sender, campaign.audience, campaign.budget_micros]
    question = texts.describe(session, space, campaign, now=now)
    asks = [campaign.link_purpose, question and [question.subject_id, dict(question.values), question.is_open]]
    house = [space.name, space.sender, space.two_way, settings.link_url, settings.part_price_micros]
    said = [text, asks, house, audience.mark(session, space, campaign.audience, now=now)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def rehearse(
    session: Session,
    space: Space,
    campaign: Campaign,
    *,
    at: datetime,
    settings: Settings,
    now: datetime,
    confirmed: str | None = None,
) -> Rehearsal:
    """What ``service.schedule`` is handed. Raises what it would: the sooner, the less is rendered for nothing.

    ``confirmed`` is the version that a person read.
    """
    rules.check_stage(campaign.stage, Stage.SCHEDULED)
    if confirmed is not None and confirmed != version(session, space, campaign, settings=settings, now=now):
        raise _changed()
    return check(session, space, campaign, at=rules.check_time(at, now=now), settings=settings, now=now)


def check(
    session: Session, space: Space, campaign: Campaign, *, at: datetime, settings: Settings, now: datetime
) -> Rehearsal:
    """The dry run of a campaign that could leave as it is. Raises RuleBroken with what is missing."""
    sender = campaign.sender or space.sender
    two_way = space.two_way and sender == space.sender
    check_body(campaign.body, two_way=two_way, known=texts.known_by(session, campaign))
    question = texts.wording(session, space, campaign, now=now).question
    texts.check_question(question, at=at)
    posting.check_sender(sender)
    if sender != space.sender:
        spaces.checked_sender(sender)
    if broken := audience.faults(session, space, campaign.audience):
        raise RuleBroken("segment_broken", broken[0], fields={"audience.segments": " ".join(broken)})
    run = dry_run.rehearse(session, space, campaign, at=at, settings=settings, now=now)
    texts.check_question(question, at=run.first_at or at)
    if run.people == 0:
        sentence = _nobody(campaign, run)
        raise RuleBroken("audience_empty", sentence, fields={"audience": sentence})
    uncounted = budget.uncounted(session, space, campaign, settings=settings, now=now)
    budget.check(session, space, campaign, run, uncounted=uncounted, settings=settings, now=now)
    return Rehearsal(run, version(session, space, campaign, settings=settings, now=now), uncounted)


def check_again(
    session: Session, space: Space, campaign: Campaign, rehearsal: Rehearsal, *, settings: Settings, now: datetime
) -> None:
    """Whether what was rehearsed still holds, and still fits the month: nothing is rendered.

    Raises Conflict when the text, its people or its price changed, RuleBroken when the money has gone meanwhile.
    """
    if rehearsal.version != version(session, space, campaign, settings=settings, now=now):
        raise _changed()
    budget.check(session, space, campaign, rehearsal.run, uncounted=rehearsal.uncounted, settings=settings, now=now)


def _nobody(campaign: Campaign, run: DryRun) -> str:
    """Why nobody would get it: nobody was chosen, or all of them are left out, for these reasons."""
    n = run.left_out.total()
    if not n:
        return _("Personne ne recevrait ce SMS. Choisissez une liste où il y a du monde.")
    said = {**audience.LEFT_OUT_WORDS, texts.ANSWERED: texts.ANSWERED_WORDS}
    one = _("Personne ne recevrait ce SMS : %(n)s personne choisie est laissée de côté (%(reasons)s).")
    many = _("Personne ne recevrait ce SMS : %(n)s personnes choisies sont laissées de côté (%(reasons)s).")
    sentence = ngettext(one, many, n, reasons=", ".join(said[reason] for reason, _people in run.left_out.most_common()))
    if campaign.family is Family.COMMERCIAL and consent.NO_CONSENT in run.left_out:
        sentence += " " + _("Si vous ne vendez rien, choisissez « Demander un coup de main ou un don ».")
    return sentence


def _changed() -> Conflict:
    sentence = _("Le message, ou la liste de qui le reçoit, a changé entre-temps. Relisez-le avant de l'envoyer.")
    return Conflict("campaign_changed", sentence)
