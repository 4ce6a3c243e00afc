"""What a batch of a file says of consent. Who keeps it is handed down."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.accounts.secrets import fingerprint
from app.contacts.importing.entries import Entry, Skipped, declines
from app.contacts.models import Import
from app.database.ids import SpaceId
from app.french.language import _, ngettext

_ROWS_TOLD = 20
STILL_WITHDRAWN = _("Accord pour les ventes retiré :")
"""How the sentence of ``note_sales`` begins, by which a page tells it from what was to be looked at before."""


class ObjectTo(Protocol):
    """Write that these phones want no SMS: {fingerprint: contact id, if there is one}, ``wording`` says where.

    ``only_missions``: but those of their missions; whoever refused anything before keeps their own words.
    """

    def __call__(
        self,
        session: Session,
        space_id: SpaceId,
        people: Mapping[str, int | None],
        *,
        wording: str,
        by: Principal,
        now: datetime,
        only_missions: bool = False,
    ) -> None: ...


class Agree(Protocol):
    """Write {fingerprint: (contact id if there is one, evidence)}, an empty evidence being a no.

    Gives back the phones whose yes is not taken, because they took it back before.
    """

    def __call__(
        self,
        session: Session,
        space_id: SpaceId,
        people: Mapping[str, tuple[int | None, str]],
        *,
        wording: str,
        by: Principal,
        now: datetime,
    ) -> Collection[str]: ...


def note_sales(
    session: Session,
    one: Import,
    batch: Sequence[Entry | Skipped],
    known: Mapping[str, int],
    agree: Agree,
    *,
    key: str,
    wording: str,
    by: Principal,
    now: datetime,
) -> None:
    """Have written what these rows say, and tell which of them do not give a consent back.

    ``known`` are the contact ids of those who came in, by fingerprint: a yes is theirs alone, a no anybody's.
    """
    said: dict[str, tuple[int | None, str]] = {}
    rows: dict[str, int] = {}
    for step in batch:
        is_no = declines(step)
        if not is_no and (isinstance(step, Skipped) or step.agreed is None):
            continue
        phone = fingerprint(step.phone, key=key)
        if is_no or (phone in known and phone not in said):
            said[phone] = (known.get(phone), "" if isinstance(step, Skipped) else step.agreed or "")
            rows[phone] = step.number
    if said and (still := agree(session, one.space_id, said, wording=wording, by=by, now=now)):
        one.warnings = [*one.warnings, _still_withdrawn(sorted(rows[phone] for phone in still))]


def note_missions(
    session: Session,
    one: Import,
    batch: Sequence[Entry | Skipped],
    known: Mapping[str, int],
    object_to: ObjectTo,
    *,
    key: str,
    wording: str,
    by: Principal,
    now: datetime,
) -> None:
    """Have written which of these phones want the SMS of their missions alone; ``known`` as in ``note_sales``."""
    phones = {fingerprint(step.phone, key=key) for step in batch if step.only_missions}
    if people := {phone: known.get(phone) for phone in sorted(phones)}:
        object_to(session, one.space_id, people, wording=wording, by=by, now=now, only_missions=True)


def still_withdrawn(one: Import) -> list[str]:
    """The sentences of ``note_sales`` about an import."""
    return [sentence for sentence in one.warnings if sentence.startswith(STILL_WITHDRAWN)]


def _still_withdrawn(numbers: Sequence[int]) -> str:
    told = ngettext(
        "la personne de la ligne %(rows)s avait retiré son accord : un fichier ne le lui redonne pas. Si elle a changé "
        "d'avis, notez-le sur sa fiche.",
        "les personnes des lignes %(rows)s avaient retiré leur accord : un fichier ne le leur redonne pas. Si elles "
        "ont changé d'avis, notez-le sur leur fiche.",
        len(numbers),
        rows=", ".join(map(str, numbers[:_ROWS_TOLD])) + ("…" if len(numbers) > _ROWS_TOLD else ""),
    )
    return f"{STILL_WITHDRAWN} {told}"
