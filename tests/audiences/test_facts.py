"""What is known of one person stands beside each line that decides."""

from datetime import date, timedelta

import pytest

from app.audiences.book import open_book
from app.audiences.web.facts import facts_of
from app.contacts.history_models import ContactActivity
from app.contacts.models import ContactTag, Tag
from app.contacts.profile import values
from tests.factories import NOON, make_contact, make_list, make_space


@pytest.fixture
def told(database):
    """What is told of somebody much is known of, and of somebody nothing is, for a rule."""
    with database.transaction() as session:
        space = make_space(session)
        words = {"birth_year": 1985, "postcode": "80100", "town": "Abbeville", "availability": 6, "is_member": False}
        ada = make_contact(session, space, on=make_list(session, space, name="Samedi"), first_name="Ada", **words)
        tag = Tag(space_id=space.id, name="permis B")
        session.add(tag)
        session.flush()
        session.add(ContactTag(tag_id=tag.id, contact_id=ada.id))
        kept = {"last_contacted_at": NOON - timedelta(days=12), "last_came_on": date(2020, 1, 1), "times_came": 3}
        session.add(ContactActivity(contact_id=ada.id, space_id=space.id, **kept))
        values.put(session, ada, {"Pointure": "42"}, now=NOON)
        values.put_skills(session, ada, ["Cuisine"], now=NOON)
        nobody = make_contact(session, space, first_name="", postcode="")
    with database.snapshot() as session:
        book = open_book(session, space)

        def tell(*conditions):
            rule = book.fields.parse(
                {"any": [dict(zip(("field", "is", "value"), one, strict=False)) for one in conditions]}
            )
            return [facts_of(session, book, [rule], one, now=NOON) for one in (ada, nobody)]

        yield tell


def test_each_field_says_what_it_knows_of_somebody(told):
    for condition, known, unknown in (
        (("age", "under", 35), f"{NOON.year - 1985} ans", "âge inconnu"),
        (("place", "within_km", {"of": "80000", "km": 10}), "à 41 km", "on ne sait pas la situer"),
        (("department", "equals", "80"), "Somme (80)", "département inconnu"),
        (("town", "equals", "Amiens"), "commune : Abbeville", "commune inconnue"),
        (("last_contacted", "within_days", 7), "contactée il y a 12 jours", "jamais contactée"),
        (("last_came", "known"), "venue le 1er janvier 2020", "jamais venue"),
        (("times_came", "over", 4), "venue 3 fois", "jamais venue"),
        (("availability", "has", "weekdays"), "disponible le soir, le week-end", "disponibilité : rien de noté"),
        (("member", "true"), "adhésion : non", "adhésion : rien de noté"),
        (("lists", "has", "Samedi"), "listes : Samedi", "aucune liste"),
        (("tags", "unknown"), "étiquettes : permis B", "aucune étiquette"),
        (("skills", "has", "Cuisine"), "compétences : Cuisine", "aucune compétence notée"),
        (("custom.Pointure", "equals", "43"), "Pointure : 42", "Pointure : rien de noté"),
    ):
        assert told(condition) == [[known], [unknown]]


def test_a_line_of_several_says_each_thing_once_and_nothing_of_what_it_is_itself(told):
    assert told(("age", "under", 18), ("age", "over", 60), ("lists", "unknown"))[0] == [
        f"{NOON.year - 1985} ans", "listes : Samedi",
    ]  # fmt: skip
    assert told(("may_receive", "known")) == [[], []]
