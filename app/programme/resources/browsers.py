"""Whether a request is somebody who reads, and the fingerprint by which a second look of the day is known. Pure.

The fingerprint is made with a salt of the day that is thrown away at night: after that, nobody can make it again.
"""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from app.database.ids import ResourceId

AGENT_MAX = 400
_BROWSER = re.compile(r"^(Mozilla/5\.0|Opera/9)\b")
_ROBOT = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/;_-]|crawl|spider|slurp|scrap|fetch|scan|monitor|uptime|pingdom|headless|phantom|puppeteer|playwright|selenium|"
    r"lighthouse|archiv|preview|facebookexternalhit|whatsapp|telegram|curl|wget|python|java/|okhttp|go-http|libwww|httpclient|"
    r"httpx|axios|node|ruby|perl|php|feed|rss|validator|checker|google-|bingweb|mediapartners|gptbot|claude|perplexity|bytespider",
    re.IGNORECASE,
)
_AHEAD = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")
"""How browsers say that they fetch a page before anybody asked for it."""


def is_somebody(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser asks for a page that a person wants to read.

    Robots that say what they are, programs that send no more than they must, and pages fetched ahead are left out.
    """
    agent = headers.get("User-Agent", "")
    if method != "GET" or not _BROWSER.search(agent) or _ROBOT.search(agent):
        return False
    if "text/html" not in headers.get("Accept", "") or not headers.get("Accept-Language"):
        return False
    if any("fetch" in said or "preview" in said for said in (headers.get(name, "").lower() for name in _AHEAD)):
        return False
    return headers.get("Sec-Fetch-Dest", "document") == "document"


def mark(salt: str, resource_id: ResourceId, *, address: str, agent: str) -> str:
    """The fingerprint of one reader of one page: two pages that somebody reads are not tied to each other."""
    return _digest(salt, f"{resource_id}|{_line_of(address)}|{agent[:AGENT_MAX]}")


def source(salt: str, resource_id: ResourceId, *, address: str) -> str:
    """The same of an address alone, by which a crowd of invented browsers is held back."""
    return _digest(salt, f"{resource_id}|{_line_of(address)}")


def _digest(salt: str, words: str) -> str:
    return hmac.new(salt.encode(), words.encode("utf-8", "replace"), sha256).hexdigest()


def _line_of(address: str) -> str:
    """An IPv6 address changes each day behind the same line: its first half is the line."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(int(found) >> 64) if isinstance(found, IPv6Address) else str(found)
