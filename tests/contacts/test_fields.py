"""A field of a contact is one entry of a table: every door asks for it, keeps it and shows it."""

import re
from typing import get_type_hints

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.contacts.fields import BLANK, FIELDS, Card, Kind
from app.contacts.importing.columns import LABELS
from app.contacts.merging import cards
from app.contacts.models import Contact
from tests.api.conftest import make_program
from tests.contacts.sheets import import_file
from tests.contacts.test_pages import Walker, plain
from tests.factories import make_space, make_user, sign_in

KEPT_OTHERWISE = {
    *(
        "id",
        "space_id",
        "phone",
        "phone_typed",
        "fingerprint",
        "name_key",
        "sort_key",
        "email_key",
        "town_key",
        "custom",
    ),
    *("archived_at", "merged_into_id"),
}
"""Columns of a contact that are no field: the number and what is made from it or from a name, its life, others."""
SAID = {
    Kind.NAME: ("Inès", "Inès"),
    Kind.LINE: ("80 100", "80 100"),
    Kind.EMAIL: ("ines@exemple.fr", "ines@exemple.fr"),
    Kind.BIRTH_YEAR: ("1985", 1985),
    Kind.FLAG: ("oui", True),
    Kind.PARAGRAPH: ("Une ligne", "Une ligne"),
    Kind.SEVERAL: (["evenings", "weekends"], 6),
    Kind.MAYBE: ("no", False),
}
"""By kind: as somebody types it in the form, and as it is kept; a choice is its last one."""


def said(field):
    return SAID.get(field.kind) or (field.options[-1].code, field.options[-1].code)


def api(field, kept):
    return field.typed(kept) if field.kind is Kind.SEVERAL else kept


every_field = pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])


def only(database):
    with database.snapshot() as session:
        return session.scalars(select(Contact)).one()


def test_every_column_of_a_contact_is_a_field_or_said_not_to_be():
    columns = {column.name for column in Contact.__table__.columns} - {"created_at", "updated_at"}
    assert columns - KEPT_OTHERWISE == set(BLANK)
    assert set(get_type_hints(Card)) == {"phone", *BLANK, "custom", "skills"}


@every_field
def test_a_field_is_as_long_as_its_column(field):
    length = getattr(Contact.__table__.c[field.name].type, "length", None)
    assert length in (None, field.max)
    assert field.max or field.kind in (Kind.FLAG, Kind.SEVERAL, Kind.MAYBE)


@every_field
def test_a_field_is_chosen_or_added_up_when_two_cards_are_merged(field):
    _, kept = said(field)
    other = {Kind.SEVERAL: 1, Kind.MAYBE: True, Kind.BIRTH_YEAR: 1990, Kind.FLAG: False}.get(field.kind, "autre")
    one, two = (Contact(phone="+33639980001", **(BLANK | {field.name: value})) for value in (kept, other))
    chosen = [(each.name, each.label, each.first, each.second) for each in cards.differences(one, two)]
    if field.name in cards.PHONE:
        assert chosen == [], "it goes with the number"
    elif field.kind in (Kind.SEVERAL, Kind.PARAGRAPH):
        both = {Kind.SEVERAL: 7, Kind.PARAGRAPH: "Une ligne\nautre"}[field.kind]
        assert (chosen, cards.merged(one, two, ())[field.name]) == ([], both)
    else:
        assert chosen == [(field.name, field.title, field.shown(kept), field.shown(other))]
        assert [cards.merged(one, two, them)[field.name] for them in ((), (field.name,))] == [kept, other]


@every_field
def test_a_field_goes_in_and_out_by_the_pages(database, client, field):
    typed, kept = said(field)
    with database.transaction() as session:
        space = make_space(session)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker = Walker(client, space)
    assert plain(field.title).replace("’", "'") in walker.get("/benevoles/ajouter").words
    walker.post("/benevoles/ajouter", phone="06 39 98 12 34", **{field.name: typed})
    contact = only(database)
    assert getattr(contact, field.name) == kept
    form, card = walker.get(f"/benevoles/{contact.id}/modifier").text, walker.get(f"/benevoles/{contact.id}").words
    if field.options:
        assert all(f'value="{one}"' in form for one in field.typed(kept))
        assert len(re.findall(r" (?:selected|checked)(?=[ >])", form)) >= len(field.typed(kept))
    else:
        assert "checked" in form if field.kind is Kind.FLAG else typed in form
    assert plain(field.shown(kept)).replace("’", "'") in card or not field.is_fact
    walker.post(f"/benevoles/{contact.id}/modifier", phone="06 39 98 12 34")
    assert getattr(only(database), field.name) == field.blank


@every_field
def test_a_field_goes_in_and_out_by_the_api(database, app, field):
    program, (_, kept) = make_program(app, database), said(field)
    made = program.post("/contacts", {"phone": "06 39 98 12 34", field.api: api(field, kept)})
    blank = {one.api: api(one, one.blank) for one in FIELDS}
    assert {name: made[name] for name in blank} == {**blank, field.api: api(field, kept)}
    changed = program.ask("PATCH", f"/contacts/{made['id']}", {field.api: blank[field.api]})
    assert changed.json[field.api] == blank[field.api]


@every_field
def test_a_field_comes_in_with_a_file_and_two_dashes_clear_it(database, runtime, field):
    typed, kept = said(field)
    typed = {Kind.SEVERAL: "soirs et week-end", Kind.MAYBE: "non"}.get(field.kind, typed)
    assert LABELS[field.name] == field.label
    with database.transaction() as session:
        space = make_space(session)
    for cell, after in ((typed, kept), ("", kept), ("--", kept if field.name == "first_name" else field.blank)):
        content = f"Portable;{field.label}\r\n06 39 98 12 34;{cell}\r\n".encode()
        import_file(runtime, space, content, mapping={"Portable": "phone", field.label: field.name})
        assert getattr(only(database), field.name) == after, cell
