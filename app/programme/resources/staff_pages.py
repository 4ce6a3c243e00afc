"""Where the programme's staff write resources: drafts, a look before, publication, versions."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import principal, staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import PartnerId, ResourceId, SpaceId
from app.errors import Conflict
from app.french.language import _
from app.programme import home_pages
from app.programme.files import kinds
from app.programme.partners import service as partners
from app.programme.partners.models import Subject
from app.programme.resources import files, markup, reading, rules, service
from app.programme.resources.models import Resource, ResourceVersion
from app.programme.resources.rules import Content
from app.programme.resources.schemas import ResourceForm
from app.programme.resources.showing_pages import months_shown
from app.programme.resources.views import day_of
from app.web.edge import download
from app.web.requests import number_argument, runtime, ticked

blueprint = Blueprint("resource_desk", __name__, url_prefix="/programme/ressources")

COLUMNS = (
    _("Adresse"), _("Titre"), _("Type"), _("Sujets"), _("État"), _("Publiée le"), _("Relue le"), _("Mois"), _("Vues"),
)  # fmt: skip
PREVIEW, PUBLISH = "preview", "publish"


def programme_id(session: Session) -> SpaceId | None:
    """The programme's own live space, whose journal tells what is done; None where nobody made it."""
    return home_pages.programme_id(session)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        months = reading.all_months(session)
        now = utc_now()
        rows = [
            (resource, version, months_shown(months.get(resource.id, {}), now=now))
            for resource, version in service.all_of_them(session)
        ]
    return show("programme/resources/desk.html", rows=rows, words=rules, today=day_of(now))


@blueprint.get("/vues.csv")
@staff(Staff.PROGRAMME)
def table() -> ResponseReturnValue:
    """A line for each resource and month; one that nobody read has one line."""
    with runtime().database.snapshot() as session:
        months = reading.all_months(session)
        lines = [
            [*_described(resource, version), month, views]
            for resource, version in service.all_of_them(session)
            for month, views in (
                [(on.strftime("%Y-%m"), str(count)) for on, count in months.get(resource.id, {}).items()] or [("", "0")]
            )
        ]
    return download(as_csv([COLUMNS, *lines]), file_name="ressources.csv", mimetype="text/csv")


@blueprint.get("/nouvelle")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    return _form(None)


@blueprint.post("/nouvelle")
@staff(Staff.PROGRAMME)
def make() -> ResponseReturnValue:
    return _write(None)


@blueprint.get("/<int:resource_id>")
@staff(Staff.PROGRAMME)
def edit(resource_id: ResourceId) -> ResponseReturnValue:
    """The form with its last text, or with that of an older version, which is taken up again by saving it."""
    return _form(resource_id, older=number_argument("version"))


@blueprint.post("/<int:resource_id>")
@staff(Staff.PROGRAMME)
def change(resource_id: ResourceId) -> ResponseReturnValue:
    return _write(resource_id)


@blueprint.get("/<int:resource_id>/versions/<int:number>")
@staff(Staff.PROGRAMME)
def read(resource_id: ResourceId, number: int) -> ResponseReturnValue:
    """A version as readers would see it."""
    with runtime().database.snapshot() as session:
        resource = service.get(session, resource_id)
        version = service.version(session, resource, number)
    return show(
        "programme/resources/version.html", resource=resource, version=version, look=_look(version.content), words=rules
    )


@blueprint.post("/<int:resource_id>/retirer")
@staff(Staff.PROGRAMME)
def withdraw(resource_id: ResourceId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        service.withdraw(session, resource_id, space_id=programme_id(session), by=principal(), now=utc_now())
    flash(_("Retirée : personne ne la lit plus. Son texte reste ici."), "success")
    return redirect(url_for(".edit", resource_id=resource_id))


def _write(resource_id: ResourceId | None) -> ResponseReturnValue:
    """« Voir » keeps nothing; « Enregistrer le brouillon » and « Publier » keep what is written, or give it back."""
    then = request.form.get("then", "")
    try:
        parsed = ResourceForm().load({**request.form.to_dict(), "topics": request.form.getlist("topics")})
        if then == PREVIEW:
            return _form(resource_id, look=parsed["content"])
        with runtime().database.transaction() as session:
            told: Any = {"space_id": programme_id(session), "by": principal(), "now": utc_now()}
            resource = service.save(session, resource_id, **parsed, publishes=then == PUBLISH, **told)
            chosen = [PartnerId(one) for one in ticked("partners")]
            partners.set_of(session, Subject.RESOURCE, resource.id, chosen, **told)
    except REFUSALS as error:
        return _form(resource_id, Refused.by(error), is_forestalled=isinstance(error, Conflict))
    said = _("Publiée.") if then == PUBLISH else _("Brouillon enregistré : les lecteurs ne voient rien de changé.")
    flash(said, "success")
    flash(f"resource-{resource_id or 'new'}", "draft-saved")
    return redirect(url_for(".edit", resource_id=resource.id), 303)


def _form(
    resource_id: ResourceId | None,
    refused: Refused = FINE,
    *,
    look: Content | None = None,
    older: int | None = None,
    is_forestalled: bool = False,
) -> ResponseReturnValue:
    """The form with what was sent, or else with what is kept. ``look`` is shown beneath as readers would see it."""
    with runtime().database.snapshot() as session:
        resource = service.get(session, resource_id) if resource_id is not None else None
        versions = service.versions(session, resource) if resource else []
        joined = [(file, kinds.show_size(file.size)) for file in files.of(session, resource_id)] if resource_id else []
        months = months_shown(reading.months(session, resource_id) if resource_id else {}, now=utc_now())
        everyone = partners.everyone(session)
        held = [one.id for one in partners.of_subject(session, Subject.RESOURCE, resource_id)] if resource_id else []
        kept = service.version(session, resource, older) if resource and older else next(iter(versions), None)
    return show(
        "programme/resources/form.html",
        refused,
        resource=resource,
        kept=kept,
        versions=versions,
        older=older,
        other=versions[0] if is_forestalled and versions else None,
        joined=joined,
        months=months,
        accept=kinds.ACCEPT,
        partners=everyone,
        held=ticked("partners") if request.method == "POST" else held,
        look=_look(look) if look else None,
        words=rules,
        today=day_of(utc_now()),
        **_typed(kept, is_sent=request.method == "POST"),
    )


def _typed(kept: ResourceVersion | None, *, is_sent: bool) -> dict[str, object]:
    """What stands in the fields: as it was sent, or as it is kept."""
    names = ("title", "kind", "summary", "body", "author", "reuse", "checked_on")
    if is_sent:
        fields: dict[str, object] = {name: request.form.get(name, "") for name in names}
        return {"fields": fields, "ticked": request.form.getlist("topics")}
    if kept is None:
        first = {"kind": rules.Kind.GUIDE, "reuse": rules.Reuse.CC_BY, "author": principal().name}
        return {"fields": {**dict.fromkeys(names, ""), **first}, "ticked": []}
    return {"fields": {name: getattr(kept, name) for name in names}, "ticked": [one.value for one in kept.topic_list]}


def _look(content: Content) -> dict[str, object]:
    """What ``_article.html`` shows."""
    return {
        "title": content.title,
        "summary": rules.lines(content.summary),
        "text": markup.render(content.body),
        "minutes": rules.minutes(content.body),
    }


def _described(resource: Resource, version: ResourceVersion) -> list[str]:
    published = resource.published_at.astimezone(PARIS).strftime("%d/%m/%Y") if resource.published_at else ""
    checked = version.checked_on.strftime("%d/%m/%Y") if version.checked_on else ""
    state = _("retirée") if resource.withdrawn_at else _("publiée") if resource.published else _("brouillon")
    topics = ", ".join(rules.TOPICS[topic] for topic in version.topic_list)
    return [resource.slug, version.title, rules.KINDS[version.kind], topics, state, published, checked]
