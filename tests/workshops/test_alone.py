"""« S'entraîner seul »: from an association's own space, through the path, to its end."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.accounts import activity
from app.accounts.models import Activity, Association, Membership, Mode, Role, Space
from app.accounts.principal import Principal
from app.assembly import ACTS, STEP_KINDS
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.contacts.models import Contact, Import
from app.workshops.alone import service as alone
from app.workshops.kits import mass_sms
from app.workshops.models import AlonePractice, PracticeSpace, Workshop
from app.workshops.practice import service as practice
from tests.factories import make_space, make_user, sign_in

REST = (
    ("import.finished", {}),
    ("import.refusals_read", {}),
    ("campaign.edited", {"parts": 1, "signs": 90}),
    ("campaign.reviewed", {}),
    ("campaign.stopped", {}),
    ("campaign.launched", {}),
    ("campaign.failures_read", {}),
    ("reply.handled", {}),
    ("contact.opted_out", {"channel": "link"}),
    ("campaign.scheduled", {"opted_out": 1}),
    ("reminder.made", {}),
    ("reminder.sent", {}),
)
"""What rooms do between holding a phone and Monday."""


@pytest.fixture
def odile(app, database):
    """The browser of somebody who works in a live space, and the space."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        home = make_space(session, slug="quai", name="Les Amis du Quai", mode=Mode.LIVE)
        user = make_user(session, space=home, role=Role.EQUIPIERE, name="Odile")
        sign_in(client, session, user)
    return client, home, user


def plain(page):
    return page.text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")


def test_somebody_practises_alone_from_the_first_step_to_the_summary(database, odile):
    client, home, user = odile
    offered = plain(client.get("/e/quai/s-entrainer"))
    assert "Commencer l'entraînement" in offered
    assert "Vérifier que c'est respecté" in offered
    begun = client.post("/e/quai/s-entrainer")
    again = client.post("/e/quai/s-entrainer")
    assert begun.location == again.location  # two presses make one
    assert "Reprendre mon entraînement" in plain(client.get("/e/quai/s-entrainer"))
    with database.snapshot() as session:
        mine = session.scalars(select(AlonePractice)).one()
        space = session.get_one(Space, mine.space_id)
        assert (space.mode, space.two_way) == (Mode.PRACTICE, False)
        assert session.get_one(Association, mine.association_id).space_id == home.id
        assert session.scalars(select(PracticeSpace)).all() == []
        told = session.scalars(select(Activity.verb).where(Activity.space_id == home.id)).all()
        phone = alone.offered(session, space)[0][0]
    assert "alone.begun" not in told  # nothing changed in the association's own space
    here = f"/e/{space.slug}"
    page = plain(client.get(f"{here}/"))
    assert "Entraînement : aucun vrai SMS ne part." in page
    assert "2/15 Prendre un téléphone" in page  # the invented past ticks nothing
    assert "formateur" not in page
    assert phone in client.get(f"{here}/telephones/tenir").text
    client.post(f"{here}/telephones/tenir", data={"phone": phone})
    page = plain(client.get(f"{here}/"))
    assert "3/15 Importer un fichier" in page
    assert "Mon téléphone :" in page
    assert 'class="phone-beside"' in page
    checked = client.post(f"{here}/imports/fichier-de-l-atelier")
    assert "fichier-de-l-atelier.csv" in client.get(checked.location).text
    with database.transaction() as session:
        assert session.scalars(select(Import.file_name).where(Import.space_id == space.id).order_by(Import.id)).all()[
            -1:
        ]
        by = Principal("user", user.id, user.name)
        for verb, detail in REST:
            activity.record(session, space.id, ACTS[verb], by=by, now=utc_now(), **detail)
            session.flush()
    page = plain(client.get(f"{here}/"))
    assert "15/15 Et lundi ?" in page
    ended = client.post(f"{here}/s-entrainer/lundi", follow_redirects=True)
    assert "15 étapes faites sur 15" in plain(ended)
    assert "Vous avez tout fait, bravo !" in plain(ended)
    assert "Imprimer mon bilan" in plain(ended)
    assert "Ouvrir l'espace « Les Amis du Quai »" in plain(ended)
    assert 'href="/e/quai/"' in ended.text


def test_the_time_passes_in_one_s_own_practice_and_nowhere_else(database, odile):
    client, _home, _user = odile
    assert client.post("/e/quai/s-entrainer/avancer").status_code == 404
    assert client.post("/e/quai/imports/fichier-de-l-atelier").status_code == 404
    here = client.post("/e/quai/s-entrainer").location.rstrip("/")
    assert client.post(f"{here}/s-entrainer/avancer").status_code == 302


def test_practice_is_on_the_clock_of_its_association(database, settings, odile, planned):
    """Somebody in Nouméa who practises reads no hour of Paris, alone or in a workshop."""
    _client, home, user = odile
    words = {"settings": settings, "by": Principal("user", user.id, user.name), "now": utc_now()}
    with database.transaction() as session:
        home = session.get_one(Space, home.id)
        home.zone = "Pacific/Noumea"
        workshop = session.get_one(Workshop, planned.id)
        workshop.association_space_id = home.id
        practice.open_doors(session, workshop, **words)
        assert alone.begin(session, home, user, **words).zone == "Pacific/Noumea"
        model = session.get_one(Space, workshop.model_space_id)
        copy = practice.new_copy(session, workshop, name="Place 1", **words)
        assert (model.zone, copy.zone) == ("Pacific/Noumea", "Pacific/Noumea")
        [sent] = session.scalars(select(Campaign.send_at).where(Campaign.space_id == copy.id, Campaign.mailing_id > 0))
        assert sent.astimezone(ZoneInfo("Pacific/Noumea")).hour == 18, "in the evening there too"


def test_a_practice_that_nobody_touches_goes_after_a_month_with_its_access(database, settings, odile):
    _client, home, user = odile
    now, by = utc_now(), Principal("user", user.id, user.name)
    with database.transaction() as session:
        made = alone.begin(session, home, user, settings=settings, by=by, now=now)
    with database.transaction() as session:
        assert alone.forgotten(session, now=now + timedelta(days=29)) == []
        late = now - timedelta(days=31)
        session.execute(update(Activity).where(Activity.space_id == made.id).values(at=late))
        session.execute(update(AlonePractice).values(begun_at=late))
        assert [one.id for one in alone.forgotten(session, now=now)] == [made.id]
        alone.end(session, session.get_one(Space, made.id), by=by, now=now)
    with database.snapshot() as session:
        assert session.scalars(select(AlonePractice)).all() == []
        assert session.scalars(select(Membership).where(Membership.space_id == made.id)).all() == []
        assert session.scalars(select(Contact).where(Contact.space_id == made.id)).all() == []


def test_each_step_has_words_for_whoever_is_alone():
    steps = alone.steps(STEP_KINDS)
    assert [step.key for step in steps] == list(mass_sms.KIT.steps)
    assert [step.key for step in steps if "formateur" in (step.text + step.hint).lower()] == []
