"""What becomes of a message: the last two digits of its number say it, and the weather bends it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.simulator.faults import Faults
from app.simulator.refusals import Refused, landline, unsubscribed


@dataclass(frozen=True, slots=True)
class Receipt:
    """One report to come: its Twilio status, its error code, and how long after acceptance it is due."""

    status: str
    error_code: int | None = None
    after_s: float = 0.0


SENT = Receipt("sent")
DELIVERED = Receipt("delivered")
_FATES: dict[str, tuple[Receipt, ...]] = {
    "00": (SENT, Receipt("undelivered", 30003)),  # phone off
    "01": (SENT, Receipt("undelivered", 30005)),  # unknown number
    "04": (SENT, Receipt("undelivered", 30007)),  # filtered
    "05": (SENT,),  # never a final receipt
    "07": (DELIVERED, DELIVERED, SENT, SENT),  # twice and out of order
}
SLOW = "06"


def refusal(to: str) -> Refused | None:
    """Why a message to this number is never accepted, if it is not."""
    if to.endswith("02"):
        return landline(to)
    return unsubscribed() if to.endswith("03") else None


def receipts(to: str, *, slow_receipt_s: float) -> tuple[Receipt, ...]:
    """The reports about a message to this number, in the order they leave."""
    if to.endswith(SLOW):
        return (SENT, replace(DELIVERED, after_s=slow_receipt_s))
    return _FATES.get(to[-2:], (SENT, DELIVERED))


def bend(fated: tuple[Receipt, ...], faults: Faults, draw: Callable[[], float]) -> list[Receipt]:
    """The same reports in this weather: later, repeated, or in another order. ``draw`` gives numbers in [0, 1)."""
    bent: list[Receipt] = []
    for receipt in fated:
        late = replace(receipt, after_s=receipt.after_s + faults.receipt_delay_ms / 1000)
        bent += [late, late] if draw() < faults.duplicate_rate else [late]
    if not faults.shuffle:
        return bent
    mixed = sorted(bent, key=lambda _: draw())
    return [replace(receipt, after_s=slot.after_s) for receipt, slot in zip(mixed, bent, strict=True)]
