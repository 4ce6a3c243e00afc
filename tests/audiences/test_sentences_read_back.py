"""What a rule's sentence says is read back as the same rule."""

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audiences.fields import Fields, Question, SegmentField
from app.audiences.operators import FieldType, Takes
from app.audiences.reading import read_sentence
from app.audiences.rules import Condition, Group, GroupKind, canonical
from app.audiences.sentences import sentence_of
from app.audiences.values import Choice
from app.contacts.naming import tidy
from app.errors import RuleBroken

LABELS = (
    "permis B",
    "Collecte ou tri",
    "été",
    "ete",
    "a » ou « b",
    "le », dont",
    "cuisine, ménage",
    "Zoé et Léa",
    "(x)",
)
OURS = (Choice("weekdays", "en journée"), Choice("evenings", "le soir"), Choice("weekends", "le week-end"))


def entry(name: str, label: str, type: FieldType, **words: Any) -> SegmentField:
    return SegmentField(name, label, Question.WHO, type, comparing=cast(Any, None), **words)


FIELDS = Fields(
    [
        entry("age", "âge", FieldType.NUMBER, phrases={"under": "de moins de %(value)s ans | moins de %(value)s ans"}),
        entry("postcode", "code postal", FieldType.TEXT),
        entry(
            "availability", "disponibilité", FieldType.CHOICES, choices=OURS, phrases={"has": "disponibles %(value)s"}
        ),
        entry("tags", "étiquettes", FieldType.CHOICES, choices=tuple(Choice(at, one) for at, one in enumerate(LABELS))),
        entry("place", "lieu", FieldType.PLACE, find_place=lambda typed: typed if typed.isdigit() else None),
        entry("created", "arrivée", FieldType.DATE),
        entry(
            "last_contacted",
            "dernier SMS",
            FieldType.HISTORY,
            phrases={"not_within_days": "pas contactés depuis %(value)s"},
        ),
        entry("member", "adhérent", FieldType.YES_NO, phrases={"true": "adhérents", "false": "non adhérents"}),
        entry("custom.#1", "taille » (gilet)", FieldType.CHOICE, choices=(Choice("S", "S"), Choice("ou M", "ou M"))),
        entry("custom.#2", "sauf ceux », dont « x", FieldType.TEXT),
    ]
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=20).map(tidy).filter(bool)
NUMBERS = st.integers(-1000, 10**6) | st.sampled_from([0.5, 3.25, -7.125])


def values(field: SegmentField, takes: Takes) -> st.SearchStrategy[Any]:
    choices = st.sampled_from([one.value for one in field.choices] or [0])
    return {
        Takes.NOTHING: st.none(),
        Takes.TEXT: WORDS,
        Takes.NUMBER: NUMBERS,
        Takes.RANGE: st.tuples(NUMBERS, NUMBERS).map(sorted),
        Takes.DAY: st.dates(date(1900, 1, 1), date(2200, 1, 1)).map(date.isoformat),
        Takes.DAYS: st.integers(1, 36_500),
        Takes.CHOICE: choices,
        Takes.CHOICES: st.lists(choices, min_size=1, max_size=4),
        Takes.NEAR: st.builds(
            lambda of, km: {"of": of, "km": km}, st.sampled_from(["80000", "2"]), st.integers(1, 1000)
        ),
    }[takes]


CONDITIONS = st.sampled_from([(field, operator) for field in FIELDS.values() for operator in field.operators]).flatmap(
    lambda both: values(both[0], both[1].takes).map(
        lambda value: FIELDS.read({"field": both[0].name, "is": both[1].name, "value": value})
    )
)


def groups(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Group, st.sampled_from(GroupKind), st.lists(inside, min_size=1, max_size=4).map(tuple))


RULES = CONDITIONS | groups(CONDITIONS | groups(CONDITIONS | groups(CONDITIONS)))


@settings(max_examples=80)
@given(RULES)
def test_what_is_written_is_read_back_as_the_same_rule(rule):
    sentence = sentence_of(rule, FIELDS)
    assert read_sentence(sentence, FIELDS) == canonical(rule), sentence
    assert tidy(sentence) == sentence


def test_a_sentence_reads_as_french():
    rule = FIELDS.parse(
        {
            "all": [
                {"field": "age", "is": "under", "value": 35},
                {
                    "any": [
                        {"field": "availability", "is": "has", "value": ["evenings", "weekends"]},
                        {"field": "member", "is": "true"},
                    ]
                },
                {"field": "place", "is": "within_km", "value": {"of": "80000", "km": 10}},
                {"none": [{"field": "tags", "is": "has", "value": "permis B"}]},
            ]
        }
    )
    assert sentence_of(rule, FIELDS) == (
        "Bénévoles de moins de 35 ans, disponibles le soir ou le week-end ou adhérents, à moins de 10 km de 80000, "
        "sauf ceux dont « étiquettes » comprend « permis B »"
    )


def test_what_is_not_understood_is_named():
    with pytest.raises(RuleBroken, match="Nous ne comprenons pas « qui aiment les chats »") as refusal:
        read_sentence("moins de 35 ans et qui aiment les chats, adhérents", FIELDS)
    assert refusal.value.code == "sentence_unread"
    for blank in ("", "Bénévoles", " , "):
        with pytest.raises(RuleBroken):
            read_sentence(blank, FIELDS)


def test_a_wrong_value_is_told_by_its_own_sentence():
    with pytest.raises(RuleBroken, match="où est « Nullepart »"):
        read_sentence("à moins de 10 km de Nullepart", FIELDS)


def test_a_long_sentence_is_read_in_a_moment_or_refused():
    many = " ou ".join(["adhérents"] * 150)
    assert read_sentence(f"Bénévoles {many}", FIELDS) == Condition("member", "true")
    for nasty in ("(" * 900, "« " * 600, "adhérents et " * 140 + "xyz", "a" * 2001):
        with pytest.raises(RuleBroken):
            read_sentence(nasty, FIELDS)
