"""A web server under way, and people who open connections and do not send what they announced."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from app.cli.folder import prepare_folder
from tests.contacts.test_pages import plain
from tests.sockets import two_free_ports

SILENT = 200
FORM = b" HTTP/1.1\r\nHost: t\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PATIENCE_S = 10
"""A server whose threads are all held answers nothing for as long as they are; a free one answers at once."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where `tambour web` listens, over an empty database."""
    data_dir, port = tmp_path_factory.mktemp("web"), two_free_ports()
    prepare_folder(data_dir, port=port, lan=False)
    variables = {**os.environ, "TAMBOUR_DATA_DIR": str(data_dir)}
    variables.pop("PORT", None)
    subprocess.run([sys.executable, "-m", "app.cli", "migrate"], env=variables, check=True, capture_output=True)
    with (data_dir / "web.log").open("wb") as log:
        program = subprocess.Popen([sys.executable, "-m", "app.cli", "web"], env=variables, stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port
    finally:
        program.terminate()
        program.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web server does not start")


def answer(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    asked.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})  # type: ignore[arg-type]
    told = asked.getresponse()
    content = told.read().decode()
    asked.close()
    return told.status, content


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /connexion" + FORM + b"Content-Length: 1000\r\n\r\n",
        b"POST /webhooks/twilio/status/x" + FORM + b"Content-Length: 20000000\r\n\r\nabc",
        b"POST /connexion" + FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"GET /healthz" + FORM + b"Content-Length: 10\r\n\r\n",
        b"POST /connexion" + FORM + b"Content-Le",
        b"",
    ],
    ids=["announced", "begun", "chunked", "on a GET", "half a header", "idle"],
)
def test_bodies_that_never_come_keep_nobody_waiting(port: int, begun: bytes) -> None:
    held = [socket.create_connection(("127.0.0.1", port)) for _one in range(SILENT)]
    try:
        for one in held:
            one.sendall(begun)
        assert answer(port, "GET", "/healthz")[0] == 200
        assert answer(port, "GET", "/r/abcdefghijkl")[0] == 404
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert answer(port, "POST", "/webhooks/twilio/inbound", "From=%2B33639980001&Body=STOP", **form)[0] == 403
        assert answer(port, "GET", "/connexion")[0] == 200
    finally:
        for one in held:
            one.close()


def test_a_body_in_pieces_without_a_length_is_read(port: int) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded", "Transfer_Encoding": "chunked"}
    pieces = iter([b"2\r\na=\r\n1\r\nb\r\n0\r\n\r\n"])
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    asked.request("POST", "/webhooks/twilio/inbound", pieces, {n.replace("_", "-"): v for n, v in form.items()})
    assert asked.getresponse().status == 403
    asked.close()


def test_a_file_far_too_large_is_read_to_its_end_and_gets_its_page(port: int) -> None:
    form = {"Content_Type": "multipart/form-data; boundary=x"}
    status, page = answer(port, "POST", "/connexion", b"x" * 30_000_000, **form)
    assert status == 413
    assert "20 Mo au plus" in plain(page)


def test_a_body_cut_short_is_no_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as cut:
        cut.sendall(b"POST /connexion" + FORM + b"Content-Length: 1000\r\n\r\nabc")
        cut.shutdown(socket.SHUT_WR)
        assert b" 408 " in cut.recv(4096)


def test_a_path_a_query_and_headers_reach_the_application_whole(port: int) -> None:
    status, page = answer(port, "GET", "/connexion?suite=%2Fcaf%C3%A9", Cookie="a=1")
    assert status == 200
    assert "/caf%C3%A9" in page or "/café" in page
    assert answer(port, "GET", "/caf%C3%A9")[0] == 404
    assert answer(port, "HEAD", "/connexion")[1] == ""
