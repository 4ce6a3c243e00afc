"""Writing and sending, as pages: draft, check, confirm."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.audiences import net, recipients, segments
from app.audiences import people as audience
from app.audiences.book import open_book
from app.audiences.sentences import sentence_of
from app.campaigns import asking, sent_pages, service, texts
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.campaigns.schemas import DraftForm
from app.clock import utc_now
from app.consent.families import Family, family_words
from app.contacts import lists
from app.contacts import service as contacts
from app.contacts.finding import service as finding
from app.contacts.phone import show_phone
from app.database.ids import CampaignId, SegmentId
from app.errors import Conflict, RuleBroken
from app.french import invisible
from app.french.language import _, ngettext
from app.messaging import messages
from app.messaging.body import mention
from app.messaging.body.rules import check_body
from app.messaging.body.text import measure, simplify
from app.web.requests import runtime, ticked

INSERTED = {"insert-first-name": "{prénom}", "insert-name": "{nom}"}
"""What a button puts into the text, at its end when the browser runs no script."""
MAX_BOXES = 50
"""People chosen one by one that the writing page shows with a box each; more are a crowd, with one box."""
_AFTER = {"review": "campaign_review.review", "ask": "campaign_questions.choose"}
"""Where a button leads once the draft is kept."""

blueprint = Blueprint("campaigns", __name__, url_prefix="/e/<slug>/envoyer")

FAMILY_HINTS = {
    Family.SERVICE: _("Planning, rappel, changement d'heure, annulation, assemblée."),
    Family.CHARITABLE: _("Un appel à bénévoles, une collecte."),
    Family.COMMERCIAL: _("Une braderie, une boutique : seulement à qui a donné son accord."),
}


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """All that was sent from here, whoever owns it, newest first; drafts and what is paused before."""
    with runtime().database.snapshot() as session:
        return render_template("campaigns/browse.html", **sent_pages.words(session, space(), now=utc_now()))


@blueprint.post("")
@needs(Role.EQUIPIERE)
def begin() -> ResponseReturnValue:
    """A blank draft, perhaps for one contact, one list or one selection as its page showed it (``seen``)."""
    words: dict[str, Any] = {}
    chosen = {name: ticked(name) for name in ("lists", "segments", "contacts")}
    if any(chosen.values()):
        words["audience"] = {**chosen, "except": ticked("except")}
    try:
        with runtime().database.transaction() as session:
            _check_seen(session, map(SegmentId, chosen["segments"]))
            blank = None if words else service.find_blank(session, space().id, by=principal())
            campaign = blank or service.draft(session, space(), by=principal(), now=utc_now(), **words)
    except (Conflict, RuleBroken) as refusal:
        if not chosen["segments"]:
            raise
        flash(refusal.sentence, "warning")
        return redirect(url_for("segments.show", slug=space().slug, segment_id=chosen["segments"][0]))
    to = "campaign_questions.choose" if "ask" in request.form else ".write"
    return redirect(url_for(to, slug=space().slug, campaign_id=campaign.id))


@blueprint.get("/<int:campaign_id>/ecrire")
@needs(Role.LECTRICE)
def write(campaign_id: CampaignId) -> ResponseReturnValue:
    """The writing page; a message that is no draft any more shows how it went."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        if campaign.stage is not Stage.DRAFT:
            return redirect(url_for("campaign_progress.follow", slug=space().slug, campaign_id=campaign_id))
        return _writing_page(session, campaign)


@blueprint.post("/<int:campaign_id>/ecrire")
@needs(Role.EQUIPIERE)
def save(campaign_id: CampaignId) -> ResponseReturnValue:
    """Keep what is typed, then read it over, simplify it, put a place at its end, ask a question or none, or stay."""
    words, then = DraftForm().load(_form()), request.form.get("then", "")
    if then == "simplify":
        words["body"] = simplify(words["body"])
    if then in INSERTED:
        words["body"] = f"{words['body']}{INSERTED[then]}"
    if then == "ask-nothing":
        words |= {"link_purpose": "", "link_subject_id": None}
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.edit(session, campaign, by=principal(), now=utc_now(), parts_of=_parts, **words)
    flash(_draft_key(campaign_id), "draft-saved")
    if then in _AFTER:
        return redirect(url_for(_AFTER[then], slug=space().slug, campaign_id=campaign_id))
    flash(_("Brouillon enregistré."), "success")
    return redirect(url_for(".write", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/brouillon")
@needs(Role.EQUIPIERE)
def keep(campaign_id: CampaignId) -> ResponseReturnValue:
    """Keep what is typed while it is typed; answers with the meter."""
    words = DraftForm().load(_form())
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.edit(session, campaign, by=principal(), now=utc_now(), parts_of=_parts, **words)
        return render_template("campaigns/_meter.html", saved=_draft_key(campaign_id), **_measured(session, campaign))


@blueprint.post("/<int:campaign_id>/supprimer")
@needs(Role.EQUIPIERE)
def remove(campaign_id: CampaignId) -> ResponseReturnValue:
    """Throw a draft away."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.remove(session, campaign, by=principal(), now=utc_now())
    flash(_draft_key(campaign_id), "draft-saved")
    flash(_("Brouillon supprimé."), "success")
    return redirect(url_for(".browse", slug=space().slug))


def _check_seen(session: Session, chosen: Iterable[SegmentId]) -> None:
    """Raises NotFound, RuleBroken or Conflict where a selection is not what its page showed."""
    for segment_id in chosen:
        one = segments.get(session, space().id, segment_id)
        net.check_seen(session, space(), one, request.form.get("seen", ""), Family.CHARITABLE, now=utc_now())


def _writing_page(session: Session, campaign: Campaign) -> str:
    chosen = campaign.audience.get("contacts") or []
    people = contacts.of_ids(session, space().id, chosen)
    return render_template(
        "campaigns/write.html",
        draft_key=_draft_key(campaign.id),
        everybody=finding.count(session, space().id),
        list_options=[
            (one.id, one.name, ngettext("%(n)s personne", "%(n)s personnes", one.people))
            for one in lists.counted(session, space().id)
        ],
        segment_options=list(_segment_options(session, campaign)),
        boxes=MAX_BOXES,
        people_options=[(person.id, person.name or show_phone(person.phone)) for person in people],
        families=[(family.value, family_words(family).capitalize(), FAMILY_HINTS[family]) for family in Family],
        inserted=[
            ("insert-first-name", _("Insérer le prénom"), INSERTED["insert-first-name"]),
            ("insert-name", _("Insérer le nom"), INSERTED["insert-name"]),
        ],
        mention=(mention.ANSWER_TAIL if campaign.link_purpose else mention.LINK_TAIL).partition(" :")[0],
        asks=asking.find(session) is not None,
        **_measured(session, campaign),
    )


def _segment_options(session: Session, campaign: Campaign) -> Iterator[tuple[int, str, str]]:
    """The selections that can be chosen; one chosen before it broke stays in sight, and says so."""
    book = open_book(session, space())
    held = campaign.audience.get("segments") or []
    for one, name in book.names.items():
        if one in book.rules:
            yield one, name, sentence_of(book.rules[one], book.fields)
        elif one in held:
            yield one, name, _("À réparer : elle ne choisit personne, et cet envoi ne partira pas avec elle.")


def _parts(session: Session, campaign: Campaign) -> int:
    """The SMS that the meter counts, the link and the first person's name included."""
    return int(_measured(session, campaign)["measure"]["parts"])


def _measured(session: Session, campaign: Campaign) -> dict[str, Any]:
    """The meter: the text as it will be sent to the first of its people, and what stands in its way."""
    settings = runtime().settings
    errors: Mapping[str, str] = {}
    try:
        said = texts.wording(session, space(), campaign, now=utc_now())
        people = audience.sample(session, space(), campaign.audience, campaign.family, limit=1, now=utc_now())
        one = people[0] if people else recipients.Recipient(None, "", "", {"prénom": _("Jeanne"), "nom": ""})
        shown = said.compose(one, space=space(), link=messages.sample_link(settings))
        if campaign.body.strip():
            check_body(campaign.body, two_way=space().two_way, known=said.known)
    except RuleBroken as refusal:
        shown, errors = campaign.body, refusal.fields or {"body": refusal.sentence}
    found = measure(shown)
    return {
        "campaign": campaign,
        "question": texts.describe(session, space(), campaign, now=utc_now()),
        "measure": {
            "encoding": found.encoding,
            "units": found.units,
            "parts": found.parts,
            "costly": [{"character": invisible.show(sign), "positions": at} for sign, at in found.costly],
            "simplified_parts": found.simplified_parts,
        },
        "shown": shown,
        "errors": errors,
        "part_price": settings.part_price_micros,
        "can_simplify": simplify(campaign.body) != campaign.body,
        "simplified": simplify(campaign.body),
    }


def _form() -> dict[str, Any]:
    """The form as marshmallow reads it: repeated fields as lists."""
    single = {name: request.form[name] for name in ("name", "family", "body", "everyone") if name in request.form}
    several = ["lists", "contacts", *(["segments"] if "offers_segments" in request.form else [])]
    found = {**single, **{name: request.form.getlist(name) for name in several}}
    if "crowd" in request.form:
        found["contacts"] = request.form["crowd"].split(",") if "with_crowd" in request.form else []
    return found


def _draft_key(campaign_id: CampaignId) -> str:
    return f"campaign-{campaign_id}"
