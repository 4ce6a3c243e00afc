"""A town is compared folded, whatever door it came by."""

from sqlalchemy import select

from app.contacts import service
from app.contacts.bulk import choosing
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import Change
from app.contacts.bulk.service import Words
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.database import migrations
from tests.audiences.test_compiling import kept
from tests.contacts.sheets import import_file, sheet
from tests.factories import NOON, SOMEBODY, make_contact, make_space
from tests.test_migrated_rows import Older
from tests.test_migrations import bare

__all__ = ["bare"]
BY = {"by": SOMEBODY, "now": NOON}
IN_AMIENS = {"field": "town", "is": "equals", "value": "amiens"}


def test_a_town_is_found_by_every_spelling_and_after_every_change(database, runtime):
    key = runtime.settings.fingerprint_key
    with database.transaction() as session:
        space = make_space(session)
        zoe = service.add(session, space, {"phone": "0639980001", "first_name": "Zoé", "town": "AMIENS"}, key=key, **BY)
        luc = make_contact(session, space, first_name="Luc", town="Saint-Étienne")
        make_contact(session, space, first_name="Ada")
        make_contact(session, space, first_name="Bea", town="…")
    rows = sheet(["Eva;06 39 98 00 02;Amiens ", "Zoé;06 39 98 00 01;Camon"], "Prénom;Portable;Ville")
    import_file(runtime, space, rows)
    with database.transaction() as session:
        assert kept(session, space, IN_AMIENS) == ["Eva"]
        luc, zoe = (session.get_one(Contact, one.id) for one in (luc, zoe))
        assert kept(session, space, {"field": "town", "is": "starts_with", "value": "saint etienne"}) == ["Luc"]
        assert kept(session, space, {"field": "town", "is": "unknown"}) == ["Ada"]
        assert kept(session, space, {"none": [IN_AMIENS]}) == ["Ada", "Bea", "Luc", "Zoé"]
        service.edit(session, space, luc, {"town": "Amiens"}, key=key, **BY)
        assert kept(session, space, IN_AMIENS) == ["Eva", "Luc"]
        merging.merge(session, space, survivor_id=zoe.id, loser_id=luc.id, chosen={"town"}, moves=(), **BY)
        assert session.scalar(select(Contact.town_key).where(Contact.id == zoe.id)) == "amiens"


def test_a_town_noted_of_many_is_found_and_so_is_what_each_had_before(database):
    with database.transaction() as session:
        space = make_space(session)
        for name, town in (("Luc", "Lyon"), ("Zoé", "")):
            make_contact(session, space, first_name=name, town=town)
        words = {"etag": choosing.look(session, space.id, Choice()).etag, "take_back": lambda *_: None}
        amiens = Words(field="town", value="Amiens")
        edit = bulk.apply(session, space, Choice(), Change.NOTE, words=amiens, **words, **BY)
        in_lyon = IN_AMIENS | {"value": "lyon"}
        assert kept(session, space, IN_AMIENS) == ["Luc", "Zoé"]
        assert kept(session, space, in_lyon) == []
        bulk.undo(session, edit, **BY)
        assert (kept(session, space, IN_AMIENS), kept(session, space, in_lyon)) == ([], ["Luc"])


def test_towns_from_before_are_folded(bare):
    migrations.upgrade(bare, "0025")
    with bare.transaction() as session:
        older = Older(session)
        space = older.add("spaces", slug="s", mode="live", rate_per_s=1)
        for town in ("Saint-Étienne", "", "L'Haÿ-les-Roses"):
            older.add("contacts", space_id=space, phone="+33639980001", name_key=town, town=town)
    migrations.upgrade(bare)
    with bare.snapshot() as session:
        found = session.scalars(select(Contact.town_key).order_by(Contact.id)).all()
        assert found == ["saint etienne", "", "l hay les roses"]
