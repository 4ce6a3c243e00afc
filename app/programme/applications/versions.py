"""The versions of the application's form: copied, reworded, published. A published one never changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import acts
from app.programme.applications.models import Application, ApplicationForm
from app.programme.applications.questions import BY_KEY, FIRST, LENGTHS, OWN, SECTIONS, Field, Kind, Version

MOST = 40
"""Questions of a version: more than twice the first's, after which nobody would file (P)."""


@dataclass(frozen=True)
class Published:
    """Every version that was ever asked, by its number."""

    every: Mapping[int, Version]

    @property
    def latest(self) -> Version:
        return self.every[max(self.every)]

    def of(self, application: Application) -> Version:
        """A draft is asked the latest; what was filed once keeps the version that it was filed on."""
        return self.latest if application.rank is None else self.every[application.form_version]

    def of_section(self, section: str) -> Sequence[Field]:
        """Every field that a section ever had."""
        return [one for one in (self.find(key) for key in self._keys) if one is not None and one.section == section]

    def added(self, numbers: Collection[int]) -> Sequence[Field]:
        """What the staff added that any of these versions asks, in the order in which it was added, worded as last."""
        keys = {key for number in numbers for key in self.every[number].by_key if key not in BY_KEY}
        return [self.get(key) for key in sorted(keys, key=lambda key: int(key[1:]))]

    @property
    def _keys(self) -> list[str]:
        return list(dict.fromkeys(key for version in self.every.values() for key in version.by_key))

    def find(self, key: str) -> Field | None:
        """A field of any version, as it was asked last."""
        for number in sorted(self.every, reverse=True):
            if key in self.every[number].by_key:
                return self.every[number].by_key[key]
        return None

    def get(self, key: str) -> Field:
        """The same. Raises RuleBroken for a word that none ever asked."""
        return self.find(key) or FIRST.get(key)


def published(session: Session) -> Published:
    """The first, which is the product's own, and those of the staff."""
    rows = session.scalars(select(ApplicationForm).where(ApplicationForm.published_at.is_not(None)))
    return Published({FIRST.number: FIRST, **{one.number: version_of(one) for one in rows}})


def version_of(row: ApplicationForm) -> Version:
    """A row as it is asked."""
    return Version(row.number, [_field(one) for one in row.questions])


def _field(kept: Mapping[str, Any]) -> Field:
    """A field of the product's own keeps what its rules count on: kind, options, length."""
    known = BY_KEY.get(kept["key"])
    if known is not None:
        return replace(known, label=kept["label"], hint=kept["hint"])
    kind = Kind(kept["kind"])
    return Field(
        kept["key"], kept["section"], kept["label"], kind, LENGTHS[kind], kept["hint"], is_required=kept["is_required"]
    )


def _kept(one: Field) -> dict[str, Any]:
    return {
        "key": one.key, "section": one.section, "label": one.label, "hint": one.hint, "kind": one.kind.value,
        "is_required": one.is_required,
    }  # fmt: skip


def is_removable(key: str) -> bool:
    """Whether a version may leave it out: nothing but a reader counts on it."""
    return key in OWN or key not in BY_KEY


def all_of_them(session: Session) -> Sequence[tuple[Version, ApplicationForm | None, int]]:
    """Every version, its row (None of the first), and the applications that were filed on it; the latest first."""
    filed = select(Application.form_version, func.count()).where(Application.rank.is_not(None))
    counts = {row[0]: row[1] for row in session.execute(filed.group_by(Application.form_version))}
    rows = session.scalars(select(ApplicationForm).order_by(ApplicationForm.number.desc())).all()
    found: list[tuple[Version, ApplicationForm | None]] = [*((version_of(one), one) for one in rows), (FIRST, None)]
    return [(version, row, counts.get(version.number, 0)) for version, row in found]


def get(session: Session, number: int, *, lock: bool = False) -> ApplicationForm:
    """One version of the staff's, draft or published. Raises NotFound."""
    query = select(ApplicationForm).where(ApplicationForm.number == number)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("form_unknown", _("Cette version du formulaire n'existe pas."))
    return found


def begin(session: Session, *, space_id: SpaceId | None, by: Principal, now: datetime) -> ApplicationForm:
    """A draft with the questions of the latest version; one that is being prepared already is taken up again."""
    last = published(session).latest
    row = {
        "number": last.number + 1, "questions": [_kept(one) for one in last.fields], "published_at": None,
        "created_by": by.name[:80], "created_at": now,
    }  # fmt: skip
    made = insert_missing(
        session, ApplicationForm, [row], unique=[ApplicationForm.number], returning=ApplicationForm.id
    )
    draft = session.scalars(select(ApplicationForm).where(ApplicationForm.number == last.number + 1)).one()
    if made:
        _record(session, draft, acts.FORM_BEGUN, space_id=space_id, by=by, now=now)
    return draft


def change(
    session: Session,
    number: int,
    key: str,
    *,
    label: str,
    hint: str,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Word a question of a draft otherwise. Raises NotFound, Conflict or RuleBroken."""
    draft = _draft(session, number)
    one = _question(draft, key)
    if one.why_of:
        raise RuleBroken("question_fixed", _("Cette question suit sa condition : elle ne se reformule pas."))
    _put(draft, [replace(each, label=label, hint=hint) if each.key == key else each for each in _fields(draft)])
    _record(session, draft, acts.FORM_CHANGED, space_id=space_id, by=by, now=now)


def add(
    session: Session,
    number: int,
    *,
    section: str,
    kind: Kind,
    label: str,
    hint: str,
    is_required: bool,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> str:
    """One more question at the end of a section; its key, which no version has ever given to another one."""
    draft = _draft(session, number)
    fields = _fields(draft)
    if len(fields) >= MOST:
        raise RuleBroken("too_many_questions", _("C'est assez : %(max)s questions au plus.", max=MOST))
    known = {one["key"] for row in session.scalars(select(ApplicationForm)) for one in row.questions}
    top = max((int(key[1:]) for key in known if key[1:].isdigit()), default=0)
    made = Field(f"q{top + 1}", section, label, kind, LENGTHS[kind], hint, is_required=is_required)
    order = list(SECTIONS)
    _put(draft, sorted([*fields, made], key=lambda one: order.index(one.section)))
    _record(session, draft, acts.FORM_CHANGED, space_id=space_id, by=by, now=now)
    return made.key


def remove(session: Session, number: int, key: str, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Take a question off a draft; the versions before keep it. Raises NotFound, Conflict or RuleBroken."""
    draft = _draft(session, number)
    if not is_removable(_question(draft, key).key):
        sentence = _("Conditions, listes et lettres lisent cette réponse : elle se reformule, mais ne se retire pas.")
        raise RuleBroken("question_needed", sentence)
    _put(draft, [one for one in _fields(draft) if one.key != key])
    _record(session, draft, acts.FORM_CHANGED, space_id=space_id, by=by, now=now)


def publish(
    session: Session, number: int, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> ApplicationForm:
    """From now on drafts are asked it, with marks on what changed; what was filed stays. Raises RuleBroken."""
    draft = _draft(session, number)
    last = published(session).latest
    if list(last.fields) == _fields(draft):
        raise RuleBroken("form_same", _("Rien n'a changé depuis la dernière version : il n'y a rien à publier."))
    draft.published_at = now
    _record(session, draft, acts.FORM_PUBLISHED, space_id=space_id, by=by, now=now)
    return draft


def discard(session: Session, number: int, *, space_id: SpaceId | None, by: Principal, now: datetime) -> None:
    """Give a draft up. Raises Conflict."""
    draft = _draft(session, number)
    _record(session, draft, acts.FORM_DROPPED, space_id=space_id, by=by, now=now)
    session.execute(delete(ApplicationForm).where(ApplicationForm.id == draft.id))


def _draft(session: Session, number: int) -> ApplicationForm:
    found = get(session, number, lock=True)
    if found.published_at is not None:
        sentence = _("La version %(n)s est publiée : elle ne change plus. Préparez-en une nouvelle.", n=found.number)
        raise Conflict("form_published", sentence)
    return found


def _question(draft: ApplicationForm, key: str) -> Field:
    found = version_of(draft).by_key.get(key)
    if found is None:
        raise NotFound("question_unknown", _("Cette question n'est pas dans cette version."))
    return found


def _fields(draft: ApplicationForm) -> list[Field]:
    return list(version_of(draft).fields)


def _put(draft: ApplicationForm, fields: Sequence[Field]) -> None:
    draft.questions = [_kept(one) for one in fields]


def _record(
    session: Session, one: ApplicationForm, act: Act, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    note = _("version %(n)s", n=one.number)
    activity.record(session, space_id, act, by=by, now=now, subject_id=one.id, note=note)
