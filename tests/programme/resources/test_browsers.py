"""Who counts as somebody who reads. Pure."""

import pytest

from app.database.ids import ResourceId
from app.programme.resources import browsers

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HEADERS = {"User-Agent": FIREFOX, "Accept": "text/html,application/xhtml+xml", "Accept-Language": "fr"}
PAGE = ResourceId(7)


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in HEADERS.items() if key != name}


def test_a_browser_is_somebody() -> None:
    assert browsers.is_somebody("GET", HEADERS)
    assert browsers.is_somebody("GET", {**HEADERS, "Sec-Fetch-Dest": "document"})
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"
    cubot = "Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36"
    assert browsers.is_somebody("GET", {**HEADERS, "User-Agent": iphone})
    assert browsers.is_somebody("GET", {**HEADERS, "User-Agent": cubot}), "a telephone by that name"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        without("User-Agent"),
        without("Accept"),
        without("Accept-Language"),
        {**HEADERS, "Accept": "*/*"},
        *({**HEADERS, "User-Agent": agent} for agent in (
            "curl/8.5.0", "python-requests/2.32", "Wget/1.21", "Go-http-client/2.0",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/138.0 Safari/537.36",
            "facebookexternalhit/1.1", "WhatsApp/2.24", "Mozilla/5.0 (compatible; UptimeRobot/2.0)",
        )),
        {**HEADERS, "Sec-Purpose": "prefetch;prerender"},
        {**HEADERS, "Purpose": "prefetch"},
        {**HEADERS, "X-Moz": "prefetch"},
        {**HEADERS, "X-Purpose": "preview"},
        {**HEADERS, "Sec-Fetch-Dest": "image"},
    ],
)  # fmt: skip
def test_a_program_or_a_page_fetched_ahead_is_nobody(headers: dict[str, str]) -> None:
    assert not browsers.is_somebody("GET", headers)


def test_nobody_reads_by_head_or_post() -> None:
    assert not browsers.is_somebody("HEAD", HEADERS)
    assert not browsers.is_somebody("POST", HEADERS)


def test_ten_thousand_requests_of_one_browser_are_one_fingerprint_that_tells_nothing() -> None:
    marks = {browsers.mark("salt", PAGE, address="192.0.2.7", agent=FIREFOX) for _each in range(10_000)}
    assert len(marks) == 1
    assert all(len(mark) == 64 for mark in marks)
    others = {
        browsers.mark("another day", PAGE, address="192.0.2.7", agent=FIREFOX),
        browsers.mark("salt", ResourceId(8), address="192.0.2.7", agent=FIREFOX),
        browsers.mark("salt", PAGE, address="192.0.2.8", agent=FIREFOX),
        browsers.mark("salt", PAGE, address="192.0.2.7", agent="Mozilla/5.0"),
    }
    assert len(others | marks) == 5, "neither two days nor two pages of one reader can be tied"


def test_a_line_whose_ipv6_address_changes_stays_one_line() -> None:
    first, second, neighbour = ("2001:db8:1:2::1", "2001:db8:1:2:a:b:c:d", "2001:db8:1:3::1")
    source = browsers.source("salt", PAGE, address=first)
    assert browsers.source("salt", PAGE, address=second) == source
    assert browsers.source("salt", PAGE, address=neighbour) != source
    assert browsers.source("salt", PAGE, address="not an address")
