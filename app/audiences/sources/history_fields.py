"""What rules may ask of a contact's history: one entry a field, over the row that ``contacts.history`` keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, not_

from app.audiences.fields import Ask, Question, SegmentField
from app.audiences.operators import FieldType
from app.audiences.sources.comparing import DayIn, NumberIn
from app.audiences.sources.held import Beside, Column
from app.contacts.history_models import ContactActivity
from app.database.ids import SpaceId
from app.french.language import _

MAX_COUNT = 1_000_000


@dataclass(frozen=True)
class CountIn(NumberIn):
    """How often something happened: whoever has no row has 0, and meets what 0 meets. « Unknown » is 0 too."""

    def known(self) -> ColumnElement[bool]:
        return self.held.column != 0

    def is_known(self, fact: int) -> bool:
        return fact != 0

    def sql(self, ask: Ask) -> ColumnElement[bool]:
        if ask.operator not in ("known", "unknown") and self.meets(0, ask):
            return not_(self.held.any(not_(self.asks(ask))))
        return super().sql(ask)

    def ids(self, ask: Ask) -> Select[int] | None:
        is_of_nobody = ask.operator not in ("known", "unknown") and self.meets(0, ask)
        return None if is_of_nobody else super().ids(ask)

    def holds(self, fact: int, ask: Ask) -> bool:
        if ask.operator in ("known", "unknown"):
            return self.is_known(fact) is (ask.operator == "known")
        return self.meets(fact, ask)

    def _row(self, ask: Ask) -> ColumnElement[bool]:
        return self.known() if ask.operator == "known" else self.asks(ask)


def history_fields(space_id: SpaceId) -> Iterable[SegmentField]:
    """The fields of what is kept of a space's contacts, in the order of the page."""

    def beside(column: Column) -> Beside:
        return Beside(column, ContactActivity.contact_id, lambda: (ContactActivity.space_id == space_id,))

    def last(name: str, label: str, column: Column, phrases: Mapping[str, str], *, is_instant: bool) -> SegmentField:
        comparing = DayIn(beside(column), is_instant=is_instant)
        return SegmentField(
            name, label, Question.DID, FieldType.HISTORY, comparing, unknown=_("jamais"), phrases=phrases
        )

    def many(name: str, label: str, column: Column, phrases: Mapping[str, str]) -> SegmentField:
        return SegmentField(
            name, label, Question.DID, FieldType.NUMBER, CountIn(beside(column)),
            min=0, max=MAX_COUNT, unit=_("fois"), unknown=_("aucune fois"), phrases=phrases,
        )  # fmt: skip

    kept = ContactActivity
    return (
        last("last_contacted", _("dernier SMS"), kept.last_contacted_at, _CONTACTED, is_instant=True),
        last("last_answered", _("dernière réponse"), kept.last_answered_at, _ANSWERED, is_instant=True),
        last("last_came", _("dernière venue"), kept.last_came_on, _CAME, is_instant=False),
        many("times_came", _("nombre de venues"), kept.times_came, _TIMES_CAME),
        many("undelivered_count", _("nombre de SMS non arrivés"), kept.undelivered_count, _UNDELIVERED),
    )


_CONTACTED = {
    "before": _("contactés pour la dernière fois avant le %(value)s"),
    "after": _("contactés pour la dernière fois après le %(value)s | contactés après le %(value)s"),
    "within_days": _("contactés depuis moins de %(value)s | contactés il y a moins de %(value)s"),
    "not_within_days": _("pas contactés depuis %(value)s | pas contactés depuis %(value)s ou jamais"),
    "known": _("déjà contactés"),
    "unknown": _("jamais contactés"),
    "fact": _("contactée %(value)s"),
    "no_fact": _("jamais contactée"),
}
_ANSWERED = {
    "before": _("dont la dernière réponse est d'avant le %(value)s"),
    "after": _("dont la dernière réponse est d'après le %(value)s | qui ont répondu après le %(value)s"),
    "within_days": _("qui ont répondu depuis moins de %(value)s | qui ont répondu il y a moins de %(value)s"),
    "not_within_days": _("qui n'ont pas répondu depuis %(value)s | sans réponse depuis %(value)s"),
    "known": _("qui ont déjà répondu"),
    "unknown": _("qui n'ont jamais répondu | sans aucune réponse"),
    "fact": _("dernière réponse %(value)s"),
    "no_fact": _("n'a jamais répondu"),
}
_CAME = {
    "before": _("venus pour la dernière fois avant le %(value)s"),
    "after": _("venus pour la dernière fois après le %(value)s | venus après le %(value)s"),
    "within_days": _("venus depuis moins de %(value)s | venus il y a moins de %(value)s"),
    "not_within_days": _("pas venus depuis %(value)s | pas venus depuis %(value)s ou jamais"),
    "known": _("déjà venus"),
    "unknown": _("jamais venus"),
    "fact": _("venue %(value)s"),
    "no_fact": _("jamais venue"),
}
_TIMES_CAME = {
    "equals": _("venus %(value)s fois"),
    "under": _("venus moins de %(value)s fois"),
    "over": _("venus plus de %(value)s fois"),
    "between": _("venus de %(value)s fois | venus entre %(value)s fois"),
    "known": _("venus une fois au moins | venus au moins une fois"),
    "unknown": _("venus aucune fois"),
    "fact": _("venue %(value)s fois"),
    "no_fact": _("jamais venue"),
}
_UNDELIVERED = {
    "equals": _("avec %(value)s SMS non arrivés"),
    "under": _("avec moins de %(value)s SMS non arrivés"),
    "over": _("avec plus de %(value)s SMS non arrivés"),
    "between": _("avec entre %(value)s SMS non arrivés | avec de %(value)s SMS non arrivés"),
    "known": _("avec un SMS non arrivé au moins | avec au moins un SMS non arrivé"),
    "unknown": _("dont tous les SMS sont arrivés | sans SMS non arrivé"),
    "fact": _("SMS non arrivés : %(value)s"),
    "no_fact": _("tous ses SMS sont arrivés"),
}
