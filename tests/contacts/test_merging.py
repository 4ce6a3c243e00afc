"""Two cards that are one person's become one, with a record that undoes it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel, ConsentEntry
from app.contacts import archiving, history, lists, service, tags
from app.contacts.merging import retention, story
from app.contacts.merging import service as merging
from app.contacts.merging.models import MergeAction
from app.contacts.models import Contact, ContactTag, ListMember
from app.contacts.pairs.models import DuplicatePair, PairState
from app.contacts.profile import values
from app.dashboard.merges import MOVES
from app.database.tables import Base
from app.errors import Conflict, RuleBroken
from app.events import attendance
from app.events import service as events
from app.events.models import Answer, Presence, Registration
from app.links import service as links
from app.messaging.models import Message
from app.messaging.status import Status
from tests.events.stage import make_event
from tests.factories import (
    FINGERPRINT_KEY,
    NOON,
    SOMEBODY,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
)

ACT = {"by": SOMEBODY, "now": NOON}
DO = {"moves": MOVES, **ACT}
LATER = NOON + timedelta(days=2)
UNDO = {"moves": MOVES, "by": SOMEBODY, "now": LATER + timedelta(days=1)}
COMMERCIAL = {"family": Family.COMMERCIAL, "channel": Channel.PAPER, **ACT}
SPECIAL = {"contacts", "merges", "duplicate_pairs", "bulk_edit_rows", "contact_activity"}


def test_every_table_that_names_a_contact_says_what_a_merge_does_of_it():
    declared = {table.rows.name for each in MOVES for table in each.tables}
    named = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "contacts" for key in table.foreign_keys)
    }
    assert named - SPECIAL == declared


def test_lea_and_lea_are_one_until_they_are_two_again(database):
    """Trap 10: stop wins; one answer, the latest; the link resolves; undone, each has her own again."""
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Léa", last_name="Blanc")
        other = make_contact(session, space, first_name="Lea", last_name="Blanc", email="lea@exemple.fr")
        consent.agree(session, space.id, lea.fingerprint, given=True, wording="Je veux bien", **COMMERCIAL)
        consent.agree(
            session, space.id, other.fingerprint, given=False, wording="Non", contact_id=other.id, **COMMERCIAL
        )
        event = make_event(session, space, starts_at=NOON + timedelta(days=30))
        events.invite(session, event, [lea, other], **ACT)
        events.answer(session, event.id, lea.id, Answer.COMING, by=SOMEBODY, now=NOON - timedelta(hours=2))
        events.answer(session, event.id, other.id, Answer.NOT_COMING, by=SOMEBODY, now=NOON - timedelta(hours=1))
        consent.object_to(
            session, space.id, other.fingerprint, channel=Channel.SMS, contact_id=other.id, wording="STOP", **ACT
        )
        link = {"space_id": space.id, "purpose": "event", "subject_id": event.id, "contact_id": other.id}
        token = links.new_token()
        links.store(session, [links.row(token, now=NOON, fingerprint=other.fingerprint, **link)])

        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        assert (other.merged_into_id, other.archived_at, lea.email) == (lea.id, NOON, "lea@exemple.fr")
        assert consent.opted_out(session, space.id, [lea.fingerprint]) == {lea.fingerprint}
        assert consent.consenting(session, space.id, [lea.fingerprint]) == set()
        proofs = session.scalars(select(ConsentEntry.wording).where(ConsentEntry.contact_id == lea.id)).all()
        assert {"Non", "STOP"} < set(proofs), "both proofs stay as they were said"
        [place] = session.scalars(select(Registration))
        assert (place.contact_id, place.answer) == (lea.id, Answer.NOT_COMING)
        assert links.find(session, token).contact_id == lea.id

        events.answer(session, event.id, links.find(session, token).contact_id, Answer.COMING, by=SOMEBODY, now=LATER)
        assert story.came_after(session, done, MOVES) == ["1 réponse à une mission depuis"]
        merging.undo(session, space, done, **UNDO)
        places = dict(session.execute(select(Registration.contact_id, Registration.answer)).all())
        assert places == {lea.id: Answer.COMING, other.id: Answer.NOT_COMING}
        assert (other.merged_into_id, other.archived_at, other.email, lea.email) == (None, None, "lea@exemple.fr", "")
        assert consent.opted_out(session, space.id, [lea.fingerprint, other.fingerprint]) == {other.fingerprint}
        assert consent.consenting(session, space.id, [lea.fingerprint]) == {lea.fingerprint}
        assert links.find(session, token).contact_id == other.id
        [pair] = session.scalars(select(DuplicatePair))
        assert pair.state is PairState.NOT_DUPLICATE
        service.edit(session, space, other, {"last_name": "BLANC", "email": ""}, key=FINGERPRINT_KEY, **ACT)
        assert session.scalars(select(DuplicatePair)).all() == [pair], "never proposed again"
        with pytest.raises(Conflict, match="déjà séparées"):
            merging.undo(session, space, done, **UNDO)


def test_a_later_stop_of_the_husk_s_phone_is_the_survivor_s_and_stays_after_the_undoing(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        consent.object_to(
            session, space.id, other.fingerprint, channel=Channel.LINK, by=SOMEBODY, now=LATER, contact_id=lea.id
        )
        both = {lea.fingerprint, other.fingerprint}
        assert consent.opted_out(session, space.id, both) == both
        merging.undo(session, space, done, **UNDO)
        assert consent.opted_out(session, space.id, both) == both


def test_the_stop_of_a_number_given_up_holds_at_the_one_that_is_kept(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        theirs = other.fingerprint
        words = {"channel": Channel.SMS, "wording": "STOP", **ACT}
        consent.object_to(session, space.id, lea.fingerprint, contact_id=lea.id, **words)
        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, chosen=["phone"], **DO)
        assert lea.fingerprint == theirs
        assert consent.opted_out(session, space.id, [theirs]) == {theirs}
        merging.undo(session, space, done, **UNDO)
        assert consent.opted_out(session, space.id, [lea.fingerprint, theirs]) == {lea.fingerprint}


def test_lists_tags_values_and_texts_are_the_survivor_s_and_go_back(database):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        both, left, new = (make_list(session, space) for _ in "123")
        lea = make_contact(session, space, on=both, note="le mardi")
        other = make_contact(session, space, on=both, note="a une remorque")
        for one in (left, new):
            lists.put_on(session, one, [lea, other] if one is left else [other], **ACT)
        lists.take_off(session, left, lea, **ACT)
        tags.put(session, lea, ["cuisine"], **ACT)
        tags.put(session, other, ["cuisine", "permis B"], **ACT)
        values.put(session, lea, {"Taille": "M"}, now=NOON)
        values.put(session, other, {"Taille": "L", "Métier": "soudeuse"}, now=NOON)
        shared, own = make_mailing(session, space), make_mailing(session, space)
        make_message(session, shared, contact_id=lea.id, phone=lea.phone, status=Status.DELIVERED)
        doubled = make_message(session, shared, contact_id=other.id, phone=other.phone, status=Status.QUEUED)
        waiting = make_message(session, own, contact_id=other.id, phone=other.phone, status=Status.QUEUED)

        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        on = select(ListMember.list_id).where(ListMember.contact_id == lea.id)
        worn = tags.of_contacts(session, [lea.id])[lea.id]
        said = {one.field.label: one.text for one in values.of_contacts(session, space.id, [lea.id])[lea.id]}
        assert set(session.scalars(on)) == {both.id, new.id}, "nobody is put back on a list they were taken off"
        assert (worn, said) == (["cuisine", "permis B"], {"Taille": "M", "Métier": "soudeuse"})
        assert lea.note == "le mardi\na une remorque"
        session.refresh(doubled)
        session.refresh(waiting)
        assert (doubled.status, doubled.reason, doubled.contact_id) == (Status.WITHDRAWN, "merged", lea.id)
        assert (waiting.status, waiting.contact_id) == (Status.QUEUED, lea.id)
        assert story.done(session, done)[MergeAction.KEPT] == 2

        service.edit(session, space, lea, {"note": "le jeudi"}, key=FINGERPRINT_KEY, by=SOMEBODY, now=LATER)
        session.delete(new)
        session.flush()
        merging.undo(session, space, done, **UNDO)
        assert tags.of_contacts(session, [lea.id, other.id]) == {
            lea.id: ["cuisine"],
            other.id: ["cuisine", "permis B"],
        }
        places = session.execute(select(ListMember.list_id, ListMember.contact_id)).all()
        assert set(map(tuple, places)) == {(both.id, lea.id), (both.id, other.id), (left.id, other.id)}
        assert len(values.of_contacts(session, space.id, [other.id])[other.id]) == 2
        assert (lea.note, other.note) == ("le jeudi", "a une remorque"), "what was changed since stays"
        assert set(session.scalars(select(Message.contact_id).where(Message.id != 0))) == {lea.id, other.id}
        assert session.scalars(select(ContactTag)).all()


@pytest.mark.parametrize("same_phone", [True, False])
def test_the_number_and_name_chosen_are_exchanged_so_that_each_still_leads_to_them(database, same_phone):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Lea", last_name="Blanc")
        words = {"phone": lea.phone, "fingerprint": lea.fingerprint} if same_phone else {}
        other = make_contact(session, space, first_name="Léa-Marie", last_name="Blanc", **words)
        before = [(one.phone, one.first_name, one.name_key) for one in (lea, other)]
        done = merging.merge(
            session, space, survivor_id=lea.id, loser_id=other.id, chosen=["phone", "first_name"], **DO
        )
        assert (lea.phone, lea.first_name) == (before[1][0], "Léa-Marie")
        for phone, first_name, _key in before:
            assert service.find(session, space.id, phone, first_name) == lea
        merging.undo(session, space, done, **UNDO)
        assert [(one.phone, one.first_name, one.name_key) for one in (lea, other)] == before


def test_the_husk_of_a_card_without_name_stands_for_nobody_else(database):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Léa", phone="+33639980001")
        nameless = make_contact(session, space, first_name="", last_name="", phone="+33639980001")
        merging.merge(session, space, survivor_id=lea.id, loser_id=nameless.id, **DO)
        assert service.find(session, space.id, lea.phone, "") == lea
        assert service.find(session, space.id, lea.phone, "Paul") is None


def test_what_cannot_be_merged_or_undone_says_why(database):
    with database.transaction() as session:
        space, elsewhere = make_space(session), make_space(session)
        lea, other, third = (make_contact(session, space) for _ in "123")
        with pytest.raises(RuleBroken):
            merging.merge(session, space, survivor_id=lea.id, loser_id=lea.id, **DO)
        with pytest.raises(RuleBroken):
            merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, chosen=["id"], **DO)
        first = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        with pytest.raises(Conflict, match="archivée"):
            merging.merge(session, space, survivor_id=third.id, loser_id=other.id, **DO)
        second = merging.merge(session, space, survivor_id=third.id, loser_id=lea.id, **DO)
        with pytest.raises(Conflict, match="séparez d'abord"):
            merging.undo(session, space, first, **UNDO)
        late = {**UNDO, "now": NOON + merging.UNDO_WITHIN}
        with pytest.raises(Conflict, match="trop tard"):
            merging.undo(session, space, second, **late)
        assert merging.of_contact(session, lea) == [second, first]
        assert retention.forget_records(session, now=NOON + merging.UNDO_WITHIN) == 0, "as long as it can be undone"
        merging.undo(session, space, second, **UNDO)
        merging.undo(session, space, first, **UNDO)
        assert retention.forget_records(session, now=NOON + merging.UNDO_WITHIN + timedelta(days=1)) > 0
        assert {one.merged_into_id for one in (lea, other, third)} == {None}
        with pytest.raises(Exception, match="n'existe pas"):
            merging.get(session, elsewhere.id, first.id)


def test_history_is_both_cards_then_each_card_s_own(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space) for _ in "12")
        event = make_event(session, space, starts_at=NOON)
        events.invite(session, event, [lea, other], **ACT)
        for one, hours in ((lea, 3), (other, 1)):
            events.answer(session, event.id, one.id, Answer.COMING, by=SOMEBODY, now=NOON - timedelta(hours=hours))
        attendance.note(session, event, dict.fromkeys((lea.id, other.id), Presence.CAME), **ACT)
        mailing = make_mailing(session, space)
        for one in (lea, other):
            words = {"phone": one.phone, "status": Status.UNDELIVERED, "claimed_at": NOON}
            make_message(session, mailing, contact_id=one.id, **words)
            history.note(session, history.News(contacted={one.id: NOON}, undelivered={one.id: 1}))
        before = [known(session, one) for one in (lea, other)]
        done = merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        assert known(session, lea) == (NOON, NOON - timedelta(hours=1), NOON.date(), 1, 2)
        merging.undo(session, space, done, **UNDO)
        assert [known(session, one) for one in (lea, other)] == before


def known(session, contact):
    kept = history.find(session, contact.space_id, contact.id)
    session.refresh(kept)
    return (
        kept.last_contacted_at, kept.last_answered_at, kept.last_came_on, kept.times_came, kept.undelivered_count
    )  # fmt: skip


def test_removing_somebody_removes_the_cards_merged_into_theirs(database):
    with database.transaction() as session:
        space = make_space(session)
        lea, other, third = (make_contact(session, space) for _ in "123")
        merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, **DO)
        merging.merge(session, space, survivor_id=third.id, loser_id=lea.id, **DO)
        service.remove(session, third, **ACT)
        assert session.scalars(select(Contact)).all() == []


@pytest.mark.parametrize("typed", ["Léa", "Lea-Lou"])
def test_who_is_typed_at_their_merged_card_s_number_comes_back_by_it(database, typed):
    with database.transaction() as session:
        space = make_space(session)
        lea = make_contact(session, space, first_name="Léa")
        husk = make_contact(session, space, first_name=typed)
        merging.merge(session, space, survivor_id=lea.id, loser_id=husk.id, **DO)
        archiving.archive(session, lea, **ACT)
        mine, theirs = lea.phone, husk.phone
        card = {"phone": theirs, "first_name": typed, "last_name": "Petit", "town": "Amiens"}
        assert service.add(session, space, card, key=FINGERPRINT_KEY, **ACT) is lea
        assert (lea.archived_at, lea.phone, lea.first_name, lea.town) == (None, mine, "Léa", "Amiens")
        assert (husk.phone, husk.merged_into_id) == (theirs, lea.id)
        with pytest.raises(Conflict, match="Léa Petit est déjà là"):
            service.add(session, space, card, key=FINGERPRINT_KEY, **ACT)
