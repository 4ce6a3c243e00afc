"""A change of many, done or undone while somebody else writes in the same space."""

from app.accounts import spaces
from app.accounts.models import Space
from app.contacts import service
from app.contacts.bulk import choosing
from app.contacts.bulk import service as bulk
from app.contacts.bulk.choosing import Choice
from app.contacts.bulk.models import Change
from app.contacts.bulk.service import Undone, Words
from app.contacts.models import Contact
from app.contacts.profile import custom_fields, values
from app.contacts.profile.models import FieldType
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space
from tests.together import beside

ACT = {"by": SOMEBODY, "now": NOON}


def note(session, space, key, value):
    etag = choosing.look(session, space.id, Choice()).etag
    words = Words(field=key, value=value)
    return bulk.apply(session, space, Choice(), Change.NOTE, etag=etag, words=words, take_back=lambda *_: None, **ACT)


def test_a_field_noted_beside_a_card_that_is_being_edited_keeps_one_value_and_remembers_the_other(database):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space)
        size = custom_fields.make(session, space.id, label="Taille", kind=FieldType.TEXT, choices="", **ACT)

    def note_all():
        with database.transaction() as other:
            return note(other, other.get_one(Space, space.id), f"custom.{size.id}", [["m", "M", None, None]]).id

    def edit(session):
        values.put(session, service.get(session, space.id, lea.id, lock=True), {"Taille": "L"}, now=NOON)

    done = beside(database, edit, note_all, lambda session: None)
    with database.transaction() as session:
        [said] = values.of_contacts(session, space.id, [lea.id])[lea.id]
        assert said.typed == "M", "and not both"
        bulk.undo(session, bulk.get(session, space.id, done), **ACT)
        [said] = values.of_contacts(session, space.id, [lea.id])[lea.id]
        assert said.typed == "L"


def test_an_undoing_waits_for_whoever_holds_the_space_and_then_sees_what_they_wrote(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, paul = (make_contact(session, space, town="Lyon").id for _ in "12")
        done = note(session, space, "town", "Amiens")

    def undo():
        with database.transaction() as other:
            return bulk.undo(other, bulk.get(other, space.id, done.id), **ACT)

    def edit(session):
        mine = service.get(session, space.id, lea, lock=True)
        service.edit(session, space, mine, {"town": "Corbie"}, key=FINGERPRINT_KEY, **ACT)

    undone = beside(database, lambda session: spaces.lock(session, space.id), undo, edit)
    assert undone == Undone(1, (lea,))
    with database.snapshot() as session:
        assert [session.get_one(Contact, one).town for one in (lea, paul)] == ["Corbie", "Lyon"]
