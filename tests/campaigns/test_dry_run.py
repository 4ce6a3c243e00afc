"""What is told before a campaign leaves is what leaves: people, parts, price."""

from sqlalchemy import func, select

from app.accounts.models import Mode
from app.campaigns import dry_run, launching, service
from app.campaigns.models import Campaign
from app.consent.families import Family
from app.messaging.models import Mailing, Message
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space


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
        run = service.schedule(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
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
