"""Sentences as people type them, each with the rule it must give; and every condition printed and read back."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.fields import Fields
from app.audiences.operators import Takes
from app.audiences.reading import read_sentence
from app.audiences.rules import to_json
from app.audiences.sentences import sentence_of
from app.audiences.sources.declared import fields_of
from app.contacts.models import Tag
from app.contacts.profile.models import ContactField, FieldType
from app.database.engine import Database
from app.errors import RuleBroken
from tests.factories import NOON, make_list, make_space

LISTS = ("Nouveaux", "Samedi matin", "Conducteurs")
TAGS = ("permis B", "Cuisine", "a une clé")
SKILLS = ("bricolage", "informatique", "premiers secours")


def one(field: str, operator: str, value: object = None) -> dict[str, Any]:
    return {"field": field, "is": operator, **({} if value is None else {"value": value})}


def near(of: str, km: int) -> dict[str, Any]:
    return one("place", "within_km", {"of": of, "km": km})


YOUNG, OLD = one("age", "under", 35), one("age", "over", 60)
DRIVER = one("tags", "has", "permis B")
EVENING = one("availability", "has", "evenings")
MEMBER = one("member", "true")
NEW = one("lists", "has", "Nouveaux")

TYPED: dict[str, dict[str, Any]] = {
    "moins de 35 ans": YOUNG,
    "Moins de 35 ans.": YOUNG,
    "les moins de 35 ans": YOUNG,
    "ceux de moins de 35 ans": YOUNG,
    "bénévoles de moins de 35 ans": YOUNG,
    "Tous les bénévoles de moins de 35 ans": YOUNG,
    "mes benevoles de moins de 35 ans": YOUNG,
    "plus de 60 ans": OLD,
    "les gens de plus de 60 ans": OLD,
    "entre 18 et 25 ans": one("age", "between", [18, 25]),
    "de 18 à 25 ans": one("age", "between", [18, 25]),
    "de 30 ans": one("age", "equals", 30),
    "dont l'âge est inconnu": one("age", "unknown"),
    "nés avant 1980": one("birth_year", "under", 1980),
    "nées entre 1980 et 1990": one("birth_year", "between", [1980, 1990]),
    "permis B": DRIVER,
    "ceux qui ont le permis B": DRIVER,
    "PERMIS b": DRIVER,
    "avec le tag permis B": DRIVER,
    "étiquetés « permis B »": DRIVER,
    'étiquetés "permis B" ou "cuisine"': one("tags", "has", ["Cuisine", "permis B"]),
    "sans permis B": one("tags", "has_not", "permis B"),
    "sans étiquette": one("tags", "unknown"),
    "moins de 35 ans et permis B": {"all": [YOUNG, DRIVER]},
    "permis B, moins de 35 ans": {"all": [DRIVER, YOUNG]},
    "moins de 35 ans ou permis B": {"any": [YOUNG, DRIVER]},
    "bénévoles qui sont disponibles le soir": EVENING,
    "dispo le soir": EVENING,
    "disponibles ce soir": EVENING,
    "libres en soirée": EVENING,
    "disponible le weekend": one("availability", "has", "weekends"),
    "disponibles le soir ou le week-end": one("availability", "has", ["evenings", "weekends"]),
    "disponibles en semaine": one("availability", "has", "weekdays"),
    "pas disponibles le soir": one("availability", "has_not", "evenings"),
    "adhérents": MEMBER,
    "les adhérents": MEMBER,
    "non adhérents": one("member", "false"),
    "adhérents et disponibles le soir": {"all": [MEMBER, EVENING]},
    "adhérents, disponibles le soir, moins de 35 ans": {"all": [MEMBER, EVENING, YOUNG]},
    "de la liste Nouveaux": NEW,
    "sur la liste « nouveaux »": NEW,
    "liste samedi matin": one("lists", "has", "Samedi matin"),
    "de la liste Nouveaux ou Conducteurs": one("lists", "has", ["Conducteurs", "Nouveaux"]),
    "pas dans la liste Conducteurs": one("lists", "has_not", "Conducteurs"),
    "à moins de 10 km de 80000": near("80000", 10),
    "à moins de 10 km d'Amiens": near("80000", 10),
    "dans un rayon de 5km autour d'Amiens": near("80000", 5),
    "code postal 80000": one("postcode", "equals", "80000"),
    "dont le code postal commence par 80": one("postcode", "starts_with", "80"),
    "dans la Somme": one("department", "equals", "80"),
    "dans le 80": one("department", "equals", "80"),
    "des départements Somme ou Oise": one("department", "one_of", ["60", "80"]),
    "qui parlent arabe": one("language", "one_of", "ar"),
    "parlant anglais": one("language", "equals", "en"),
    "qui viennent régulièrement": one("rhythm", "equals", "regular"),
    "compétents en informatique": one("skills", "has", "informatique"),
    "avec un e-mail": one("email", "known"),
    "sans mail": one("email", "unknown"),
    "arrivés depuis moins de 3 mois": one("created", "within_days", 90),
    "ajoutés après le 1er janvier 2026": one("created", "after", "2026-01-01"),
    "moins de 35 ans sauf permis B": {"all": [YOUNG, {"none": [DRIVER]}]},
    "tous sauf ceux de la liste Nouveaux": {"none": [NEW]},
    "Tous les bénévoles sauf les adhérents": {"none": [MEMBER]},
    "disponibles le soir, permis B ou adhérents, sauf ceux de plus de 60 ans": {
        "all": [EVENING, {"any": [DRIVER, MEMBER]}, {"none": [OLD]}]
    },
    "dont « taille de gilet » est « M »": one("custom.taille de gilet", "equals", "M"),
    "prénommés Zoé": one("first_name", "equals", "Zoé"),
}
"""What is typed, and its rule as programs write it."""


def open_fields(session: Session) -> Fields:
    space: Space = make_space(session)
    for name in LISTS:
        make_list(session, space, name=name)
    session.add_all(Tag(space_id=space.id, name=name) for name in TAGS)
    for name, label, choices, type in (
        ("skills", "Compétences", SKILLS, FieldType.CHOICES),
        ("taille de gilet", "taille de gilet", ("S", "M", "L"), FieldType.CHOICE),
        ("annees", "années de permis", (), FieldType.NUMBER),
        ("visite", "visite médicale", (), FieldType.DATE),
        ("remarque", "remarque", (), FieldType.TEXT),
    ):
        session.add(
            ContactField(
                space_id=space.id, name=name, label=label, choices=list(choices), type=type, created_at=NOON
            )
        )  # fmt: skip
    session.flush()
    return fields_of(session, space.id)


@pytest.fixture
def fields(database: Database) -> Fields:
    """Those of a space with lists, tags, skills and fields of its own."""
    with database.transaction() as session:
        return open_fields(session)


def test_sixty_sentences_as_people_type_them(fields: Fields) -> None:
    assert len(TYPED) >= 60
    wrong = {}
    for typed, meant in TYPED.items():
        try:
            found: Any = to_json(read_sentence(typed, fields))
        except RuleBroken as refusal:
            found = refusal.sentence
        if found != to_json(fields.parse(meant)):
            wrong[typed] = found
    assert wrong == {}


def negations(sentence: str) -> int:
    """« ne … pas » is one; what brackets say of the unknown is none."""
    outside = re.sub(r"«[^»]*»", "", re.sub(r"\([^)]*\)", "", sentence))
    return len(re.findall(r"\b(?:pas|sans|hors|non|jamais|rien|aucune?|inconnue?s?)\b", outside))


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the fields are read, never written
@given(st.data())
def test_every_condition_prints_without_two_negations_and_is_read_back(fields: Fields, data: st.DataObject) -> None:
    every = [(field, operator) for field in fields.values() for operator in field.operators]
    field, operator = data.draw(st.sampled_from([both for both in every if both[0].choices or not needs_choice(both)]))
    values: dict[Takes, Any] = {
        Takes.NOTHING: st.none(),
        Takes.TEXT: st.sampled_from(("80000", "Zoé", "de la rue", "M & co", "sauf » ça")),
        Takes.NUMBER: st.integers(int(max(field.min, 0)), int(min(field.max, 3000))),
        Takes.RANGE: st.tuples(st.integers(1900, 1950), st.integers(1951, 2000))
        if field.min >= 1900
        else st.tuples(st.integers(0, 50), st.integers(51, 130)),
        Takes.DAY: st.sampled_from(("2026-01-01", "2025-12-31")),
        Takes.DAYS: st.sampled_from((1, 30, 365)),
        Takes.CHOICE: st.sampled_from([one.value for one in field.choices] or [""]),
        Takes.CHOICES: st.lists(st.sampled_from([one.value for one in field.choices] or [""]), min_size=1, max_size=4),
        Takes.NEAR: st.sampled_from(({"of": "80000", "km": 10}, {"of": "75001", "km": 1})),
    }
    rule = fields.parse(one(field.name, operator.name, data.draw(values[operator.takes])))
    sentence = sentence_of(rule, fields)
    assert read_sentence(sentence, fields) == rule, sentence
    assert negations(sentence) <= 1, sentence


def needs_choice(both: Any) -> bool:
    return both[1].takes in (Takes.CHOICE, Takes.CHOICES)
