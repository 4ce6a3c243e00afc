"""Spreadsheets through the API."""

import io
import json

import pytest

from app.accounts.models import Role
from app.clock import utc_now
from app.consent import service as consent
from app.contacts.importing import uploads
from jobs.importing import run_imports
from tests.api.conftest import make_program, refusal
from tests.factories import SOMEBODY

ROWS = "Prénom;Portable\r\nZoé;06 39 98 00 01\r\nPaul;06 39\r\nLéa;06 12 34 56 78\r\nZoé;0639980001\r\n"
FILE = ROWS.encode("cp1252")


def send(program, content=FILE, *, name="bénévoles.csv", key="", **fields):
    data = {"file": (io.BytesIO(content), name), "list": "Conducteurs", **fields}
    return program.ask("POST", "/imports", data=data, key=key)


def test_a_file_is_imported_followed_and_its_refused_rows_mended(program, runtime):
    started = send(program)
    assert (started.status_code, started.json) == (202, {"id": started.json["id"], "status": "pending"})
    path = f"/imports/{started.json['id']}"
    assert program.get(path)["status"] == "pending"
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    done = program.get(path)
    assert (done["status"], done["encoding"], done["delimiter"], done["list"]) == (
        "finished", "cp1252", ";", "Conducteurs",
    )  # fmt: skip
    assert done["mapping"] == {"Prénom": "first_name", "Portable": "phone"}
    counts = {name: done[name] for name in ("created", "updated", "unchanged", "duplicates", "refused")}
    assert counts == {"created": 1, "updated": 0, "unchanged": 0, "duplicates": 1, "refused": 2}
    assert done["rows_total"] == done["rows_done"] == sum(counts.values())

    answer = program.ask("GET", f"{path}/refused.csv")
    assert answer.mimetype == "text/csv"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Prénom;Portable;raison"
    assert len(lines) == 3
    again = send(program, answer.data.replace(b"06 39;", b"06 39 98 00 02;"))
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    assert program.get(f"/imports/{again.json['id']}")["created"] == 1
    assert program.get("/lists")["items"][0]["people"] == 2


def test_a_mapping_says_which_column_is_which(program, runtime):
    mapping = json.dumps({"Portable": "phone", "Prénom": "last_name"})
    started = send(program, mapping=mapping).json
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    assert program.get(f"/imports/{started['id']}")["mapping"] == {"Portable": "phone", "Prénom": "last_name"}
    assert program.get("/contacts")["items"][0]["last_name"] == "Zoé"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("{", "invalid"),
        ("[]", "invalid"),
        ('{"Portable": 1}', "invalid"),
        ("[" * 10_000, "invalid"),
        ('{"Fixe": "phone"}', "mapping_unknown_column"),
        ('{"Portable": "shoe_size"}', "mapping_unknown_field"),
        ('{"Prénom": "first_name"}', "no_phone_column"),
    ],
)
def test_a_wrong_mapping_is_refused(program, mapping, code):
    refusal(send(program, mapping=mapping), 422, code)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_is_picture"),
        ("Prénom\nZoé\n".encode(), "no_phone_column"),
    ],
)
def test_a_file_that_is_no_list_is_refused_at_once(program, content, code):
    refusal(send(program, content), 422, code)


def test_a_demand_that_is_no_upload_is_refused(program):
    refusal(program.ask("POST", "/imports", {"list": "x"}), 415, "http_415")
    problem = refusal(program.ask("POST", "/imports", data={"file": (io.BytesIO(b"x"), "a.csv")}), 422, "invalid")
    assert "list" in problem["errors"]
    words = {"data": {"file": "Prénom;Portable", "list": "x"}, "content_type": "multipart/form-data"}
    assert "file" in refusal(program.ask("POST", "/imports", **words), 422, "invalid")["errors"]
    refusal(send(program, colour="red"), 422, "invalid")


def test_a_file_too_heavy_is_refused_before_it_is_read(program):
    data = {"file": (io.BytesIO(FILE), "a.csv"), "list": "x"}
    heavy = {"CONTENT_LENGTH": "200000000"}
    refusal(program.ask("POST", "/imports", data=data, environ_overrides=heavy), 413, "http_413")


def test_an_import_of_another_space_or_still_on_its_page_is_not_found(app, program, database):
    import_id = send(program).json["id"]
    other = make_program(app, database)
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/refused.csv"):
        refusal(other.ask("GET", path), 404, "import_unknown")
    with database.transaction() as session:
        upload = uploads.read_upload(ROWS.encode(), file_name="a.csv")
        waiting = uploads.start_import(session, program.space.id, upload, by=SOMEBODY, now=utc_now()).id
    refusal(program.ask("GET", f"/imports/{waiting}"), 404, "import_unknown")


def test_a_reader_imports_nothing(app, database):
    refusal(send(make_program(app, database, role=Role.LECTRICE)), 403, "role_too_low")


def test_an_upload_sent_again_is_the_same_demand_whatever_its_boundary(program):
    first, second = send(program, key="a"), send(program, key="a")
    assert (first.status_code, first.data) == (second.status_code, second.data)
    refusal(send(program, ROWS.encode(), key="a"), 422, "idempotency_key_reused")


def test_what_was_left_aside_is_told_and_two_columns_of_one_name_are_both_shown(program):
    content = "Prénom;Tél;Mère;Note;Note\nZoé;0639980000;0639980001;a;b\n".encode()
    shown = program.get(f"/imports/{send(program, content).json['id']}")
    assert shown["mapping"] == {
        "Prénom": "first_name", "Tél": "phone", "Mère": "ignore", "Note": "note", "4": "ignore",
    }  # fmt: skip
    assert ["« Mère »" in told for told in shown["warnings"]] == [True]


def test_a_wrong_mapping_is_told_under_its_own_name(program):
    mapping = json.dumps({"Portable": "phone", "Prénom": "phone"})
    assert list(refusal(send(program, mapping=mapping), 422, "mapping_repeated")["errors"]) == ["mapping"]
