"""Segments: a rule of five conditions counted over a million contacts, against the SQL somebody would write for it.

Beside it, at a hundred thousand, the 95th centile of a preview over the rules of somebody at work: the page's, whose
count stops at ten thousand (count, sentence, ten people), and the API's, which counts everybody.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.audiences import counting
from app.audiences.book import open_book
from app.audiences.sentences import sentence_of
from app.clock import utc_now
from app.database.engine import Database
from bench.ground import ground
from bench.measure import Comparison

SIZE, PREVIEWED = 1_000_000, 100_000

_SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count) "
_FILL = (
    """
    INSERT INTO contacts (id, space_id, phone, phone_typed, fingerprint, name_key, sort_key, first_name, last_name,
        email, postcode, birth_year, phone_is_parents, note, custom, created_at, updated_at)
    {series} SELECT n, :space, '+336' || n, '', 'f' || n, 'zoe', 'martin zoe', 'Zoé', 'Martin',
        'z' || n || '@exemple.fr', CASE n % 3 WHEN 0 THEN '80000' WHEN 1 THEN '75011' ELSE '' END,
        CASE n % 5 WHEN 0 THEN NULL ELSE 1950 + n % 61 END, false, '', '{{}}', :now, :now FROM series
    """,
    "INSERT INTO tags (id, space_id, name) VALUES (1, :space, 'permis B'), (2, :space, 'quai')",
    "INSERT INTO lists (id, space_id, name, created_at) VALUES (1, :space, 'Nouveaux', :now)",
    "INSERT INTO contact_tags (tag_id, contact_id) {series} SELECT 1, n FROM series WHERE n % 59 = 7",
    "INSERT INTO contact_tags (tag_id, contact_id) {series} SELECT 2, n FROM series WHERE n % 13 < 4",
    "INSERT INTO list_members (list_id, contact_id) {series} SELECT 1, n FROM series WHERE n % 7 = 1",
    """
    INSERT INTO opt_outs (space_id, fingerprint, only_missions, at, channel)
    {series} SELECT :space, 'f' || n, false, :now, 'sms' FROM series WHERE n % 11 = 3
    """,
)

RULE: dict[str, Any] = {
    "all": [
        {"field": "age", "is": "under", "value": 60},
        {"field": "postcode", "is": "starts_with", "value": "75"},
        {"field": "tags", "is": "has", "value": "permis B"},
        {"field": "may_receive", "is": "has", "value": "charitable"},
        {"none": [{"field": "lists", "is": "has", "value": "Nouveaux"}]},
    ]
}
BY_HAND = text(
    """
    SELECT count(*) FROM contacts AS c
    WHERE c.space_id = :space
      AND c.id IN (SELECT contact_id FROM contact_tags WHERE tag_id = 1)
      AND c.birth_year > :year - 60
      AND c.postcode LIKE '75%'
      AND NOT EXISTS (SELECT 1 FROM opt_outs WHERE space_id = :space AND fingerprint = c.fingerprint)
      AND NOT EXISTS (SELECT 1 FROM list_members WHERE list_id = 1 AND contact_id = c.id)
    """
)
"""The same rule, driven by its tag: what ``counting`` is held against."""
PREVIEWS: tuple[dict[str, Any], ...] = (
    RULE,
    RULE["all"][0],
    {"all": RULE["all"][:2]},
    {"none": [RULE["all"][2]]},
    {"any": [{"field": "tags", "is": "has", "value": "quai"}, RULE["all"][1]]},
    {"field": "place", "is": "within_km", "value": {"of": "80000", "km": 30}},
    {"all": [{"field": "tags", "is": "has_not", "value": "quai"}, RULE["all"][3]]},
)


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with measured(kind, SIZE, PREVIEWED) as comparison:
        yield comparison


@contextmanager
def measured(kind: str, size: int, previewed: int) -> Iterator[Comparison]:
    """The comparison at ``size`` contacts, and previews at ``previewed``."""
    with ExitStack() as stack:
        large, small = (stack.enter_context(_house(kind, count)) for count in (size, previewed))
        yield Comparison(
            unit="ms",
            value=large.count,
            limit=large.count_by_hand,
            limit_is=f"the SQL of the same rule written by hand, {size:,} contacts",
            is_time=True,
            also=lambda: {
                f"live preview p95 ms, {previewed:,} contacts": small.preview_p95(counting.count_capped),
                f"API preview p95 ms, {previewed:,} contacts": small.preview_p95(counting.count),
            },
        )


class _House:
    def __init__(self, database: Database, space_id: int) -> None:
        self.database, self.space_id = database, space_id

    def count(self) -> float:
        """Milliseconds for the rule, as the product asks it."""
        with self.database.snapshot() as session:
            space = session.get_one(Space, self.space_id)
            book = open_book(session, space)
            rule = book.fields.parse(RULE)
            begun = perf_counter()
            found = counting.count(session, book, rule, now=utc_now())
            took = perf_counter() - begun
            if found != self._by_hand(session):
                raise ValueError(f"{found} people, {self._by_hand(session)} by hand")
        return took * 1000

    def count_by_hand(self) -> float:
        """Milliseconds for the same by hand."""
        with self.database.snapshot() as session:
            begun = perf_counter()
            self._by_hand(session)
            return (perf_counter() - begun) * 1000

    def preview_p95(self, count: Callable[..., object]) -> float:
        """Milliseconds under which nineteen previews of twenty stay, each from nothing read."""
        taken = [self._preview(rule, count) for _turn in range(6) for rule in PREVIEWS]
        return round(quantiles(taken, n=20)[-1] * 1000, 1)

    def _preview(self, data: dict[str, Any], count: Callable[..., object]) -> float:
        now = utc_now()
        begun = perf_counter()
        with self.database.snapshot() as session:
            book = open_book(session, session.get_one(Space, self.space_id))
            rule = book.fields.parse(data)
            count(session, book, rule, now=now)
            sentence_of(rule, book.fields)
            counting.first_people(session, book, rule, limit=10, now=now)
        return perf_counter() - begun

    def _by_hand(self, session: Session) -> int:
        return session.scalar(BY_HAND, {"space": self.space_id, "year": utc_now().year}) or 0


@contextmanager
def _house(kind: str, size: int) -> Iterator[_House]:
    with ground(kind) as runtime:
        now: datetime = utc_now()
        with runtime.database.transaction() as session:
            space = Space(slug="quai", name="Quai", mode=Mode.PRACTICE, rate_per_s=10, created_at=now)
            session.add(space)
            session.flush()
            for statement in _FILL:
                words = {"space": space.id, "now": now.replace(tzinfo=None) if kind == "sqlite" else now, "count": size}
                sql = statement.format(series=_SERIES)
                session.execute(text(sql), {name: value for name, value in words.items() if f":{name}" in sql})
            session.execute(text("ANALYZE"))
        yield _House(runtime.database, space.id)
