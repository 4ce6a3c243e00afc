"""The versions of the questionnaire: copied, reworded, published. A published one never changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.activity import Act
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import QuestionnaireId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.diagnostic import acts
from app.programme.diagnostic.axes import Axis
from app.programme.diagnostic.models import Diagnostic, Questionnaire, QuestionRow
from app.programme.diagnostic.questionnaire import changes
from app.programme.diagnostic.rules import Question


def get(session: Session, questionnaire_id: QuestionnaireId, *, lock: bool = False) -> Questionnaire:
    """One version. Raises NotFound."""
    query = select(Questionnaire).where(Questionnaire.id == questionnaire_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("questionnaire_unknown", _("Cette version du questionnaire n'existe pas."))
    return found


def latest(session: Session) -> Questionnaire | None:
    """The last one published."""
    query = select(Questionnaire).where(Questionnaire.published_at.is_not(None))
    return session.scalar(query.order_by(Questionnaire.number.desc()).limit(1))


def all_of_them(session: Session) -> Sequence[tuple[Questionnaire, int, int]]:
    """Every version with its questions and the diagnostics that took it, the latest first."""
    asked = select(QuestionRow.questionnaire_id, func.count().label("n")).group_by(QuestionRow.questionnaire_id)
    taken = select(Diagnostic.questionnaire_id, func.count().label("n")).group_by(Diagnostic.questionnaire_id)
    asked_by, taken_by = asked.subquery(), taken.subquery()
    rows = session.execute(
        select(Questionnaire, func.coalesce(asked_by.c.n, 0), func.coalesce(taken_by.c.n, 0))
        .outerjoin(asked_by, asked_by.c.questionnaire_id == Questionnaire.id)
        .outerjoin(taken_by, taken_by.c.questionnaire_id == Questionnaire.id)
        .order_by(Questionnaire.number.desc())
    )
    return [(row[0], row[1], row[2]) for row in rows]


def questions(session: Session, questionnaire_id: QuestionnaireId) -> list[Question]:
    """The questions of a version, in their order."""
    return questions_of(session, [questionnaire_id])[questionnaire_id]


def questions_of(
    session: Session, questionnaire_ids: Collection[QuestionnaireId]
) -> Mapping[QuestionnaireId, list[Question]]:
    """{version: its questions, in their order}."""
    found: dict[QuestionnaireId, list[Question]] = {one: [] for one in questionnaire_ids}
    query = select(QuestionRow).where(QuestionRow.questionnaire_id.in_(found))
    order = list(Axis)
    rows = session.scalars(query).all()
    for row in sorted(rows, key=lambda each: (order.index(each.axis), each.position, each.id)):
        found[row.questionnaire_id].append(
            Question(row.key, row.axis, row.words, row.help, row.whom, row.short, row.weight, row.position)
        )
    return found


def begin(session: Session, *, space_id: SpaceId | None, by: Principal, now: datetime) -> Questionnaire:
    """A draft with the questions of the latest version; one that is being prepared already is taken up again."""
    last = latest(session)
    if last is None:
        raise RuleBroken("no_questionnaire", _("Il n'y a pas encore de première version : lancez « tambour migrate »."))
    row = {"number": last.number + 1, "published_at": None, "created_by": by.name[:80], "created_at": now}
    made = insert_missing(session, Questionnaire, [row], unique=[Questionnaire.number], returning=Questionnaire.id)
    if not made:
        return session.scalars(select(Questionnaire).where(Questionnaire.number == last.number + 1)).one()
    draft = session.get_one(Questionnaire, made[0])
    session.add_all(_row(draft.id, one) for one in questions(session, last.id))
    session.flush()
    _record(session, draft, acts.VERSION_BEGUN, space_id=space_id, by=by, now=now)
    return draft


def _row(questionnaire_id: QuestionnaireId, one: Question) -> QuestionRow:
    return QuestionRow(questionnaire_id=questionnaire_id, **vars(one))


def change(
    session: Session,
    questionnaire_id: QuestionnaireId,
    key: str,
    *,
    words: str,
    short: str,
    help: str,
    whom: str,
    weight: int,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Word a question of a draft otherwise, or weigh it otherwise. Raises NotFound, Conflict or RuleBroken."""
    draft = _draft(session, questionnaire_id)
    changes.check_question(words=words, short=short, weight=weight)
    row = _question(session, draft, key)
    row.words, row.short, row.help, row.whom, row.weight = words, short, help, whom, weight
    _record(session, draft, acts.VERSION_CHANGED, space_id=space_id, by=by, now=now, key=key)


def add(
    session: Session,
    questionnaire_id: QuestionnaireId,
    axis: Axis,
    *,
    words: str,
    short: str,
    help: str,
    whom: str,
    weight: int,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> str:
    """One more question of an axis of a draft; its key, which no version has ever given to another one."""
    draft = _draft(session, questionnaire_id)
    changes.check_question(words=words, short=short, weight=weight)
    if len(questions(session, draft.id)) >= changes.MOST:
        raise RuleBroken("too_many_questions", _("C'est assez : %(max)s questions au plus.", max=changes.MOST))
    taken = session.scalars(select(QuestionRow.key).where(QuestionRow.axis == axis)).all()
    number = 1 + max((int(key[1:]) for key in taken), default=0)
    made = Question(f"{axis}{number}", axis, words, help, whom, short, weight, position=number)
    session.add(_row(draft.id, made))
    _record(session, draft, acts.VERSION_CHANGED, space_id=space_id, by=by, now=now, key=made.key)
    return made.key


def remove(
    session: Session,
    questionnaire_id: QuestionnaireId,
    key: str,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Take a question off a draft; the versions before keep it. Raises NotFound, Conflict or RuleBroken."""
    draft = _draft(session, questionnaire_id)
    row = _question(session, draft, key)
    changes.check_removal(key)
    session.delete(row)
    _record(session, draft, acts.VERSION_CHANGED, space_id=space_id, by=by, now=now, key=key)


def publish(
    session: Session, questionnaire_id: QuestionnaireId, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> Questionnaire:
    """From now on diagnostics that open take it; those under way are marked, never moved. Raises RuleBroken."""
    draft = _draft(session, questionnaire_id)
    last = latest(session)
    changes.check_version(questions(session, last.id) if last else [], questions(session, draft.id))
    draft.published_at = now
    _record(session, draft, acts.VERSION_PUBLISHED, space_id=space_id, by=by, now=now)
    return draft


def discard(
    session: Session, questionnaire_id: QuestionnaireId, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> None:
    """Give a draft up. Raises Conflict."""
    draft = _draft(session, questionnaire_id)
    _record(session, draft, acts.VERSION_DROPPED, space_id=space_id, by=by, now=now)
    session.execute(delete(Questionnaire).where(Questionnaire.id == draft.id))


def _draft(session: Session, questionnaire_id: QuestionnaireId) -> Questionnaire:
    found = get(session, questionnaire_id, lock=True)
    if found.published_at is not None:
        sentence = _("La version %(n)s est publiée : elle ne change plus. Préparez-en une nouvelle.", n=found.number)
        raise Conflict("questionnaire_published", sentence)
    return found


def _question(session: Session, draft: Questionnaire, key: str) -> QuestionRow:
    query = select(QuestionRow).where(QuestionRow.questionnaire_id == draft.id, QuestionRow.key == key)
    row = session.scalar(query)
    if row is None:
        raise NotFound("question_unknown", _("Cette question n'est pas dans cette version."))
    return row


def _record(
    session: Session,
    one: Questionnaire,
    act: Act,
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
    key: str = "",
) -> None:
    note = _("version %(n)s", n=one.number)
    activity.record(session, space_id, act, by=by, now=now, subject_id=one.id, note=note, key=key)
