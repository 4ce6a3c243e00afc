"""Everybody leaves in a file: French Excel opens it, no cell runs, and an import reads the same people back."""

import csv
import io

import pytest
from openpyxl import load_workbook

from app.accounts.activity import trail
from app.accounts.models import Role, Space
from app.audiences import segments
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import lists, service, tags
from app.contacts.exporting import rows, web, workbook
from app.contacts.exporting.rows import Wanted
from app.contacts.fields import BLANK, FIELDS
from app.contacts.models import Contact
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, ContactValue, FieldType
from app.contacts.profile.reading import field_name
from app.errors import RuleBroken
from jobs.importing import run_imports
from tests.contacts.sheets import reread, start
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

SIMILAR = ("phone", "first_name", "last_name", "email", "postcode", "birth_year", "phone_is_parents", "note")


@pytest.fixture
def space(database):
    """Three people on a list, one of them hard to write down, and one archived."""
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai")
        on = make_list(session, space, name="Conducteurs; soir")
        zoe = make_contact(
            session, space, on=on, first_name="Zoë", last_name="=cmd|' /C calc'!A0", phone="+33612345600",
            email="z@exemple.fr", postcode="01000", birth_year=1985, note='Aime « conduire »;\nle soir, dit-elle "oui"',
            availability=6, is_member=True, rhythm="regular",
        )  # fmt: skip
        child = make_contact(
            session, space, first_name="-Ali", last_name="@home", phone="+262692123456", phone_is_parents=True,
            birth_year=NOON.year - 10,
        )  # fmt: skip
        stopped = make_contact(session, space, first_name="Paul", last_name="N'Guyen", phone="+447400123456")
        make_contact(session, space, archived_at=NOON)
        tags.put(session, zoe, ["permis B", "cuisine"], by=SOMEBODY, now=NOON)
        now = utc_now()
        consent.object_to(session, space.id, stopped.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=now)
        consent.object_to(
            session, space.id, child.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=now, only_missions=True
        )
        consent.agree(
            session, space.id, zoe.fingerprint, family=Family.COMMERCIAL, given=True, channel=Channel.PAPER,
            wording="oui", by=SOMEBODY, now=now,
        )  # fmt: skip
        fields = [
            ContactField(
                space_id=space.id, name="taille", label="Taille", type=FieldType.NUMBER, position=1, created_at=NOON
            ),
            ContactField(
                space_id=space.id, name="langues", label="Langues parlées", type=FieldType.CHOICES, position=2,
                choices=["arabe", "grec"], created_at=NOON,
            ),
            ContactField(space_id=space.id, name="vieux", label="Vieux", archived_at=NOON, created_at=NOON),
        ]  # fmt: skip
        session.add_all(fields)
        session.flush()
        session.add_all([
            ContactValue(contact_id=zoe.id, field_id=fields[0].id, number=1.5),
            ContactValue(contact_id=zoe.id, field_id=fields[1].id, text_key="arabe", text="arabe"),
            ContactValue(contact_id=zoe.id, field_id=fields[1].id, text_key="grec", text="grec"),
        ])  # fmt: skip
        assert child.id < stopped.id
        return space


@pytest.fixture
def referente(app, client, database, space):
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, name="Odile"))
    return client


def take(client, space, **words):
    return client.post(f"/e/{space.slug}/benevoles/exporter", data=words)


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_csv_is_excel_s_and_an_import_reads_the_same_people_back(referente, runtime, database, space):
    answer = take(referente, space, format="csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=benevoles-{space.slug}.csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in answer.data
    zoe, child, stopped = read_csv(answer.data)
    assert zoe["Nom"] == "'=cmd|' /C calc'!A0"
    assert (child["Prénom"], child["Nom"]) == ("'-Ali", "'@home")
    phones = [one["Téléphone mobile"] for one in (zoe, child, stopped)]
    assert phones == ["06 12 34 56 00", "06 92 12 34 56", "0044 7400 123456"]
    assert [cell for row in (zoe, child, stopped) for cell in row.values() if cell[:1] in tuple("=+-@\t\r")] == []
    assert (zoe["Disponibilité"], zoe["Adhérent"], zoe["Rythme"]) == ("Le soir, Le week-end", "oui", "Régulièrement")
    assert (zoe["Taille"], zoe["Langues parlées"], "Vieux" in zoe) == ("1,5", "arabe, grec", False)
    assert (zoe["Étiquettes"], zoe["Listes"]) == ("cuisine, permis B", "Conducteurs; soir")
    said = [(one["Ne veut plus de SMS"], one["Accord pour les ventes"]) for one in (zoe, child, stopped)]
    assert said == [("", "oui"), ("", ""), ("oui", "")]
    with database.transaction() as session:
        other = make_space(session)
        started = start(session, other, answer.data)
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    one = reread(database, started)
    assert (one.created, one.refused, one.objected) == (3, 0, 1)
    with database.snapshot() as session:
        before, after = (
            [[getattr(person, name) for name in SIMILAR] for person in _people(session, where)]
            for where in (space, other)
        )
        assert after == before
        worn = tags.of_contacts(session, [person.id for person in _people(session, other)])
        assert sorted(worn.values()) == [[], [], ["cuisine", "permis B"]]
        refused = consent.opt_outs(session, other.id, [person.fingerprint for person in _people(session, other)])
        assert sorted(one.only_missions for one in refused) == [False, True], "« Seulement ses missions » too"


def _people(session, space):
    return rows.batch(session, space.id, Wanted(), after_id=0)


def test_the_workbook_holds_texts_alone_and_a_list_or_a_tag_is_enough(referente, database, space):
    book = load_workbook(io.BytesIO(take(referente, space, format="xlsx", tag="cuisine").data))
    header, zoe = ([cell.value for cell in row] for row in book["Bénévoles"].iter_rows())
    told = dict(zip(header, zoe, strict=True))
    assert (told["Nom"], told["Code postal"]) == ("=cmd|' /C calc'!A0", "01000")
    assert {cell.data_type for row in book["Bénévoles"].iter_rows(min_row=2) for cell in row} == {"s", "n"}
    assert {cell.data_type for row in book["Bénévoles"].iter_rows(min_row=2) for cell in row if cell.value} == {"s"}
    with database.snapshot() as session:
        newest = trail(session, space.id, before_id=None, limit=1)[0]
        list_id = make_list_id(session, space)
    assert (newest.verb, newest.principal_name, newest.detail) == (
        "export.made", "Odile", {"people": 1, "format": "xlsx", "list": None},
    )  # fmt: skip
    assert len(read_csv(take(referente, space, format="csv", list_id=list_id).data)) == 1


def make_list_id(session, space):
    [one] = lists.counted(session, space.id)
    return one.id


def test_only_a_referente_takes_people_away_and_of_her_own_lists(app, referente, database, space):
    with database.transaction() as session:
        foreign = make_list(session, make_space(session))
        team = app.test_client()
        sign_in(team, session, make_user(session, space=space, role=Role.EQUIPIERE))
    assert take(team, space, format="csv").status_code == 403
    assert "exporter" not in team.get(f"/e/{space.slug}/benevoles").text
    assert "/benevoles/exporter" in referente.get(f"/e/{space.slug}/benevoles").text
    assert take(referente, space, format="csv", list_id=foreign.id).status_code == 404
    assert take(referente, space, format="pdf").status_code == 422
    assert referente.get(f"/e/{space.slug}/benevoles/exporter").status_code == 200


def test_a_selection_leaves_in_a_file_and_the_journal_tells_which(referente, database, space):
    by = {"by": SOMEBODY, "now": NOON}
    with database.transaction() as session:
        own, away = session.get_one(Space, space.id), make_space(session)
        rule = {"field": "tags", "is": "has", "value": "cuisine"}
        made, broken = (segments.make(session, own, name=name, rule=rule, **by) for name in ("Ici", "Là"))
        broken.rule = {"field": "tags", "is": "has", "value": ["†chant"]}
        foreign = segments.make(session, away, name="Ailleurs", rule={"field": "member", "is": "true"}, **by)
    form = referente.get(f"/e/{space.slug}/benevoles/exporter").text
    assert (">Ici<" in form, ">Là<" in form, ">Ailleurs<" in form) == (True, False, False)
    assert [one["Prénom"] for one in read_csv(take(referente, space, format="csv", segment_id=made.id).data)] == ["Zoë"]
    with database.snapshot() as session:
        newest = trail(session, space.id, before_id=None, limit=1)[0]
        assert newest.detail == {"people": 1, "format": "csv", "list": None, "segment": made.id}
    assert take(referente, space, format="csv", segment_id=foreign.id).status_code == 404
    refused = take(referente, space, format="csv", segment_id=broken.id)
    assert (refused.status_code, "est à réparer" in refused.text) == (422, True)


def test_a_long_file_is_made_page_by_page_each_when_it_is_asked_for(database):
    with database.transaction() as session:
        space = make_space(session)
        names = {"space_id": space.id, "created_at": NOON, "updated_at": NOON, "fingerprint": "x"}
        session.execute(
            Contact.__table__.insert(),
            [{**names, "phone": f"+336{at:08d}", "phone_typed": "", "first_name": "P", "name_key": "p", "sort_key": "p",
              "last_name": "", "email": "", "postcode": "", "phone_is_parents": False, "note": "", "custom": {}}
             for at in range(2 * rows.BATCH + 7)],
        )  # fmt: skip
    batches = web.read_batches(database, space, [], Wanted())
    first = next(batches)
    with database.transaction() as session:
        last = session.scalars(rows.select(Contact).order_by(Contact.id.desc()).limit(1)).one()
        service.remove(session, last, by=SOMEBODY, now=NOON)
    assert [len(first), *(len(one) for one in batches)] == [rows.BATCH, rows.BATCH, 6]


def test_a_file_that_breaks_off_says_so_in_its_last_line():
    def breaks():
        yield [["Zoë"]]
        raise OSError

    lines = b"".join(web.csv_chunks(["Prénom"], breaks())).decode("utf-8-sig").splitlines()
    assert lines == ["Prénom", "Zoë", "Ce fichier est incomplet : recommencez l'export."]


def test_more_people_than_a_sheet_has_rows_are_told_to_take_the_csv():
    workbook.check_size(workbook.MAX_ROWS)
    with pytest.raises(RuleBroken, match="CSV"):
        workbook.check_size(workbook.MAX_ROWS + 1)


def test_every_field_and_all_that_a_space_notes_come_back_by_the_guess_alone(referente, runtime, database):
    noted = {"Taille": (FieldType.NUMBER, "1 200,5"), "Depuis": (FieldType.DATE, "03/02/2026"),
             "Vélo": (FieldType.CHOICE, "Oui deux"), "Jours": (FieldType.CHOICES, ["mardi", "jeudi"]),
             "Surnom": (FieldType.TEXT, "=1+1")}  # fmt: skip
    card = {"first_name": "Zoé", "last_name": "Lévêque", "email": "z@exemple.fr", "postcode": "01000", "town": "Amiens",
            "birth_year": 2015, "age_band": "u18", "availability": 7, "rhythm": "one_off", "is_member": False,
            "language": "fa", "phone_is_parents": True, "note": "deux\nlignes"}  # fmt: skip
    assert set(card) == set(BLANK)
    with database.transaction() as session:
        spaces = [make_space(session) for _each in range(2)]
        for one in spaces:
            session.add_all(
                ContactField(space_id=one.id, name=field_name(label), label=label, type=kind, position=at,
                             choices=["mardi", "jeudi", "Oui deux"], created_at=NOON)
                for at, (label, (kind, _typed)) in enumerate(noted.items(), start=1)
            )  # fmt: skip
        sign_in(referente, session, make_user(session, space=spaces[0]))
        zoe = make_contact(session, spaces[0], **card)
        values.put(session, zoe, {label: typed for label, (_kind, typed) in noted.items()}, now=NOON)
        values.put_skills(session, zoe, ["permis B", "Photo"], now=NOON)
        before = described(session, spaces[0])
    content = take(referente, spaces[0], format="csv").data
    header = content.decode("utf-8-sig").splitlines()[0].split(";")
    assert sorted(header) == sorted(set(header))
    with database.transaction() as session:
        start(session, spaces[1], content)
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    with database.snapshot() as session:
        assert described(session, spaces[1]) == before


def described(session, space):
    """All that is known of the space's only contact."""
    [one] = _people(session, space)
    said = values.of_contacts(session, space.id, [one.id])[one.id]
    card = {field.name: getattr(one, field.name) for field in FIELDS}
    return card, {each.field.label: (each.field.type, each.typed) for each in said}
