"""What leaves by the edge of the application: files, cookies, and « nothing has changed »."""

from datetime import timedelta

import pytest
from flask import Flask, Response

from app.web import edge, seams
from tests.conftest import with_settings


@pytest.mark.parametrize(("is_shown", "way"), [(False, "attachment"), (True, "inline")])
def test_a_file_goes_by_its_name_in_its_alphabet(is_shown: bool, way: str) -> None:
    file = edge.download("Prénom", file_name="a.csv", mimetype="text/csv", is_shown=is_shown)
    assert file.get_data() == "Prénom".encode()
    assert file.content_type == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == f"{way}; filename=a.csv"


@pytest.mark.parametrize(
    ("address", "is_secure"), [("https://tambour.exemple", True), ("http://127.0.0.1:8000", False)]
)
def test_a_cookie_is_for_no_script_and_travels_as_people_come(app: Flask, address: str, is_secure: bool) -> None:
    seams.hand(app, with_settings(seams.of(app).runtime, public_url=address))
    response = Response()
    with app.test_request_context():
        edge.set_cookie(response, "seat", "a-token", lasts=timedelta(hours=12))
    said = response.headers["Set-Cookie"]
    assert "Max-Age=43200; HttpOnly" in said.replace("Secure; ", "")
    assert ("Secure" in said, "SameSite=Lax" in said) == (is_secure, True)


@pytest.mark.parametrize(
    ("query", "headers", "is_empty"),
    [
        ("?part=1&vu=2a", {}, True),
        ("?vu=2a", {"HX-Request": "true"}, True),
        ("?vu=2a", {}, False),
        ("?part=1&vu=2b", {}, False),
        ("?part=1", {}, False),
    ],
)
def test_only_a_poll_that_has_seen_it_all_gets_nothing(
    app: Flask, query: str, headers: dict[str, str], is_empty: bool
) -> None:
    with app.test_request_context(f"/{query}", headers=headers):
        assert edge.unchanged("2a") == (("", 204) if is_empty else None)


def test_a_mark_changes_with_any_of_its_values() -> None:
    assert edge.etag(1, "a", None) == edge.etag(1, "a", None)
    assert len({edge.etag(1, "a"), edge.etag(1, "b"), edge.etag(2, "a"), edge.etag((1, "a"))}) == 4
