"""Per-request context: the database, the accounts, the webhook worker, and the caller."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app, request

from app.simulator.callbacks import Courier
from app.simulator.refusals import not_authenticated
from app.simulator.store.accounts import Account, Accounts
from app.simulator.store.database import Database

HANG_UP = "simulator.hang_up"  # the key in a request's environment of what cuts its connection
EXTENSION = "simulator_desk"


@dataclass(frozen=True, slots=True)
class Desk:
    """``slow_receipt_s`` is how late the fate 06 reports; ``draw`` is the dice of the weather."""

    database: Database
    accounts: Accounts
    courier: Courier
    inbound_url: str
    slow_receipt_s: float
    advanced_opt_out: bool
    draw: Callable[[], float]


def desk() -> Desk:
    return cast(Desk, current_app.extensions[EXTENSION])


def caller(account_sid: str) -> Account:
    """The account at the door, by basic authentication; it may only enter its own rooms."""
    given = request.authorization
    if given is None or given.type != "basic" or given.username != account_sid:
        raise not_authenticated()
    account = desk().accounts.admit(account_sid, given.password or "")
    if account is None:
        raise not_authenticated()
    return account
