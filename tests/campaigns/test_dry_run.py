"""What is told before a campaign leaves is what leaves: people, parts, price."""

from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import Mode
from app.campaigns import dry_run, launching, service
from app.campaigns.models import Campaign
from app.clock import PARIS
from app.consent.families import Family
from app.messaging.models import Mailing, Message, Reply
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space
from tests.messaging.desk import claim


def test_the_dry_run_is_what_is_written(database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        everyone = make_list(session, space)
        couple, child, left_out = "+33639980001", {"birth_year": 2014}, make_contact(session, space, on=everyone)
        for name, words in [
            ("Zoé", {"phone": couple}),
            ("Paul", {"phone": couple}),
            ("François", {}),  # his ç turns his text alone to UCS-2
            ("Léa", child),
            ("Tom", {**child, "phone_is_parents": True}),
            ("x" * 80, {}),
        ]:
            make_contact(session, space, on=everyone, first_name=name, name_key=name.lower(), **words)
        audience = {"lists": [everyone.id], "contacts": [], "except": [left_out.id]}
        campaign = make_campaign(session, space, audience=audience, body="Bonjour {prénom}, " + "à samedi. " * 8)
        run = service.schedule_at_once(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
        launching.write_batch(session, campaign, limit=500, settings=settings, now=NOON)
        written = session.scalars(select(Message)).all()
        assert run.people == len(written) == 4
        assert run.parts == sum(one.parts for one in written)
        assert run.price_micros == sum(one.price_micros for one in written)
        assert dict(run.left_out) == {"same_phone": 1, "under_15": 1}
        assert len({one.parts for one in written}) > 1
        again = dry_run.rehearse(session, space, campaign, at=NOON, settings=settings, now=NOON)
        assert again.people == 4
        assert session.scalar(select(func.count()).select_from(Campaign)) == 1
        assert {one.family for one in session.scalars(select(Mailing))} == {Family.CHARITABLE}


def test_a_phone_whose_evening_has_come_waits_for_its_own_morning_and_is_named(database, settings):
    saturday = datetime(2026, 3, 7, 17, 30, tzinfo=PARIS)
    monday = datetime(2026, 3, 9, 6, tzinfo=PARIS)  # nine o'clock in La Réunion
    with database.transaction() as session:
        space = make_space(session)
        everyone = make_list(session, space)
        make_contact(session, space, on=everyone, phone="+33612345678")
        make_contact(session, space, on=everyone, phone="+262692123456", first_name="Anne", last_name="Payet")
        campaign = make_campaign(session, space, audience={"lists": [everyone.id], "contacts": [], "except": []})
        run = service.schedule_at_once(
            session, space, campaign, at=saturday, by=SOMEBODY, settings=settings, now=saturday
        )
        launching.write_batch(session, campaign, limit=500, settings=settings, now=saturday)
    assert (run.first_at, run.held_by_hours, run.waiting) == (saturday, False, {monday: ["Anne Payet"]})
    assert [one.text.phone for one in claim(database, settings, now=saturday)] == ["+33612345678"]
    assert [one.text.phone for one in claim(database, settings, now=monday)] == ["+262692123456"]


def test_whoever_may_have_objected_is_counted_as_waiting_and_named(database, settings):
    with database.transaction() as session:
        space = make_space(session, two_way=True)
        everyone = make_list(session, space)
        for phone, name in (("+33612345678", "Anne"), ("+33612345679", "Luc")):
            make_contact(session, space, on=everyone, phone=phone, first_name=name, last_name="Payet")
        words = {"account_sid": "AC1", "phone": "+33612345679", "body": "Laissez-moi", "meaning": "unclear", "at": NOON}
        session.add_all(Reply(space_id=space.id, carrier_sid=sid, **words) for sid in ("SM1", "SM2"))
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign, about_missions = (
            make_campaign(session, space, audience=audience, family=family)
            for family in (Family.CHARITABLE, Family.SERVICE)
        )
        run = service.schedule_at_once(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
        launching.write_batch(session, campaign, limit=500, settings=settings, now=NOON)
        other = dry_run.rehearse(session, space, about_missions, at=NOON, settings=settings, now=NOON)
    assert (run.people, run.unread, run.left_out.total()) == (2, ["Luc Payet"], 0)
    assert other.unread == []
    assert [one.text.phone for one in claim(database, settings, now=NOON)] == ["+33612345678"]
