"""Planning workshops: the list, a new one, and its page before the day."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate
from sqlalchemy.orm import Session

from app.accounts import associations, spaces
from app.accounts.models import Mode, Staff, User
from app.accounts.web.guards import principal, staff, user
from app.clock import PARIS, utc_now
from app.database.ids import WorkshopId
from app.errors import RuleBroken
from app.events import service as events
from app.events.schemas import moment
from app.french.language import _
from app.programme.trainings import leading
from app.web.problems import flat
from app.web.requests import runtime
from app.workshops import guards, kinds, service
from app.workshops.models import Kind
from app.workshops.path import scenarios
from app.workshops.planning import rehearsal
from app.workshops.planning import service as planning
from app.workshops.practice import service as practice

NEXT_MAX = 6
"""Of a trainer's home; those after them stand in the list below."""
blueprint = Blueprint("workshops", __name__, url_prefix="/ateliers")


class PlanForm(Schema):
    """A workshop as it is planned; with ``starts_at`` it begins then, whatever day and hour were typed."""

    class Meta:
        unknown = EXCLUDE

    starts_at: datetime | None = None

    kind = fields.Enum(Kind, by_value=True, load_default=Kind.MASS_SMS)
    association = fields.String(load_default="", validate=validate.Length(max=120))
    association_space = fields.String(load_default="")
    day = fields.String(load_default="")
    hour = fields.String(load_default="")
    minutes = fields.Integer(load_default=90, validate=validate.Range(min=15, max=480))
    place = fields.String(load_default="", validate=validate.Length(max=200))
    link = fields.String(load_default="", validate=validate.Length(max=500))
    scenario = fields.Integer(load_default=None)

    @post_load
    def at(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        starts_at = self.starts_at or moment(data["day"], data["hour"], PARIS)
        return {**data, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=data["minutes"])}


@blueprint.get("")
@staff()
def browse() -> ResponseReturnValue:
    """All workshops for the programme's staff; for a trainer, whose home it is, their next ones first."""
    now, is_home = utc_now(), user().staff is Staff.TRAINER
    with runtime().database.snapshot() as session:
        found = service.of_trainer(session, user(), limit=100)
        coming = [row for row in reversed(found) if is_home and service.comes_next(*row, now=now)][:NEXT_MAX]
        expected = {event.id: events.counts(session, event.id) for _workshop, event in coming}
        leads = bool(leading.led_by(session, user()))
    return render_template(
        "workshops/browse.html",
        is_home=is_home,
        coming=coming,
        expected=expected,
        leads=leads,
        workshops=[row for row in found if row not in coming],
        kinds=kinds.WORDS,
        now=now,
    )


@blueprint.get("/nouveau")
@staff()
def begin() -> ResponseReturnValue:
    """The form of a new workshop; « association » of the address is whom it is for, named as the programme knows it."""
    name = request.args.get("association", "")
    if not name:
        return _form_page({}, {})
    with runtime().database.snapshot() as session:
        home = associations.find_home(session, name)
    return _form_page({"association": name, "association_space": home.slug if home else ""}, {})


@blueprint.post("/nouveau")
@staff()
def plan() -> ResponseReturnValue:
    """Plan it; « Commencer maintenant » also opens the doors."""
    typed = request.form.to_dict()
    starts_now = typed.get("then") == "now"
    form = PlanForm()
    if starts_now:  # an instant, not an hour: one night a year, two instants have the same
        form.starts_at = utc_now().replace(second=0, microsecond=0)
    try:
        parsed = form.load(typed)
        with runtime().database.transaction() as session:
            workshop_id = _plan(session, parsed, open_doors=starts_now)
    except ValidationError as wrong:
        return _form_page(typed, flat(wrong.messages), status=422)
    except RuleBroken as wrong:
        return _form_page(typed, wrong.fields or {"": wrong.sentence}, status=422)
    return redirect(url_for("room.show", workshop_id=workshop_id))


@blueprint.post("/<int:workshop_id>/repeter")
@staff()
def rehearse(workshop_id: WorkshopId) -> ResponseReturnValue:
    """« Répéter l'atelier »: the same one, now, that counts in no figure."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id)
        me = session.get_one(User, user().id)
        made = rehearsal.begin(session, workshop, me, settings=runtime().settings, by=principal(), now=utc_now()).id
    return redirect(url_for("room.show", workshop_id=made))


def _plan(session: Session, asked: dict[str, Any], *, open_doors: bool) -> int:
    now, by = utc_now(), principal()
    found = spaces.find(session, asked["association_space"] or "")
    live = found if found and found.mode is Mode.LIVE else None
    workshop = planning.plan(
        session,
        guards.programme_space(session),
        kind=asked["kind"],
        association=asked["association"] or (live.name if live else ""),
        trainers=[session.get_one(User, user().id)],
        scenario=scenarios.chosen(session, user(), asked["scenario"], asked["kind"], now=now),
        association_space_id=live.id if live else None,
        by=by,
        now=now,
        starts_at=asked["starts_at"],
        ends_at=asked["ends_at"],
        place=asked["place"],
        link=asked["link"],
    )
    if open_doors:
        practice.open_doors(session, workshop, settings=runtime().settings, by=by, now=now)
    return workshop.id


def _form_page(typed: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    programme = runtime().settings.programme_space
    known = guards.known_scenarios()
    with runtime().database.snapshot() as session:
        live = spaces.live(session)
    page = render_template(
        "workshops/plan.html",
        typed=typed,
        errors=errors,
        kind_options=[(kind.value, words) for kind, words in kinds.WORDS.items()],
        scenario_options=[(one.id, one.title) for one in known],
        space_options=[("", _("Pas encore")), *((one.slug, one.name) for one in live if one.slug != programme)],
    )
    return page, status
