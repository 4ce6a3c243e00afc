"""Whose signature a callback must bear: that of the account it names, ours or a practice space's."""

from collections.abc import Callable
from time import monotonic

from app.accounts import spaces
from app.carrier.carriers import CarrierAccount
from app.runtime import Runtime

KEPT_S = 60.0
"""A carrier that is read again for each of its reports costs as much as writing them down."""


class Signers:
    """The accounts that one process has met lately. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[CarrierAccount, float]] = {}

    def accept(self, runtime: Runtime, sid: str, is_signed: Callable[[CarrierAccount], bool]) -> bool:
        """Whether the account of this number is one of ours and signed; one whose token has changed is read anew."""
        known = self.known(runtime, sid)
        if known is not None and is_signed(known):
            return True
        found = self._read(runtime, sid)
        return found is not None and found != known and is_signed(found)

    def known(self, runtime: Runtime, sid: str) -> CarrierAccount | None:
        """The account of this number, if it was read lately: nothing is asked of the database."""
        return self._live(runtime, sid) or self._kept(sid)

    def _live(self, runtime: Runtime, sid: str) -> CarrierAccount | None:
        settings = runtime.settings
        if sid != settings.twilio_account_sid:
            return None
        return CarrierAccount(sid, settings.twilio_auth_token, practice=False)

    def _kept(self, sid: str) -> CarrierAccount | None:
        account, until = self._known.get(sid, (None, 0.0))
        return account if self._clock() < until else None

    def _read(self, runtime: Runtime, sid: str) -> CarrierAccount | None:
        if live := self._live(runtime, sid):
            return live
        with runtime.database.snapshot() as session:
            space = spaces.of_carrier_account(session, sid)
        if space is None:
            self._known.pop(sid, None)
            return None
        account, now = CarrierAccount(sid, space.carrier_auth_token or "", practice=True), self._clock()
        self._known = {one: kept for one, kept in list(self._known.items()) if now < kept[1]}
        self._known[sid] = account, now + KEPT_S
        return account
