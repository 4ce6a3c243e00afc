"""A carrier in memory, beyond the socket: what it took, what became of it, and the reports that are on their way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat

from app.carrier.codes import Action, explain
from app.carrier.protocol import (
    Accepted,
    CarrierSilent,
    Inbound,
    LookUp,
    NotSent,
    Outcome,
    Outgoing,
    Refused,
    Sighting,
    Unknown,
)
from app.messaging.receipts import Report
from app.messaging.settling import NOT_THEIRS

TAKEN = {"yes", "cut after"}
ANSWERS: dict[str, Outcome] = {
    "cut after": Unknown(),
    "cut before": Unknown(),
    "late": Unknown(),
    "foreign": Unknown(is_foreign=True),
    "busy": NotSent(1.0),
    "no such number": Refused(21211),
    "said stop": Refused(21610),
    "limit of the day": Refused(63038),
    "sender refused": Refused(21212),
    "too many": Refused(21611),
    "no reason": Refused(None),
    "account closed": Refused(30002),
}
"""What the carrier may answer beside « yes ». All it says after « cut » and « late » is silence."""
WORDS = {
    "sent": ("sent", None),
    "delivered": ("delivered", None),
    "off": ("undelivered", 30003),
    "nobody's": ("undelivered", 30005),
    "filtered": ("undelivered", 30007),
    "said stop": ("failed", 21610),
    "account closed": ("failed", 30002),
}
"""What may become of a text, and with which error code."""
LATE = timedelta(seconds=10)
"""How long a request that was cut may still be on its way: less than the carrier's timeout."""


@dataclass(eq=False)
class Text:
    """One text that the carrier took. ``told`` is every word it has said of it, the first the oldest."""

    sid: str
    public_id: str
    phone: str
    body: str
    made_at: datetime
    mailing: int
    told: list[tuple[str, int | None]] = field(default_factory=lambda: [("queued", None)])

    @property
    def word(self) -> str:
        return self.told[-1][0]

    @property
    def code(self) -> int | None:
        return self.told[-1][1]

    @property
    def is_over(self) -> bool:
        return self.word in ("delivered", "undelivered", "failed")

    @property
    def allows_another(self) -> bool:
        """Whether its reader was said not to have it, for a reason after which the text goes again."""
        codes = [code for word, code in self.told if word in ("undelivered", "failed")]
        return any(explain(code).action in {Action.RETRY_LATER, *NOT_THEIRS} for code in codes)

    @property
    def was_off(self) -> bool:
        return any(code is not None and explain(code).action is Action.RETRY_LATER for _word, code in self.told)


class Network:
    """One account. ``heed`` is asked which mailing a text is of at the instant it is handed over."""

    def __init__(self, now: Callable[[], datetime], heed: Callable[[Outgoing], int]) -> None:
        self._now, self._heed = now, heed
        self.texts: list[Text] = []
        self.reports: list[tuple[str, Report]] = []
        """On their way to us: (public id, report)."""
        self.answers: Iterator[str] = repeat("yes")
        self.is_silent = False
        self.skew_s = 0.0
        self._late: list[tuple[datetime, Outgoing, int]] = []

    def open(self, account: object) -> "Network":
        return self

    async def close(self) -> None:
        pass

    async def send(self, text: Outgoing) -> Outcome:
        mailing, answer = self._heed(text), next(self.answers)
        if answer == "late":
            self._late.append((self._now() + LATE, text, mailing))
        if answer not in TAKEN:
            return ANSWERS[answer]
        taken = self._take(text, mailing, self._now())
        return Accepted(taken.sid) if answer == "yes" else ANSWERS[answer]

    def _take(self, text: Outgoing, mailing: int, at: datetime) -> Text:
        public_id = text.callback_url.rsplit("/", 1)[1]
        taken = Text(f"SM{len(self.texts):032d}", public_id, text.phone, text.body, at, mailing)
        self.texts.append(taken)
        return taken

    def arrive(self) -> None:
        """What was on its way to us when the answer was cut is here, once its time has come."""
        due = [one for one in self._late if one[0] <= self._now()]
        self._late = [one for one in self._late if one not in due]
        for at, text, mailing in due:
            self._take(text, mailing, at)

    def become(self, text: Text, what: str) -> None:
        """A text goes on, and its report sets out. One that is over stays so, but for a phone that was off."""
        word, code = WORDS[what]
        if text.is_over and not (text.was_off and text.word != "delivered" and word == "delivered"):
            return
        text.told.append((word, code))
        self.reports.append((text.public_id, Report(word, text.sid, code)))

    async def seen_since(self, phone: str, since: datetime) -> LookUp:
        self._speak()
        return LookUp([sighting(one) for one in self.texts if one.phone == phone], self.skew_s)

    async def sent_since(self, since: datetime) -> Sequence[Sighting]:
        self._speak()
        return [sighting(one) for one in self.texts if one.made_at >= since]

    async def received_since(self, number: str, since: datetime) -> Sequence[Inbound]:
        self._speak()
        return []

    async def look_up(self, carrier_sid: str) -> Sighting | None:
        self._speak()
        return next((sighting(one) for one in self.texts if one.sid == carrier_sid), None)

    def _speak(self) -> None:
        self.arrive()
        if self.is_silent:
            raise CarrierSilent("asked in vain")


def sighting(text: Text) -> Sighting:
    return Sighting(text.sid, text.phone, text.body, text.word, text.code, text.made_at)
