"""« C'est la même personne que… »: two cards that nothing proposed, chosen by whoever knows both."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import panels, service
from app.contacts.pairs import proposing as pairs
from app.database.ids import ContactId, id_of
from app.errors import RuleBroken
from app.french.language import _
from app.web.requests import number_field, runtime

blueprint = Blueprint("same_person", __name__, url_prefix="/e/<slug>/benevoles")
SHOWN = 20


@blueprint.get("/<int:contact_id>/meme-personne")
@needs(Role.EQUIPIERE)
def search(contact_id: ContactId) -> ResponseReturnValue:
    """The other cards found, first those of a like name."""
    return _search(contact_id)


@blueprint.post("/<int:contact_id>/meme-personne")
@needs(Role.EQUIPIERE)
def choose(contact_id: ContactId) -> ResponseReturnValue:
    """On to the page that compares the two; nothing is merged yet."""
    try:
        if (other_id := id_of(ContactId, number_field("other"))) is None:
            raise RuleBroken("other_missing", _("Choisissez l'autre fiche."))
        with runtime().database.transaction() as session:
            one, other = (service.get(session, space().id, each) for each in (contact_id, other_id))
            pair = pairs.propose_two(session, space().id, one, other, by=principal(), now=utc_now())
    except REFUSALS as error:
        return _search(contact_id, Refused.by(error))
    return redirect(url_for("duplicates.compare", slug=space().slug, pair_id=pair.id))


def _search(contact_id: ContactId, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        contact = service.get(session, space().id, contact_id)
        words = request.args.get("q", contact.last_name or contact.first_name).strip()[:100]
        page = service.search(session, space().id, words=words, limit=SHOWN + 1)
        others = [one for one in page.items if one.id != contact.id][:SHOWN]
        return show(
            "contacts/same_person.html",
            refused,
            person=panels.described(session, space(), [contact])[0],
            contact=contact,
            words=words,
            others=panels.described(session, space(), others),
            more=len(page.items) > SHOWN or page.is_cut,
        )
