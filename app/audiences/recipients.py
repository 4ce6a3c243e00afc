"""A person as a message needs them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipient:
    """A person as a message needs them. ``values`` fill the places of the text: {"prénom": "Zoé"}."""

    contact_id: int | None
    phone: str
    fingerprint: str
    values: dict[str, str] = field(default_factory=dict)
    birth_year: int | None = None
    phone_is_parents: bool = False
