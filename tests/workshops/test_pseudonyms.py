"""An association's own list: harmless before it is stored, and gone when the workshop is over."""

import csv
import io

import pytest
from sqlalchemy import func, insert, select, text

from app.accounts.models import Mode, Space
from app.carrier.carriers import is_fiction
from app.clock import utc_now
from app.contacts.importing.uploads import read_upload
from app.contacts.models import Contact, Import, ImportRow, ListMember
from app.contacts.phone import read_phone
from app.database.tables import Base
from app.errors import RuleBroken
from app.links.models import Link
from app.messaging.models import Message, Receipt, Reply
from app.workshops import service
from app.workshops.models import PracticeSpace
from app.workshops.practice import own_list, pseudonyms, purging
from app.workshops.practice import people as pretend_people
from app.workshops.practice import service as practice
from app.workshops.room import service as room_service
from tests.factories import SOMEBODY, make_space, make_user, sign_in

SECRETS = ("0612345678", "612345678", "Quidam", "secret", "quidam@exemple.fr", "2A004", "allergique")
FILE = (
    "Nom;Prénom;Portable;E-mail;CP;Remarques\n"
    "Quidam;Jeanne;06 12 34 56 78;quidam@exemple.fr;2A004;secret\n"
    "Quidam;Ali;+33612345678;;2A004;allergique\n"
    "Quidam;Paul;03 22 11 22 33;;;\n"
    "Quidam;Zoé;06 12 34;;;\n"
    "Quidam;Odile;;;;\n"
    "Quidam;Jeanne;0612345678;;;\n"
    "Quidam;Nadia 0612345678;0612345679;;;\n"
)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]


def pseudonymised(text: str = FILE, *, keeps: bool = True) -> bytes:
    return pseudonyms.pseudonymise(read_upload(text.encode(), file_name="liste.csv"), keeps_first_names=keeps)


def long_list(people: int) -> str:
    return "Prénom;Portable\n" + "".join(f"Jeanne;06{at:08d}\n" for at in range(10_000_000, 10_000_000 + people))


def test_numbers_become_fiction_and_couples_stay_couples():
    found = rows(pseudonymised())
    assert [row[0] for row in found[:6]] == ["Jeanne", "Ali", "Paul", "Zoé", "Odile", "Jeanne"]
    assert found[0][1] == found[1][1] == found[5][1] != found[6][1]
    assert is_fiction(read_phone(found[0][1]))
    assert is_fiction(read_phone(found[6][1]))
    assert pseudonymised() == pseudonymised()


def test_a_bad_number_stays_bad_in_its_own_way():
    codes = []
    for row in rows(pseudonymised())[2:5]:
        with pytest.raises(RuleBroken) as refusal:
            read_phone(row[1])
        codes.append(refusal.value.code)
    assert codes == ["phone_landline", "phone_too_short", "phone_empty"]


@pytest.mark.parametrize("keeps", [True, False])
def test_nothing_else_of_the_file_stays(keeps):
    content = pseudonymised(keeps=keeps).decode("utf-8-sig").replace(" ", "")
    assert [secret for secret in SECRETS if secret in content] == []


def test_first_names_are_invented_unless_they_are_asked_for():
    found = rows(pseudonymised(keeps=False))
    assert found[0][0] == found[5][0] != found[1][0]
    assert len({row[0] for row in found}) == 6


def test_more_people_than_fiction_has_numbers_are_refused():
    assert len(rows(pseudonymised(long_list(10_000)))) == 10_000
    with pytest.raises(RuleBroken, match=r"10\D001 mobiles"):
        pseudonymised(long_list(10_001))


def holds(database, space_id: int) -> dict[str, int]:
    """How many rows of each kind a space has."""
    with database.snapshot() as session:
        counts = {
            table.name: session.scalar(select(func.count()).select_from(table).where(table.c.space_id == space_id))
            for table in Base.metadata.sorted_tables
            if "space_id" in table.c
        }
        return {name: count for name, count in counts.items() if count}


KEPT = {"activities", "campaigns", "mailings", "tallies", "seats", "practice_spaces", "step_ticks"}


@pytest.fixture
def practising(database, settings, planned):
    """A workshop on its association's own list of sixty."""
    content = pseudonymised(
        FILE + long_list(60).partition("\n")[2].replace(";", ";Prisca;").replace("Jeanne", "Quidam")
    )
    with database.transaction() as session:
        found = service.get(session, planned.id, lock=True)
        own_list.use(session, found, content, keeps_first_names=True, settings=settings, by=SOMEBODY, now=utc_now())
        practice.open_doors(session, found, settings=settings, by=SOMEBODY, now=utc_now())
        return found


def spaces_of(database, workshop) -> list[int]:
    with database.snapshot() as session:
        query = select(PracticeSpace.space_id).where(PracticeSpace.workshop_id == workshop.id)
        return list(session.scalars(query.order_by(PracticeSpace.space_id)))


def test_the_room_works_on_the_pseudonymised_list(database, practising, sit):
    _client, sitting = sit(practising, "Amina")
    with database.snapshot() as session:
        people = session.scalars(select(Contact).where(Contact.space_id == sitting.space.id)).all()
        assert {"Jeanne", "Ali", "Prisca"} <= {one.first_name for one in people}
        assert all(is_fiction(one.phone) and not one.last_name and not one.email for one in people)
        assert session.get_one(PracticeSpace, sitting.space.id).source == purging.OWN
        refused = select(ImportRow.reason).join(Import).where(Import.space_id == practising.model_space_id)
        assert len(session.scalars(refused.where(~ImportRow.is_duplicate)).all()) == 3


def test_the_original_is_nowhere_in_the_database(database, practising, sit):
    sit(practising, "Amina")
    with database.snapshot() as session:
        for table in Base.metadata.sorted_tables:
            written = str(session.execute(select(table)).all()).replace(" ", "")
            assert [secret for secret in SECRETS if secret in written] == [], table.name


def test_nothing_of_the_list_outlives_the_workshop(database, practising, sit):
    sit(practising, "Amina")
    with database.transaction() as session:
        room_service.close(session, service.get(session, practising.id, lock=True), by=SOMEBODY, now=utc_now())
    for space_id in spaces_of(database, practising):
        assert set(holds(database, space_id)) <= KEPT
    with database.snapshot() as session:
        for table in (Contact, ListMember, Message, Receipt, Reply, Link, Import, ImportRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        for table in Base.metadata.sorted_tables:
            assert "Prisca" not in str(session.execute(select(table)).all()), table.name


def test_starting_again_empties_the_old_copies_and_keeps_the_list(database, settings, practising, sit):
    client, before = sit(practising, "Amina")
    with database.transaction() as session:
        found = service.get(session, practising.id, lock=True)
        own = own_list.kept(session, found)
        room_service.reset(session, found, own=own, settings=settings, by=SOMEBODY, now=utc_now())
        fresh = found.model_space_id
    assert set(holds(database, before.space.id)) <= KEPT
    assert set(holds(database, practising.model_space_id)) <= KEPT
    with database.snapshot() as session:
        names = session.scalars(select(Contact.first_name).where(Contact.space_id == fresh)).all()
    assert "Prisca" in names
    assert client.get("/atelier").status_code == 302


def test_what_came_in_late_goes_too(database, practising):
    with database.transaction() as session:
        found = service.get(session, practising.id, lock=True)
        room_service.close(session, found, by=SOMEBODY, now=utc_now())
        model = session.get_one(Space, practising.model_space_id)
        late = {"space_id": model.id, "account_sid": "AC1", "carrier_sid": "SM1", "phone": "+33639980013"}
        session.execute(insert(Reply), [{**late, "body": "OUI", "at": utc_now()}])
    with database.transaction() as session:
        assert [space.id for space in purging.waiting(session)] == [model.id]
        purging.purge_again(session, model.id, now=utc_now() + 2 * purging.SETTLED_AFTER)
    assert set(holds(database, model.id)) <= KEPT
    with database.snapshot() as session:
        assert purging.waiting(session) == []
        assert session.execute(text("select count(*) from replies")).scalar() == 0


def test_the_trainer_hands_a_file_over_before_anybody_sits(database, opened, room, sit):
    def hand(content: str = FILE):
        form = {"file": (io.BytesIO(content.encode()), "liste.csv"), "keeps_first_names": "1"}
        return room.post(f"/ateliers/{opened.id}/liste", data=form, follow_redirects=True).text

    assert "Le fichier d’origine n’est pas gardé" in hand()
    assert "aucune colonne" in hand("a;b\n1;2\n").lower()
    client, _sitting = sit(opened, "Amina")
    assert "déjà entrées" in hand()
    table = client.get("/atelier/tableau.csv")
    assert table.mimetype == "text/csv"
    assert len(rows(table.data)) == pretend_people.NEWCOMERS + 4 + 3  # some twice, three to mend


def test_a_seat_imports_people_whom_its_copy_does_not_hold_with_one_tap(database, opened, room, sit):
    client, sitting = sit(opened, "Amina")
    content = client.get("/atelier/tableau.csv").data
    assert content == room.get(f"/ateliers/{opened.id}/tableau.csv").data
    upload = read_upload(content, file_name="tableau.csv")
    phones = {read_phone(cells[2]) for _at, cells in upload.sheet.rows[:-3]}
    assert len(phones) == pretend_people.NEWCOMERS
    with database.snapshot() as session:
        assert not phones & set(session.scalars(select(Contact.phone).where(Contact.space_id == sitting.space.id)))
    here = f"/e/{sitting.space.slug}/imports"
    assert f'action="{here}/fichier-de-l-atelier"' in client.get(here).text
    checked = client.post(f"{here}/fichier-de-l-atelier")
    assert "Vérifier" in client.get(checked.location).text


def test_the_seat_of_a_browser_brings_no_pretend_people_into_another_space(database, opened, sit):
    """Somebody of an association's team sat in a workshop that morning, with the same telephone."""
    client, _sitting = sit(opened, "Amina")
    with database.transaction() as session:
        home = make_space(session, mode=Mode.LIVE)
        sign_in(client, session, make_user(session, space=home))
    assert client.post(f"/e/{home.slug}/imports/fichier-de-l-atelier").status_code == 404
    for path in ("telephones/tenir", "telephones/en-main"):
        assert client.get(f"/e/{home.slug}/{path}").status_code == 404
    with database.snapshot() as session:
        assert session.scalars(select(Import.id).where(Import.space_id == home.id)).all() == []


def test_a_stranger_finds_no_spreadsheet(client):
    assert client.get("/atelier/tableau.csv").status_code == 401
