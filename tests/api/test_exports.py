"""People taken away in a file by a program: whom it asks for, told in the journal, by a référente's key alone."""

import csv
import io
import zipfile

from app.accounts.activity import trail
from app.accounts.models import Role
from app.audiences import segments
from tests.api.conftest import make_program, refusal
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space


def test_everybody_or_one_selection_leaves_in_a_file_and_the_journal_says_so(app, database):
    program = make_program(app, database, role=Role.REFERENTE)
    with database.transaction() as session:
        space = program.space
        drivers = make_list(session, space)
        zoe = make_contact(session, space, first_name="Zoë", is_member=True)
        make_contact(session, space, first_name="Ana", on=drivers)
        make_contact(session, space, first_name="Gone", archived_at=NOON)
        rule, act = {"field": "member", "is": "true"}, {"by": SOMEBODY, "now": NOON}
        members = segments.make(session, space, name="Adhérents", rule=rule, **act)
        foreign = segments.make(session, make_space(session), name="Ailleurs", rule=rule, **act)
        broken = segments.make(session, space, name="Cassée", rule=rule, **act)
        broken.rule = {"field": "custom.gone", "is": "known"}

    def names(query):
        answer = program.ask("GET", f"/contacts/export.csv{query}")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.text
        rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        return [one["Prénom"] for one in rows]

    assert names("") == ["Zoë", "Ana"]
    assert (names(f"?segment={members.id}"), names(f"?list={drivers.id}")) == (["Zoë"], ["Ana"])
    with database.snapshot() as session:
        last, *_rest = trail(session, space.id, before_id=None, limit=3)
        assert (last.verb, last.detail["people"], last.principal) == ("export.made", 1, "key")
        assert [row.verb for row in (last, *_rest)] == ["export.made"] * 3
    book = program.ask("GET", f"/contacts/export.xlsx?segment={members.id}")
    assert book.mimetype.endswith("sheet")
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        assert zoe.first_name in archive.read("xl/worksheets/sheet1.xml").decode()
    refusal(program.ask("GET", f"/contacts/export.csv?segment={foreign.id}"), 404, "segment_unknown")
    assert program.ask("GET", f"/contacts/export.csv?segment={broken.id}").status_code == 422
    refusal(program.ask("GET", "/contacts/export.csv?segments=1"), 422, "invalid")
    helper = make_program(app, database, role=Role.EQUIPIERE, space=space)
    refusal(helper.ask("GET", "/contacts/export.xlsx"), 403, "role_too_low")
