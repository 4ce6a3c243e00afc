"""A person as a message needs them."""

from dataclasses import dataclass, field

from app.database.ids import ContactId


@dataclass(frozen=True)
class Recipient:
    """A person as a message needs them. ``values`` fill the places of the text: {"prénom": "Zoé"}."""

    contact_id: ContactId | None
    phone: str
    fingerprint: str
    values: dict[str, str] = field(default_factory=dict)
    birth_year: int | None = None
    phone_is_parents: bool = False
