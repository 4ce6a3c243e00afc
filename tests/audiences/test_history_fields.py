"""What rules ask of people's history: last texted, last answered, times come, and who said yes to what."""

from typing import Any

from hypothesis import given
from hypothesis import settings as trials
from sqlalchemy.orm import Session

from app.audiences.book import open_book
from app.audiences.counting import count
from app.audiences.fields import Fields
from app.audiences.operators import FieldType, Takes
from app.audiences.reading import read_sentence
from app.audiences.rules import Condition, canonical, to_json
from app.audiences.sentences import sentence_of
from app.audiences.sources.declared import Declared
from app.audiences.sources.history_fields import history_fields
from app.audiences.web.facts import FACT, NO_FACT
from app.contacts import history
from app.contacts.history import Came, News
from app.events import service
from app.events.models import Answer
from app.events.segment_fields import segment_fields
from tests.audiences import sketches
from tests.events.stage import make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_space

FIELDS = Fields(history_fields(1))


def said(field: str, operator: str, value: Any = None) -> str:
    data = {"field": field, "is": operator} | ({} if value is None else {"value": value})
    return sentence_of(FIELDS.parse(data), FIELDS)


def test_history_is_told_in_french_and_read_back():
    assert said("last_contacted", "not_within_days", 30) == "Bénévoles pas contactés depuis 30 jours"
    assert said("last_came", "unknown") == "Bénévoles jamais venus"
    assert (
        said("last_answered", "before", "2026-03-01")
        == "Bénévoles dont la dernière réponse est d'avant le 1er mars 2026"
    )
    assert said("times_came", "over", 2) == "Bénévoles venus plus de 2 fois"
    assert said("undelivered_count", "known") == "Bénévoles avec un SMS non arrivé au moins"
    three_months = Condition("last_contacted", "not_within_days", 90)
    assert read_sentence("pas contactés depuis 3 mois", FIELDS) == three_months


@trials(max_examples=60)
@given(sketches.rules(FIELDS))
def test_every_rule_about_history_is_read_back_as_itself(rule):
    parsed = FIELDS.parse(to_json(rule))
    assert read_sentence(sentence_of(parsed, FIELDS), FIELDS) == canonical(parsed)


def test_every_field_of_history_has_a_phrase_of_its_own():
    for field in FIELDS.values():
        assert set(field.phrases) - {FACT, NO_FACT} == {one.name for one in field.operators}
        assert field.type is not FieldType.HISTORY or field.operators[-1].takes is Takes.NOTHING


def counted(session: Session, space: Any, rule: Any) -> int:
    book = open_book(session, space)
    return count(session, book, book.fields.parse(rule), now=NOON)


def test_who_has_no_history_has_never_and_0(database):
    database.handed[Declared] = Declared(rooms=(segment_fields,))
    with database.transaction() as session:
        space = make_space(session)
        often, once, _never = (make_contact(session, space) for _person in range(3))
        elsewhere = make_contact(session, make_space(session))
        history.note(session, News(contacted={once.id: NOON, elsewhere.id: NOON}, undelivered={often.id: 2}))
        history.recount_came(session, [often.id], lambda _ids: {often.id: Came(4, NOON.date())})
        event = make_event(session, space)
        service.invite(session, event, [often, once], by=SOMEBODY, now=NOON)
        service.answer(session, event.id, once.id, Answer.COMING, by=SOMEBODY, now=NOON)
    with database.snapshot() as session:
        for rule, people in (
            ({"field": "times_came", "is": "under", "value": 1}, 2),
            ({"field": "times_came", "is": "between", "value": [0, 4]}, 3),
            ({"field": "times_came", "is": "equals", "value": 4}, 1),
            ({"field": "times_came", "is": "unknown"}, 2),
            ({"field": "undelivered_count", "is": "over", "value": 1}, 1),
            ({"none": [{"field": "undelivered_count", "is": "over", "value": 1}]}, 2),
            ({"field": "last_contacted", "is": "not_within_days", "value": 30}, 2),
            ({"field": "last_contacted", "is": "within_days", "value": 1}, 1),
            ({"field": "last_came", "is": "unknown"}, 2),
            ({"field": "last_answered", "is": "known"}, 1),
            ({"field": "answered_yes", "is": "has", "value": "Collecte du samedi, 7 mars 2026"}, 1),
            ({"field": "answered_yes", "is": "has_not", "value": event.id}, 2),
            ({"field": "answered_no", "is": "has", "value": event.id}, 0),
            ({"field": "unanswered", "is": "has", "value": event.id}, 1),
        ):
            assert counted(session, space, rule) == people, rule


def test_two_dates_of_one_name_and_day_are_told_apart(database):
    with database.transaction() as session:
        space = make_space(session)
        for title in ("Tri", "Tri", "Gala"):
            make_event(session, space, title=title)
        fields = Fields(segment_fields(session, space.id))
        labels = [one.label for one in fields["answered_yes"].choices]
    assert len(set(labels)) == 3 and "Gala, 7 mars 2026" in labels
    rule = fields.parse({"field": "answered_yes", "is": "has_not", "value": [labels[0], labels[2]]})
    sentence = sentence_of(rule, fields)
    assert sentence.endswith("invités ou non")
    assert read_sentence(sentence, fields) == canonical(rule)
