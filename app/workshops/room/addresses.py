"""How one gets into a room: an address to type, a code, a square to scan."""

from dataclasses import dataclass

import segno

from app.settings import Settings
from app.workshops.models import Workshop

LONG = 24
"""Characters past which an address is written smaller."""


@dataclass(frozen=True)
class WayIn:
    """``typed`` is what one types: neither « https:// » nor the code."""

    typed: str
    code: str
    address: str
    qr: str
    """The whole address, drawn: a data: address of an image."""

    @property
    def is_long(self) -> bool:
        return len(self.typed) > LONG


def way_in(workshop: Workshop, settings: Settings) -> WayIn | None:
    """None while nobody may join."""
    if not workshop.code:
        return None
    public = settings.public_url.rstrip("/")
    address = f"{public}/rejoindre/{workshop.code}"
    return WayIn(f"{public.partition('://')[2]}/rejoindre", workshop.code, address, draw(address))


def draw(address: str) -> str:
    """The QR code of an address; "" of none."""
    return segno.make(address, error="m").svg_data_uri(scale=6, border=2) if address else ""
