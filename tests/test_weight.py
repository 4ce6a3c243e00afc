"""What a page weighs on a poor network: pressed together, and each file of it asked for once."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ADDRESS = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def files_of(client: FlaskClient, path: str) -> list[str]:
    return ADDRESS.findall(client.get(path).text)


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_page_and_its_files_come_compressed_to_who_reads_it(client: FlaskClient, encoding: str) -> None:
    for path in ("/connexion", *(one for one in files_of(client, "/connexion") if one.endswith((".css", ".min.js")))):
        plain, pressed = get(client, path), get(client, path, Accept_Encoding=encoding)
        assert "Content-Encoding" not in plain.headers
        assert pressed.headers["Content-Encoding"] == encoding
        assert len(pressed.data) < len(plain.data) / 2
        assert "Accept-Encoding" in pressed.headers["Vary"]


def test_a_file_is_kept_for_a_year_and_the_page_never(client: FlaskClient) -> None:
    for path in files_of(client, "/connexion"):
        answer = get(client, path, Accept_Encoding="gzip")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", path
        assert get(client, path, Accept_Encoding="gzip", If_None_Match=answer.headers["ETag"]).status_code == 304
    assert client.get("/connexion").headers["Cache-Control"] == "private, no-store"


def test_the_address_of_a_file_names_its_version(client: FlaskClient) -> None:
    """So that a kept file is never older than the page."""
    for path in files_of(client, "/connexion"):
        old = re.sub(r"^/static/\w{12}/", "/static/000000000000/", path)
        assert old != path
        missing = get(client, old)
        assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "private, no-store")


def test_the_first_page_of_a_participant_fits_four_seconds_of_poor_wi_fi(client: FlaskClient) -> None:
    """200 kbit/s bring 25 kB a second."""
    paths = ["/rejoindre/ABCDEF", *files_of(client, "/rejoindre/ABCDEF")]
    assert sum(len(get(client, path, Accept_Encoding="gzip").data) for path in dict.fromkeys(paths)) < 4 * 25_000
