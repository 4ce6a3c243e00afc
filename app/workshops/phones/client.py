"""The pretend phones of a space, asked of the simulator. Browsers reach them through our pages alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests

from app.accounts import spaces
from app.accounts.models import Mode, Space
from app.errors import NotFound
from app.french.language import _
from app.settings import Settings

PATIENCE_S = (0.5, 2.0)
"""To connect, and to be answered: it stands on this machine, and a page waits."""


class SimulatorSilent(Exception):
    """The simulator is down, or not itself: try again in a moment."""


@dataclass(frozen=True)
class Text:
    """One text on a phone; ``mine`` was written by the phone's owner. ``sid`` is the carrier's name for it."""

    sid: str
    body: str
    sender: str
    to: str
    at: datetime
    mine: bool


@dataclass(frozen=True)
class Phone:
    """A phone of the wall: its number in E.164, its newest text, how many it received and answered."""

    number: str
    last: Text | None
    received: int = 0
    replies: int = 0


@dataclass(frozen=True)
class Conversation:
    """All that one phone shows, oldest first, and the senders it said STOP to."""

    number: str
    texts: tuple[Text, ...]
    stopped: tuple[str, ...]


class Handsets:
    """The phones of one space's account. To be used in one request, and closed by ``with``."""

    def __init__(self, space: Space, settings: Settings) -> None:
        if space.mode is not Mode.PRACTICE and not settings.carrier_is_simulator:
            raise NotFound("no_handsets", _("Les SMS de cet espace vont sur de vrais téléphones."))
        account = spaces.account_of(space, settings)
        self._root = f"{settings.simulator_url.rstrip('/')}/_simulator/{account.account_sid}"
        self._http = requests.Session()
        self._http.auth = (account.account_sid, account.auth_token)
        self._http.trust_env = False  # no proxy stands between two programs of one machine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._http.close()

    def changes(self) -> int:
        """A number that grows whenever something lands, is written or is forgotten."""
        return int(self._ask("GET", "/changes")["counter"])

    def phones(self, *, limit: int | None = None) -> list[Phone]:
        """Every phone where a text landed, the latest to ring first."""
        words = {} if limit is None else {"limit": limit}
        return [
            Phone(item["number"], _text(item["last"]), item["received"], item["replies"])
            for item in self._ask("GET", "/handsets", params=words)["items"]
        ]

    def conversation(self, number: str, *, limit: int) -> Conversation:
        """The newest ``limit`` texts of one phone; none when nothing ever landed there."""
        found = self._ask("GET", f"/handsets/{quote(number)}", params={"limit": limit})
        texts = tuple(_text(item) for item in reversed(found["items"]))
        return Conversation(found["number"], texts, tuple(found["stopped"]))

    def reply(self, number: str, *, to: str, body: str) -> None:
        """Write ``body`` on the phone, to a sender that can be answered."""
        self._ask("POST", f"/handsets/{quote(number)}/reply", json={"to": to, "body": body})

    def set_faults(self, words: Mapping[str, float | int | bool]) -> None:
        """Change how this account's texts travel; nothing said is no fault."""
        self._ask("PUT", "/weather", json=dict(words))

    def forget(self) -> None:
        """Empty every phone of this account."""
        self._ask("DELETE", "")

    def _ask(self, method: str, path: str, **words: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, f"{self._root}{path}", timeout=PATIENCE_S, **words)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json() if answer.content else {}
        except requests.RequestException as error:
            raise SimulatorSilent(type(error).__name__) from None  # its own words hold numbers
        return found


def can_be_answered(sender: str) -> bool:
    """A number can; a name shows on the phone and nothing can be written back to it."""
    return sender.lstrip("+").isdigit()


def _text(item: Mapping[str, Any]) -> Text:
    return Text(
        sid=item["sid"],
        body=item["body"],
        sender=item["from"],
        to=item["to"],
        at=datetime.fromisoformat(item["landed_at"]),
        mine=item["direction"] == "reply",
    )
