"""Fields of an association's own: typed, kept as people wrote them, found by their folded form."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from app.accounts.models import Role
from app.audiences import segments
from app.contacts.naming import fold
from app.contacts.profile import values
from app.contacts.profile.models import ContactField, ContactValue, FieldType
from app.contacts.profile.moving import move_custom
from app.contacts.profile.reading import SKILLS, field_name, read, shown
from app.errors import RuleBroken
from tests.api.conftest import make_program
from tests.contacts.noted import noted
from tests.contacts.sheets import counts, import_file
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_space, make_user, sign_in

CHOICES = ["Bus", "Vélo", "À pied"]
LINES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60).map(
    lambda one: " ".join(one.split())
)


@given(
    st.one_of(
        st.tuples(st.just(FieldType.TEXT), LINES),
        st.tuples(st.just(FieldType.NUMBER), st.integers(-(10**12), 10**12).map(str)),
        st.tuples(
            st.just(FieldType.NUMBER), st.decimals(-9999, 9999, places=3).map(lambda one: str(one).replace(".", ","))
        ),
        st.tuples(st.just(FieldType.DATE), st.dates(date(1000, 1, 1)).map(date.isoformat)),
        st.tuples(st.just(FieldType.CHOICE), st.sampled_from(["bus", "VELO", "a pied", ""])),
        st.tuples(st.just(FieldType.CHOICES), st.lists(st.sampled_from(["vélo", "Bus", "A PIED"]))),
    )
)
def test_what_is_shown_reads_back_as_it_was(said):
    kind, typed = said
    once = read(kind, CHOICES, typed)
    assert read(kind, CHOICES, shown(kind, once)) == once
    assert all(len(one.text_key) <= 500 for one in once)


@pytest.mark.parametrize(
    ("kind", "typed", "text"),
    [
        (FieldType.NUMBER, "1 200,50", "1200,5"),
        (FieldType.NUMBER, "-3", "-3"),
        (FieldType.DATE, "3/2/26", "03/02/2026"),
        (FieldType.DATE, "1.12.75", "01/12/1975"),
        (FieldType.CHOICES, "à pied; bus", "Bus, À pied"),
        (FieldType.CHOICES, ["Vélo", "velo"], "Vélo"),
        (FieldType.CHOICE, "", ""),
        (FieldType.TEXT, "  deux   mots ", "deux mots"),
    ],
)
def test_a_value_is_read_as_people_type_it(kind, typed, text):
    assert shown(kind, read(kind, CHOICES, typed)) == text


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (FieldType.NUMBER, "douze", "n'est pas un nombre"),
        (FieldType.NUMBER, "nan", "n'est pas un nombre"),
        (FieldType.NUMBER, "1e400", "n'est pas un nombre"),
        (FieldType.DATE, "31/02/2026", "n'est pas une date"),
        (FieldType.DATE, "bientôt", "n'est pas une date"),
        (FieldType.CHOICE, "Train", "Bus, Vélo, À pied"),
    ],
)
def test_what_a_type_cannot_hold_is_refused_with_what_mends_it(kind, typed, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        read(kind, CHOICES, typed)


def test_two_spellings_of_a_label_are_one_field_and_no_label_is_that_of_skills():
    assert field_name("Taille de T-shirt") == field_name("taille  de t shirt")
    assert field_name("Skills") != SKILLS
    assert field_name("№ ?!") != ""


def own(session, space, label, kind, choices=()):
    [made] = values.named(session, space.id, [label], now=NOON, kind=kind).values()
    made.choices = list(choices)
    return made


def test_a_file_and_a_program_speak_by_the_types_of_the_fields(database, runtime, app):
    program = make_program(app, database)
    with database.transaction() as session:
        space = program.space
        own(session, space, "Arrivée", FieldType.DATE)
        own(session, space, "Transport", FieldType.CHOICES, CHOICES)
    content = (
        "Portable;Arrivée;Transport;Taille\r\n0639980001;3/2/2026;velo, bus;L\r\n0639980002;bientôt;;M\r\n".encode()
    )
    mapping = {"Portable": "phone", "Arrivée": "custom", "Transport": "custom", "Taille": "custom"}
    assert counts(import_file(runtime, space, content, mapping=mapping)) == (1, 0, 0, 0, 1)
    assert counts(import_file(runtime, space, content, mapping=mapping)) == (0, 0, 1, 0, 1)
    [one] = program.get("/contacts")["items"]
    assert one["custom"] == {"Arrivée": "03/02/2026", "Transport": "Bus, Vélo", "Taille": "L"}
    assert one["fields"] == {"arrivee": "2026-02-03", "transport": ["Bus", "Vélo"], "taille": "L"}
    address = f"/contacts/{one['id']}"
    refused = program.ask("PATCH", address, {"custom": {"Arrivée": "demain"}})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["custom.Arrivée"])
    able = program.ask("PATCH", address, {"skills": ["Permis B", "permis b", "cuisine"]}).json
    assert (able["skills"], able["custom"]) == (["Permis B", "cuisine"], one["custom"])
    assert program.ask("PATCH", address, {"custom": {"taille": "M"}}).json["custom"] == {"Taille": "M"}
    assert counts(import_file(runtime, space, b"Portable;Taille\r\n0639980001;--\r\n",
                              mapping={"Portable": "phone", "Taille": "custom"})) == (0, 1, 0, 0, 0)  # fmt: skip
    assert program.get(address)["custom"] == {}
    with database.snapshot() as session:
        keys = session.scalars(select(ContactValue.text_key).order_by(ContactValue.text_key)).all()
        assert keys == ["cuisine", "permis b"]


def test_the_form_asks_each_field_by_its_type_and_forgets_none_made_meanwhile(database, client):
    with database.transaction() as session:
        space = make_space(session)
        zoe = make_contact(session, space, phone="+33639980001", first_name="Zoé", last_name="")
        arrived, bus = (
            own(session, space, "Arrivée", FieldType.DATE),
            own(session, space, "Transport", FieldType.CHOICES, CHOICES),
        )
        made = own(session, space, "Taille", FieldType.TEXT)
        values.put(session, zoe, {"Taille": "L", "Arrivée": "3/2/2026"}, now=NOON)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, edit = Walker(client, space), f"/benevoles/{zoe.id}/modifier"
    form = walker.get(edit).text
    assert 'type="date"' in form
    assert 'value="2026-02-03"' in form
    typed = {"phone": "0639980001", "first_name": "Zoé", "asked": [arrived.id, bus.id]}
    said = walker.post(edit, **typed, **{f"field-{bus.id}": ["Vélo", "Bus"], "more_skills": "permis B"}).words
    assert "Transport Bus Vélo" in said
    assert noted(database, zoe) == {"Transport": "Bus, Vélo", "Taille": "L", "Compétences": "permis B"}
    back = walker.post(edit, **typed, **{f"field-{arrived.id}": "jamais", "skills": ["permis B"], "more_skills": ""})
    assert "n'est pas une date" in back.words
    assert "jamais" in back.text
    assert made.label in back.words


def test_what_an_older_program_still_writes_is_moved_and_loses_nothing(database):
    with database.transaction() as session:
        space = make_space(session)
        old = {"Taille": "L", "Arrivée": "bientôt", "Vide": "", "Nombre": 3}
        zoe = make_contact(session, space, custom=old)
        other = make_contact(session, make_space(session), custom={"taille": "M"})
        own(session, space, "Arrivée", FieldType.DATE)
        assert move_custom(session, limit=10, now=NOON) == 2
        assert move_custom(session, limit=10, now=NOON) == 0
    assert noted(database, zoe) == {"Taille": "L", "Arrivée (à vérifier)": "bientôt", "Nombre": "3"}
    assert noted(database, other) == {"taille": "M"}
    with database.snapshot() as session:
        assert {one.name for one in session.scalars(select(ContactField))} >= {fold("Taille"), fold("Arrivée")}


def test_looking_for_what_an_older_program_wrote_reads_nobody_else(database):
    """Once a day, of a million people: by an index of those alone who hold something."""
    asked = []
    with database.transaction() as session:
        make_contact(session, make_space(session))
        event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append(said[2:4]))
        move_custom(session, limit=10, now=NOON)
        [(statement, parameters)] = asked
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # one row is read whole
        plan = session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
    assert "ix_contacts_custom" in str(plan)


def test_a_referente_settles_what_is_noted(database, client):
    with database.transaction() as session:
        space = make_space(session)
        zoe = make_contact(session, space)
        values.put(session, zoe, {"Taille": "L"}, now=NOON)
        sign_in(client, session, make_user(session, space=space, role=Role.REFERENTE))
        rule = {"field": "custom.Taille", "is": "equals", "value": "L"}
        segments.make(session, space, name="Les grands", rule=rule, by=SOMEBODY, now=NOON)
    walker, home = Walker(client, space), "/renseignements"
    assert "1 fiche remplie" in walker.get(home).words
    assert "Écrivez un choix par ligne" in walker.post(home, _from=home, label="Vient en", type="choice").words
    walker.post(home, _from=home, label="Vient en", type="choices", choices="Bus\nVélo\n bus ")
    assert "existe déjà" in walker.post(home, _from=home, label="vient  EN", type="text").words
    with database.snapshot() as session:
        size, way = values.of_space(session, space.id)
        assert (size.label, way.label, way.choices) == ("Taille", "Vient en", ["Bus", "Vélo"])
    walker.post(f"{home}/{way.id}/monter", _from=home)
    walker.post(f"{home}/{way.id}", _from=home, label="Transport", choices="Vélo\nBus\nTrain")
    said = "Ces sélections s'en servent : « Les grands »."
    assert (said in walker.get(f"{home}/{size.id}").words, said in walker.get(f"{home}/{way.id}").words) == (
        True,
        False,
    )
    assert "sans ce renseignement : « Les grands »." in walker.post(f"{home}/{size.id}/archiver", _from=home).words
    with database.snapshot() as session:
        assert [(one.label, one.name, one.choices) for one in values.of_space(session, space.id)] == [
            ("Transport", "vient en", ["Vélo", "Bus", "Train"])
        ]
    assert noted(database, zoe) == {}
    walker.post(f"{home}/{size.id}/remettre", _from=home)
    assert noted(database, zoe) == {"Taille": "L"}
    assert [one.label for one in values.of_space(session, space.id)] == ["Transport", "Taille"]


def test_a_choice_that_a_selection_uses_is_taken_out_knowingly(database, client):
    with database.transaction() as session:
        space = make_space(session)
        way = own(session, space, "Vient en", FieldType.CHOICES, ["Bus", "Vélo", "Train"])
        sign_in(client, session, make_user(session, space=space, role=Role.REFERENTE))
        rule = {"field": "custom.Vient en", "is": "has", "value": ["Bus", "Vélo"]}
        used = segments.make(session, space, name="Sans voiture", rule=rule, by=SOMEBODY, now=NOON)
        words = {"lists": [], "contacts": [], "except": []}
        make_campaign(session, space, name="Au vélo", audience={**words, "segments": [used.id]})
    walker, home = Walker(client, space), f"/renseignements/{way.id}"

    def choices():
        with database.snapshot() as session:
            return session.get_one(ContactField, way.id).choices

    walker.post(home, _from=home, label="Vient en", choices="Bus\nVélo")
    assert choices() == ["Bus", "Vélo"]  # nobody asks for trains
    asked = walker.post(home, _from=home, label="Vient en", choices="Bus\nÀ pied")
    assert asked.status_code == 409
    assert "se servent d'un choix que vous enlevez : « Sans voiture »." in asked.words
    assert "Ces envois ne partiront pas : « Au vélo »." in asked.words
    assert "Enlever quand même" in asked.words
    assert choices() == ["Bus", "Vélo"]
    other = walker.post(home, _from=home, label="Vient en", choices="À pied", agreed="velo")
    assert other.status_code == 409  # more goes than was agreed
    done = walker.post(home, _from=home, label="Vient en", choices="Bus\nÀ pied", agreed="velo")
    assert "À réparer, sans ce choix : « Sans voiture »." in done.words
    assert choices() == ["Bus", "À pied"]


def test_a_program_says_a_number_a_date_and_several_choices_as_they_are(database, app):
    program = make_program(app, database)
    with database.transaction() as session:
        for label, kind in (("Taille", FieldType.NUMBER), ("Arrivée", FieldType.DATE), ("Vient en", FieldType.CHOICES)):
            own(session, program.space, label, kind, CHOICES if kind is FieldType.CHOICES else ())
    said = {
        "Taille": 168.5,
        "Arrivée": "2026-03-14",
        "Vient en": ["velo", "Bus"],
        "Note": ["un", "deux"],
        "Pointure": 42,
    }
    made = program.post("/contacts", {"phone": "06 39 98 12 34", "first_name": "Zoé", "custom": said})
    assert made["custom"] == {
        "Taille": "168,5", "Arrivée": "14/03/2026", "Vient en": "Bus, Vélo", "Note": "un, deux", "Pointure": "42",
    }  # fmt: skip
    assert made["fields"] == {
        "taille": 168.5, "arrivee": "2026-03-14", "vient en": ["Bus", "Vélo"], "note": "un, deux", "pointure": "42",
    }  # fmt: skip
    address = f"/contacts/{made['id']}"
    again = program.ask("PATCH", address, {"custom": made["custom"]}).json
    assert (again["custom"], again["fields"]) == (made["custom"], made["fields"])
    for wrong, sentence in (
        ({"Taille": [1, 2]}, "texte"),
        ({"Arrivée": ["2026-03-14", "2026-03-15"]}, "Une seule valeur"),
        ({"Vient en": ["Avion"]}, "n'est pas un choix possible"),
        ({"Taille": -1e15}, "Écrivez un texte, un nombre"),
    ):
        refused = program.ask("PATCH", address, {"custom": wrong})
        assert refused.status_code == 422
        assert sentence in str(refused.json["errors"])
