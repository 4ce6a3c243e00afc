"""« Passer au réel », in the association's live space: what is missing, the workshop's texts, the first real SMS."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.accounts.models import Mode, Role, User
from app.accounts.principal import USER
from app.accounts.web.guards import needs, principal, space, user
from app.clock import utc_now
from app.consent.families import Family
from app.consent.wording import departure
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _, ngettext
from app.messaging.status import FINAL
from app.web import rows, zones
from app.web.problems import errors_of
from app.web.requests import runtime, ticked
from app.workshops.real import drafts as import_drafts
from app.workshops.real import first_sms
from app.workshops.real import points as going_real

blueprint = Blueprint("real", __name__, url_prefix="/e/<slug>/en-vrai")


class TickForm(Schema):
    """A point ticked by hand: since when, and who pays."""

    class Meta:
        unknown = EXCLUDE

    key = fields.String(load_default="")
    note = fields.String(load_default="", validate=validate.Length(max=120))
    done_on = fields.Date(load_default=None, error_messages={"invalid": _("Choisissez un jour.")})


@blueprint.get("")
@needs(Role.REFERENTE)
def show() -> ResponseReturnValue:
    """The whole way, or with ``part`` the first SMS alone, as it goes."""
    _check_live()
    return _page(part=bool(request.args.get("part")))


@blueprint.get("/avis")
@needs(Role.REFERENTE)
def notice() -> ResponseReturnValue:
    """The notice to volunteers, alone on its page, to be printed."""
    _check_live()
    return render_template("workshops/real_notice.html", text=going_real.notice_text(space()))


@blueprint.post("/cocher")
@needs(Role.REFERENTE)
def tick() -> ResponseReturnValue:
    """A point that no row can prove: done, or not after all."""
    _check_live()
    now = utc_now()
    try:
        if request.form.get("act") == "untick":
            with runtime().database.transaction() as session:
                going_real.untick(session, space(), request.form.get("key", ""), by=principal(), now=now)
        else:
            parsed = TickForm().load({name: value for name, value in request.form.items() if value})
            with runtime().database.transaction() as session:
                going_real.tick(session, space(), **parsed, by=principal(), now=now)
    except (ValidationError, RuleBroken) as wrong:
        return _page(errors=errors_of(wrong), key=request.form.get("key", ""), typed=request.form.to_dict(), status=422)
    return redirect(url_for(".show", slug=space().slug) + f"#point-{request.form.get('key', '')}")


@blueprint.post("/textes")
@needs(Role.REFERENTE)
def carry() -> ResponseReturnValue:
    """The chosen texts become drafts for nobody yet."""
    _check_live()
    ids = set(ticked("text", digits=rows.LONG_DIGITS))
    try:
        with runtime().database.transaction() as session:
            count = import_drafts.carry(session, space(), ids, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _page(errors={"text": wrong.sentence}, status=422)
    flash(
        ngettext(
            "%(n)s texte est passé : un brouillon, sans destinataire.",
            "%(n)s textes sont passés : des brouillons, sans destinataire.",
            count,
        ),
        "success",
    )
    return redirect(url_for("campaigns.browse", slug=space().slug))


@blueprint.post("/premier-sms")
@needs(Role.REFERENTE)
def send_first() -> ResponseReturnValue:
    """Her first real SMS, to her own phone."""
    _check_live()
    try:
        with runtime().database.transaction() as session:
            first_sms.send(
                session,
                space(),
                session.get_one(User, user().id),
                body=request.form.get("body", ""),
                by=principal(),
                settings=runtime().settings,
                now=utc_now(),
            )
    except (RuleBroken, Conflict) as wrong:
        status = 409 if isinstance(wrong, Conflict) else 422
        return _page(errors=errors_of(wrong), key="first", typed=request.form.to_dict(), status=status)
    held = departure(Family.SERVICE, space().zone, utc_now(), holds=space().hours_hold)
    flash(_("C'est noté. %(held)s.", held=held) if held else _("C'est parti : regardez votre téléphone."), "success")
    return redirect(url_for(".show", slug=space().slug) + "#premier")


@blueprint.post("/premier-sms/reprendre")
@needs(Role.REFERENTE)
def resume_first() -> ResponseReturnValue:
    """What stopped it is mended: let it go on."""
    _check_live()
    return _move_first(first_sms.resume, _("Il repart : regardez votre téléphone."))


@blueprint.post("/premier-sms/arreter")
@needs(Role.REFERENTE)
def end_first() -> ResponseReturnValue:
    """It does not leave any more."""
    _check_live()
    return _move_first(first_sms.end, _("Arrêté : il ne partira pas. Vous pouvez en écrire un autre."))


def _move_first(move: Callable[..., None], done: str) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            move(session, space(), by=principal(), now=utc_now())
    except Conflict as wrong:
        return _page(errors=errors_of(wrong), key="first", status=409)
    flash(done, "success")
    return redirect(url_for(".show", slug=space().slug) + "#premier")


def _check_live() -> None:
    """Practice has its own end; and a program has no telephone."""
    if space().mode is not Mode.LIVE or principal().kind != USER:
        raise NotFound("nothing_here", _("Cette page n'existe pas, ou vous n'y avez pas accès."))


def _page(
    *,
    part: bool = False,
    errors: dict[str, str] | None = None,
    key: str = "",
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """``key`` is the point that the errors are about."""
    settings, today = runtime().settings, zones.local_day(utc_now())
    with runtime().database.snapshot() as session:
        me = session.get_one(User, user().id)
        points = going_real.points(session, space(), me, settings=settings, today=today)
        message = first_sms.find(session, space())
        paused = first_sms.paused(session, space())
        harvests = import_drafts.waiting(session, space())
    page = render_template(
        "workshops/_first_sms.html" if part else "workshops/real.html",
        points=points,
        missing=going_real.missing(points),
        notice_text=going_real.notice_text(space()),
        harvests=harvests,
        message=message,
        paused=paused,
        is_waiting=message is not None and message.status not in FINAL,
        can_send=message is None or message.status in first_sms.FAILED,
        usual=first_sms.USUAL,
        me=me,
        today=today.isoformat(),
        errors=errors or {},
        key=key,
        typed=typed or {},
    )
    return page, status
