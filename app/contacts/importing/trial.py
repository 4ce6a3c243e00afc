"""What an import would change, before it comes in: decided as the import decides, and nothing is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.contacts import lists, tags
from app.contacts.fields import BY_NAME
from app.contacts.importing import list_of_file, storage
from app.contacts.importing.doubles import together
from app.contacts.importing.entries import Entry, Skipped
from app.contacts.importing.noting import Noted
from app.contacts.importing.sentences import change
from app.contacts.importing.service import BATCH, Plan
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.database.engine import plan_anew
from app.database.ids import SpaceId
from app.french.language import _

EXAMPLES = 10
_NOBODYS_ID = 2**62
"""From here on: ids of people whom the import would add, after those of everybody known."""


@dataclass(slots=True)
class Trial:
    """How many the import would add, change, meet unchanged, pass over and refuse, with some examples."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    refused: int = 0
    brought_back: int = 0
    kept_off: int = 0
    """People of the file whom somebody had taken off the list: they stay off."""
    examples: list[tuple[str, list[str]]] = field(default_factory=list)
    """(name, what changes) of the first ``EXAMPLES`` people changed."""
    refusals: list[Skipped] = field(default_factory=list)
    """The first ``EXAMPLES`` rows to mend."""
    leavers: list_of_file.Leavers | None = None
    """Who would leave the list, when it is made like the file."""


def rehearse(
    session: Session,
    space_id: SpaceId,
    steps: Plan,
    *,
    list_name: str,
    is_whole_list: bool,
    now: datetime,
    size: int = BATCH,
) -> Trial:
    """Read only, in batches as the import's: what it holds is the people whom several rows speak of."""
    plan_anew(session)
    trial = Trial()
    target = lists.find(session, space_id, list_name) if list_name.strip() else None
    people = _People(session, space_id, steps)
    off: set[int] = set()
    for start in range(0, len(steps), size):
        batch = steps[start : start + size]
        entries = [step for step in batch if isinstance(step, Entry)]
        refused = people.meet(trial, entries, now=now)
        _count_skipped(trial, [*(step for step in batch if isinstance(step, Skipped)), *refused])
        if target is not None and not is_whole_list and people.met_ids:
            off |= lists.departed(session, target.id, people.met_ids)
    trial.kept_off = len(off)
    if is_whole_list:
        trial.leavers = list_of_file.leavers(session, space_id, list_name, steps)
    return trial


def rehearse_objections(steps: Plan) -> Trial:
    """A list of objections adds and changes nobody."""
    trial = Trial(unchanged=sum(isinstance(step, Entry) for step in steps))
    _count_skipped(trial, [step for step in steps if isinstance(step, Skipped)])
    return trial


def _count_skipped(trial: Trial, skipped: Sequence[Skipped]) -> None:
    wrong = sorted((step for step in skipped if not step.is_duplicate), key=lambda step: step.number)
    trial.duplicates += len(skipped) - len(wrong)
    trial.refused += len(wrong)
    trial.refusals += wrong[: EXAMPLES - len(trial.refusals)]


class _People:
    """Everybody whom the file's rows speak of, a batch at a time, those whom several batches may change remembered."""

    def __init__(self, session: Session, space_id: SpaceId, steps: Plan) -> None:
        self._session, self._space_id = session, space_id
        phones = Counter(step.phone for step in steps if isinstance(step, Entry))
        self._merged = _phones_merged_into(session, space_id)
        self._shared = {phone for phone, rows in phones.items() if rows > 1} | self._merged
        self._after: storage.Known = {}
        self._next_id = _NOBODYS_ID
        self.met_ids: set[int] = set()
        """Known people of the last batch."""

    def meet(self, trial: Trial, entries: Sequence[Entry], *, now: datetime) -> Sequence[Skipped]:
        """Count a batch; the rows refused when the person is seen."""
        known, entries, doubles = self._known(entries, now=now)
        before = {one["id"]: one for people in known.values() for one in people.values()}
        noted = Noted(self._session, self._space_id, entries, now=now, is_trial=True)
        decided = storage.decide(entries, known, noted, key="", now=now)
        self._remember(decided, known)
        met = [(entry, record) for entry, record, _ in decided.met]
        self.met_ids = {record["id"] for _, record in met if record["id"] < _NOBODYS_ID}
        wanted = {record["id"]: entry.tags for entry, record in met if entry.tags is not None}
        gained = tags.lacked(self._session, self._space_id, wanted) if wanted else {}
        noticed = noted.changes(met) if met else {}
        changed = [
            (entry, record)
            for entry, record, is_changed in decided.met
            if is_changed or record["id"] in gained or record["id"] in noticed
        ]
        trial.created += len(decided.added)
        trial.updated += len(changed)
        trial.unchanged += len(met) - len(changed)
        trial.brought_back += len(decided.brought_back)
        for entry, record in changed[: EXAMPLES - len(trial.examples)]:
            at = record["id"]
            was = before.get(at, record)
            told = [*_changes(was, record), *noticed.get(at, ()), *_tags_told(gained.get(at))]
            trial.examples.append((_name(was) or _name(record) or show_phone(entry.phone), told))
        return [*decided.refused, *doubles]

    def _known(
        self, entries: Sequence[Entry], *, now: datetime
    ) -> tuple[storage.Known, Sequence[Entry], Sequence[Skipped]]:
        phones = {entry.phone for entry in entries}
        kept = {phone: self._after[phone] for phone in phones | self._merged if phone in self._after}
        known = storage.known_at(self._session, self._space_id, phones - kept.keys(), kept_still=False) | kept
        told = storage.led(self._session, self._space_id, entries, known, kept_still=False)
        return known, *together(entries, told, known, now=now)

    def _remember(self, decided: storage.Decided, known: storage.Known) -> None:
        for _entry, record in decided.added:
            record.update(id=self._next_id, merged_into_id=None)
            self._next_id += 1
        for phone in self._shared & known.keys():
            people = sorted(known[phone].values(), key=lambda one: (one["archived_at"] is not None, one["id"]))
            self._after[phone] = {one["name_key"]: one for one in people}


def _phones_merged_into(session: Session, space_id: SpaceId) -> set[str]:
    """The phones of people whom others were merged into: rows of other phones may speak of them."""
    other = aliased(Contact)
    query = select(Contact.phone).join(other, other.merged_into_id == Contact.id)
    return set(session.scalars(query.where(Contact.space_id == space_id, other.space_id == space_id)))


def _name(record: storage.Record) -> str:
    return f"{record['first_name']} {record['last_name']}".strip()


def _changes(before: storage.Record, after: storage.Record) -> Iterator[str]:
    """« Code postal : 80000 → 80090 », for each field of the card."""
    if before["archived_at"] and not after["archived_at"]:
        yield _("de retour des archives")
    for name, one in BY_NAME.items():
        if before[name] != after[name]:
            yield change(one.title, one.shown(before[name]), one.shown(after[name]))


def _tags_told(names: Sequence[str] | None) -> Iterator[str]:
    if names is not None:
        yield _("étiquettes : + %(names)s", names=", ".join(names)) if names else _("étiquettes effacées")
