"""The form as its page shows it: each field with its value, its version, what is wrong, and who wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import PARIS
from app.french.language import _
from app.french.typography import show_instant, show_time
from app.programme.applications import questions, rules, service
from app.programme.applications.answering import Saved, Stale, Typed
from app.programme.applications.models import ApplicationAnswer, ApplicationFile
from app.programme.applications.questions import Field, Page
from app.programme.applications.service import Sheet
from app.programme.applications.states import State
from app.programme.applications.web.link_guards import Opened
from app.programme.files.kinds import show_size

NOTHING = Saved({}, {}, {})
"""Of a page that is only looked at."""


@dataclass(frozen=True)
class Shown:
    """One field as it stands on the page."""

    field: Field
    value: str
    version: int
    error: str
    stale: Stale | None
    answer: ApplicationAnswer | None
    file: ApplicationFile | None
    mark: str
    before: str
    """How a question that was reworded was asked before; empty for any other."""
    is_asked: bool
    may_edit: bool
    is_wanted: bool
    """Whether the staff asked that it be corrected."""
    just_saved: bool

    @property
    def codes(self) -> list[str]:
        """What is ticked."""
        return self.value.split()

    def saved(self, today: date) -> str:
        """« Enregistré à 14 h 02 », with the day of an answer of another; empty for one that says nothing."""
        if self.answer is None or not self.answer.value:
            return _("Enregistré, vide") if self.just_saved else ""
        at = self.answer.written_at
        if service.today_of(at) == today:
            return _("Enregistré à %(at)s", at=show_time(at, PARIS))
        return _("Enregistré le %(at)s", at=show_instant(at, PARIS))

    @property
    def file_size(self) -> str:
        return show_size(self.file.size) if self.file else ""


@dataclass(frozen=True)
class Form:
    """All the fields, and what the conditions come to."""

    fields: Mapping[str, Shown]
    sheet: Sheet
    error: str
    """What is wrong with no field of its own."""
    today: date

    def former(self, section: str) -> list[Field]:
        """What this section asks no more, and was answered."""
        return [one for one in self.sheet.former if one.section == section]

    def sections(self, page: Page) -> list[str]:
        """The sections of a page that have something to show, in order."""
        asked = {one.field.section for one in self.fields.values()} | {one.section for one in self.sheet.former}
        return [one for one in questions.SECTIONS if one in asked and questions.page_of(one) is page]

    def of_section(self, section: str) -> list[Shown]:
        return [one for one in self.fields.values() if one.field.section == section]

    def may_edit_section(self, section: str) -> bool:
        return any(one.may_edit for one in self.of_section(section))

    @property
    def may_edit(self) -> bool:
        return any(one.may_edit for one in self.fields.values())

    @property
    def is_full(self) -> bool:
        return not self.sheet.missing


def form_of(
    session: Session, at: Opened, saved: Saved, *, now: datetime, typed: Mapping[str, Typed] | None = None
) -> Form:
    """The form of an application after ``saved``; what was typed and refused stays in its field."""
    sheet = service.sheet(session, at.application)
    editable = service.editable(at.application, at.cohort, now=now)
    wanted = [] if at.application.state is State.DRAFT else at.application.asked_fields
    fields = {
        one.key: _shown(one, sheet, saved, (typed or {}).get(one.key), editable, wanted) for one in sheet.form.fields
    }
    return Form(fields, sheet, saved.errors.get("", ""), service.today_of(now))


def _shown(
    field: Field,
    sheet: Sheet,
    saved: Saved,
    typed: Typed | None,
    editable: frozenset[str] | None,
    wanted: list[str],
) -> Shown:
    key = field.key
    answer = sheet.answers.get(key)
    error, stale = saved.errors.get(key, ""), saved.stale.get(key)
    value, seen = sheet.values.get(key, ""), answer.version if answer else 0
    if typed is not None and (error or stale):
        seen = typed.version if error else seen
        value = " ".join(typed.words) if field.options else next(iter(typed.words), "")
    return Shown(
        field=field, value=value, version=seen, error=error, stale=stale, answer=answer,
        file=sheet.file_of(key), mark=sheet.changes.mark(key), before=sheet.changes.reworded.get(key, ""),
        is_asked=rules.asked(field, sheet.judged),
        may_edit=editable is None or key in editable, is_wanted=key in wanted, just_saved=key in saved.saved,
    )  # fmt: skip
