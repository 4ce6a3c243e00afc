"""Audiences with segments: counted once, bound to what was read, stopped when a segment is to be mended."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audiences import people, segments
from app.audiences.models import Segment
from app.campaigns import launching, readiness, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.consent.families import Family
from app.consent.models import Channel, OptOut
from app.contacts import lists
from app.contacts.models import ContactList, ContactTag, Tag
from app.errors import Conflict, RuleBroken
from app.messaging.models import Mailing, Message
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space

BY: dict[str, Any] = {"by": SOMEBODY, "now": NOON}


def names(session, space, audience):
    kept = [
        (one.values["prénom"], sorted((person.first_name, why) for person, why in batch.left_out))
        for batch in people.everyone(session, space, audience, Family.CHARITABLE, now=NOON)
        for one in batch.recipients
    ]
    return [name for name, _left_out in kept], (kept[0][1] if kept else [])


def make(session, space, name, **rule):
    return segments.make(session, space, name=name, rule=rule, **BY)


def test_an_audience_is_a_union_less_its_exceptions_and_its_figures_add_up(database):
    with database.transaction() as session:
        space = make_space(session)
        saturday = make_list(session, space, name="Samedi")
        tags = [Tag(space_id=space.id, name=name) for name in ("permis B", "cuisine")]
        session.add_all(tags)
        session.flush()
        people_made = {
            name: make_contact(session, space, first_name=name, on=saturday if name in "AB" else None)
            for name in "ABCDE"
        }
        for name in "ACDE":
            session.add_all(ContactTag(tag_id=tag.id, contact_id=people_made[name].id) for tag in tags)
        stopped = people_made["C"]
        session.add(
            OptOut(
                space_id=space.id, fingerprint=stopped.fingerprint, at=NOON, channel=Channel.SMS, only_missions=False
            )
        )
        people_made["D"].phone, people_made["D"].fingerprint = people_made["A"].phone, people_made["A"].fingerprint
        session.flush()
        tagged = make(session, space, "Étiquetés", field="tags", **{"is": "has"}, value=["permis B", "cuisine"])
        audience = {"lists": [saturday.id], "segments": [tagged.id], "contacts": [], "except": [people_made["E"].id]}
        assert people.check(session, space.id, audience) == audience
        got, left_out = names(session, space, audience)
        assert got == ["A", "B"]
        assert left_out == [("C", "opted_out"), ("D", "same_phone")]
        assert len(got) + len(left_out) == 4  # A and D by both tags and a list, once each


@pytest.fixture
def planned(database, settings):
    """A campaign planned for « Du samedi », which is the list « Samedi », and its space."""
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, first_name="Zoé", on=make_list(session, space, name="Samedi"))
        make_contact(session, space, first_name="Luc")
        made = make(session, space, "Du samedi", field="lists", **{"is": "has"}, value="Samedi")
        campaign = make_campaign(session, space, audience={"segments": [made.id]})
        service.schedule_at_once(session, space, campaign, at=NOON, settings=settings, **BY)
        return space, campaign.id


def launch(session, campaign, settings):
    return launching.write_batch(session, campaign, limit=10, settings=settings, now=NOON)


def test_a_planned_campaign_stops_with_its_reason_and_goes_on_once_mended(database, settings, planned):
    space, campaign_id = planned
    with database.transaction() as session:
        lists.remove(session, session.scalars(select(ContactList)).one(), **BY)
    with database.transaction() as session:
        campaign = launching.claim_due(session, now=NOON + timedelta(minutes=1))
        assert launch(session, campaign, settings) == 0
        assert campaign.stage is Stage.PAUSED
        assert "« Du samedi » est à réparer" in session.get_one(Mailing, campaign.mailing_id).pause_reason
        assert session.scalars(select(Message)).all() == []
    with database.transaction() as session:
        segment = session.scalars(select(Segment)).one()
        segments.edit(session, space, segment, rule={"field": "first_name", "is": "equals", "value": "zoe"}, **BY)
        campaign = session.get_one(Campaign, campaign_id)
        service.resume(session, campaign, **BY)
        assert launch(session, campaign, settings) == 1
        assert [one.phone for one in session.scalars(select(Message))] != []


def test_what_was_read_is_what_is_sent(database, settings, planned):
    space, _planned = planned
    with database.transaction() as session:
        segment = session.scalars(select(Segment)).one()
        campaign = make_campaign(session, space, audience={"segments": [segment.id]})
        words = {"settings": settings, "now": NOON}
        rehearsal = readiness.rehearse(session, space, campaign, at=NOON, **words)
        assert rehearsal.run.people == 1
        segments.edit(session, space, segment, rule={"field": "first_name", "is": "known"}, **BY)
        with pytest.raises(Conflict) as refused:
            service.schedule(session, space, campaign, rehearsal, at=NOON, by=SOMEBODY, **words)
        assert refused.value.code == "campaign_changed"
        lists.remove(session, session.scalars(select(ContactList)).one(), **BY)
        segment.rule = {"field": "lists", "is": "has", "value": 999}
        with pytest.raises(RuleBroken, match="à réparer"):
            readiness.rehearse(session, space, campaign, at=NOON, **words)
        kept, gone = people.still_there(session, space.id, {"segments": [segment.id, segment.id + 1]})
        assert (kept["segments"], gone) == ([segment.id], 1)
