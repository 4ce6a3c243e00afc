"""Twilio's way of listing: filters and pages by query string, each page with the address of the next."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.simulator.refusals import Refused
from app.simulator.resource import message_json, number_json
from app.simulator.store.lookup import Search

LARGEST_PAGE = 1000
DAY_S = 86_400
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_TOKEN = re.compile(r"P([AB])([0-9]{1,18})")
"""After this message, or before it, in the order of the listing."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which page was asked: how many messages, the count of pages before it, and the filters to carry over."""

    search: Search
    size: int
    number: int
    filters: dict[str, str]


def read_page(query: Mapping[str, str]) -> Page:
    """The listing asked for. "DateSent" is a whole UTC day; "DateSent>" and "DateSent<" include their instant."""
    search = Search(to=query.get("To") or None, sender=query.get("From") or None)
    if day := query.get("DateSent"):
        start = _seconds(day) // DAY_S * DAY_S
        search = replace(search, since=start, until=start + DAY_S - 1)
    if since := query.get("DateSent>"):
        search = replace(search, since=max(_seconds(since), search.since or 0))
    if until := query.get("DateSent<"):
        asked = _seconds(until)
        search = replace(search, until=asked if search.until is None else min(asked, search.until))
    if token := query.get("PageToken"):
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise Refused(20001, "Invalid PageToken")
        edge = int(match[2])
        search = replace(search, before_id=edge) if match[1] == "A" else replace(search, after_id=edge)
    names = ("To", "From", "DateSent", "DateSent>", "DateSent<")
    filters = {name: query[name] for name in names if query.get(name)}
    size = min(max(_number(query, "PageSize", 50), 1), LARGEST_PAGE)
    return Page(search=search, size=size, number=_number(query, "Page", 0), filters=filters)


def page_json(path: str, page: Page, rows: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """One page; ``rows`` holds one message more than the page, on its far side, when there is another one there."""
    goes_back = page.search.after_id is not None
    shown = rows[-page.size :] if goes_back else rows[: page.size]
    start = page.number * page.size
    following = previous = None
    if shown and (goes_back or len(rows) > page.size):
        following = _uri(path, page, page.number + 1, {"PageToken": f"PA{shown[-1]['id']}"})
    if shown and page.number > 0:
        previous = _uri(path, page, page.number - 1, {"PageToken": f"PB{shown[0]['id']}"})
    return {
        "end": start + max(len(shown) - 1, 0),
        "first_page_uri": _uri(path, page, 0, {}),
        "messages": [message_json(row) for row in shown],
        "next_page_uri": following,
        "page": page.number,
        "page_size": page.size,
        "previous_page_uri": previous,
        "start": start,
        "uri": _uri(path, page, page.number, {}),
    }


def numbers_json(path: str, account_sid: str, number: str, *, inbound_url: str) -> dict[str, Any]:
    """The only page of a search for one number of an account, in E.164; of anything else it has none."""
    found = [number_json(account_sid, number, inbound_url=inbound_url)] if _NUMBER.fullmatch(number) else []
    uri = f"{path}?{urlencode({'PhoneNumber': number, 'PageSize': LARGEST_PAGE, 'Page': 0})}"
    return {
        "end": max(len(found) - 1, 0),
        "first_page_uri": uri,
        "incoming_phone_numbers": found,
        "next_page_uri": None,
        "page": 0,
        "page_size": LARGEST_PAGE,
        "previous_page_uri": None,
        "start": 0,
        "uri": uri,
    }


def _uri(path: str, page: Page, number: int, more: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({**page.filters, 'PageSize': page.size, 'Page': number, **more})}"


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _seconds(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise Refused(20001, f"Invalid date {text}") from None
