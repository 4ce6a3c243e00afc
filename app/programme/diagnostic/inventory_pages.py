"""The tools of an association: one line each, its verdict with its reason, and the file."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.models import Role
from app.accounts.web.guards import principal
from app.clock import utc_now
from app.contacts.importing.formulas import as_csv
from app.errors import RuleBroken
from app.french.language import _
from app.programme.diagnostic import inventory, schemas
from app.programme.diagnostic.models import InventoryTool
from app.programme.diagnostic.place_pages import Place, Route
from app.programme.diagnostic.schemas import ToolForm
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime

COLUMNS = (
    _("Outil"), _("Pour"), _("Personnes"), _("Euros par an"), _("Licence"), _("Hébergement"), _("Note sur 5"),
    _("Décision"), _("Raison"),
)  # fmt: skip


def begin_tool(at: Place) -> ResponseReturnValue:
    return _form_page(at, {}, {})


def add_tool(at: Place) -> ResponseReturnValue:
    try:
        terms = ToolForm().load(request.form)
        with runtime().database.transaction() as session:
            inventory.add(session, at.association.id, terms, space_id=at.journal_id, by=principal(), now=utc_now())
    except (ValidationError, RuleBroken) as wrong:
        return _form_page(at, request.form.to_dict(), errors_of(wrong), status=422)
    flash(f"inventory-{at.association.id}-new", "draft-saved")
    flash(_("Outil ajouté."), "success")
    return redirect(at.href("show") + "#outils")


def edit_tool(at: Place, item_id: int) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        one = inventory.get(session, at.association.id, item_id=item_id)
    return _form_page(at, schemas.typed_of(one), {}, one=one)


def change_tool(at: Place, item_id: int) -> ResponseReturnValue:
    try:
        terms = ToolForm().load(request.form)
        with runtime().database.transaction() as session:
            inventory.change(
                session,
                at.association.id,
                terms,
                item_id=item_id,
                space_id=at.journal_id,
                by=principal(),
                now=utc_now(),
            )
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            one = inventory.get(session, at.association.id, item_id=item_id)
        return _form_page(at, request.form.to_dict(), errors_of(wrong), one=one, status=422)
    flash(f"inventory-{at.association.id}-{item_id}", "draft-saved")
    flash(_("C'est noté."), "success")
    return redirect(at.href("show") + "#outils")


def remove_tool(at: Place, item_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        inventory.remove(
            session,
            at.association.id,
            item_id=item_id,
            space_id=at.journal_id,
            by=principal(),
            now=utc_now(),
        )
    flash(_("Outil retiré de l'inventaire."), "success")
    return redirect(at.href("show") + "#outils")


def table(at: Place) -> ResponseReturnValue:
    """The inventory for a spreadsheet."""
    with runtime().database.snapshot() as session:
        found = inventory.of(session, at.association.id)
    content = as_csv([COLUMNS, *(_line(one) for one in found)])
    return download(content, file_name=f"inventaire-{at.association.id}.csv", mimetype="text/csv")


def _line(one: InventoryTool) -> list[str]:
    return [
        one.name,
        one.purpose,
        str(one.users),
        schemas.typed_of(one)["yearly"],
        inventory.LICENCES[one.licence],
        inventory.HOSTINGS[one.hosting],
        str(one.satisfaction),
        inventory.VERDICTS[one.verdict],
        one.reason,
    ]


def _form_page(
    at: Place,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    one: InventoryTool | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "programme/diagnostic/tool.html",
        place=at,
        one=one,
        typed=typed,
        errors=errors,
        verdicts=inventory.VERDICTS,
        licences=inventory.LICENCES,
        hostings=inventory.HOSTINGS,
    )
    return page, status


ROUTES = (
    Route("GET", "/outils/nouveau", begin_tool, Role.EQUIPIERE),
    Route("POST", "/outils/nouveau", add_tool, Role.EQUIPIERE),
    Route("GET", "/outils/<int:item_id>", edit_tool, Role.EQUIPIERE),
    Route("POST", "/outils/<int:item_id>", change_tool, Role.EQUIPIERE),
    Route("POST", "/outils/<int:item_id>/retirer", remove_tool, Role.EQUIPIERE),
    Route("GET", "/outils.csv", table, Role.LECTRICE),
)
