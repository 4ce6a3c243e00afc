"""Partners: seeded, changed, attached, and named on a page for anybody."""

from datetime import timedelta

from sqlalchemy import select, update

from app.accounts.models import Staff
from app.programme.partners import seed, service
from app.programme.partners.models import Partner, PartnerTie, Subject
from tests.factories import NOON, SOMEBODY, make_user, sign_in
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import today

BY = {"space_id": None, "by": SOMEBODY, "now": NOON}


def test_partners_are_named_by_what_they_bring_and_those_that_left_apart(desk, client, database):
    with database.transaction() as session:
        assert seed.seed(session, NOON) == 13
        assert seed.seed(session, NOON) == 0
        wavestone = session.scalars(select(Partner).where(Partner.name == "Wavestone")).one().id
    public = client.get("/partenaires")
    assert "Set-Cookie" not in public.headers
    assert "Ils prêtent leurs compétences Wavestone" in told(public.text)
    assert "Ils nous ont aidés" not in told(public.text)
    page = f"/programme/partenaires/{wavestone}"
    yesterday = (today() - timedelta(days=1)).isoformat()
    form = {"name": "Wavestone", "kind": "skills", "until": yesterday, "address": "www.wavestone.com"}
    assert desk.post(page, data=form).status_code == 302
    public = client.get("/partenaires").text
    assert "Ils prêtent leurs compétences" not in public
    assert "Ils nous ont aidés Wavestone" in told(public)
    assert 'href="https://www.wavestone.com"' in public
    nothing = desk.post("/programme/partenaires/nouveau", data={"name": "Or", "kind": "or"})
    assert (nothing.status_code, "Choisissez ce qu" in nothing.text) == (422, True)
    odd = {"name": "Or", "kind": "financial", "since": "hier"}
    refused = desk.post("/programme/partenaires/nouveau", data=odd)
    assert (refused.status_code, "Choisissez un jour" in refused.text) == (422, True)
    backwards = {**form, "since": "2026-02-01", "until": "2026-01-01", "name": " ", "address": "javascript:alert(1)"}
    words = told(desk.post(page, data=backwards).text)
    assert "3 points à corriger" in words
    assert "Le dernier jour vient avant le premier" in words
    twice = desk.post("/programme/partenaires/nouveau", data={"name": "IEDH ", "kind": "operational"})
    assert "déjà parmi les partenaires" in told(twice.text)
    assert desk.post("/programme/partenaires/nouveau", data={"name": "Neuf", "kind": "financial"}).status_code == 302
    assert "Neuf" in desk.get("/programme/partenaires").text


def test_a_partner_is_reached_from_the_page_and_one_that_staff_changed_stays_as_it_is(client, database):
    with database.transaction() as session:
        seed.seed(session, NOON)
        session.execute(update(Partner).values(address=""))
        known = {one.name: one for one in session.scalars(select(Partner))}
        iedh, diffuz = known["IEDH"], known["Diffuz"]
        diffuz.updated_at = NOON + timedelta(days=1)
        assert seed.seed(session, NOON) == 0
        assert (iedh.address, diffuz.address) == ("", "")
    page = client.get("/partenaires").text
    assert '<a href="https://emmaus-france.org" rel="noopener">Emmaüs France</a>' in page
    assert "IEDH site à vérifier" in told(page)


def test_a_thing_has_the_partners_that_were_set_and_no_others(database):
    with database.transaction() as session:
        seed.seed(session, NOON)
        one, two, three = [each.id for each in service.everyone(session)[:3]]
        service.set_of(session, Subject.TOOL, 7, [one, two, 999], **BY)
        service.set_of(session, Subject.TRAINING, 7, [three], **BY)
        service.set_of(session, Subject.TOOL, 7, [two, three], **BY)
        assert [each.id for each in service.of_subject(session, Subject.TOOL, 7)] == [two, three]
        assert [each.id for each in service.of_subject(session, Subject.TRAINING, 7)] == [three]
        assert service.of_subjects(session, Subject.RESOURCE, [7]) == {}
        assert len(service.ties_of(session, three)) == 2
        service.set_of(session, Subject.TOOL, 7, [], **BY)
        assert len(session.scalars(select(PartnerTie)).all()) == 1


def test_trainers_keep_neither_partners_nor_tools_nor_recommendations(app, database, programme):
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, staff=Staff.TRAINER))
    for page in ("partenaires", "outils", "outils/par-question", "associations/1/recommandations"):
        assert client.get(f"/programme/{page}").status_code == 404
