"""How long applications are kept, what is left of one and of a person, and that one that breaks stops no other."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import Activity, Role
from app.clock import utc_now
from app.contacts.models import Contact
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications import funnel, retention, telling, todo
from app.programme.applications.models import (
    Application,
    ApplicationAnswer,
    ApplicationDecision,
    ApplicationFile,
    ApplicationFiling,
    ApplicationLetter,
    ApplicationLink,
    ApplicationOpinion,
)
from app.programme.applications.states import State
from app.programme.cohorts.models import Cohort
from jobs.ending import LeftUndone
from jobs.retention import forget_the_old
from tests.factories import make_user, sign_in
from tests.programme.applications.stage import (
    LINK,
    applications,
    arrived,
    begin,
    decide,
    filed,
    fill,
    open_cohort,
    texts,
    told,
)

PILE = "/programme/candidatures"
LISTED = re.compile(r'<li>\s*<a href="/programme/candidatures/\d+')
INSTANTS = ("written_at", "noticed_at", "binned_at", "state_at", "filed_at", "created_at")


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database)


def age(database, by):
    """Everything of applications and of their cohort happened earlier."""
    with database.transaction() as session:
        for one in session.scalars(select(Application)):
            for name in INSTANTS:
                if getattr(one, name) is not None:
                    setattr(one, name, getattr(one, name) - by)
        for each in session.scalars(select(Cohort)):
            each.starts_on, each.ends_on = each.starts_on - by, each.ends_on - by


def sent(database):
    """The parts and the price of each text."""
    with database.snapshot() as session:
        return [(one.parts, one.price_micros) for one in session.scalars(select(Message).order_by(Message.id))]


def test_what_was_filed_goes_at_the_term_of_its_state_and_the_figures_stay(
    client, desk, database, cohort, runtime, programme
):
    filed(client, 0, association="Odile Carpentier Services")
    filed(client, 1, association="Passerelle")
    withdrawn = begin(client, registration="542051180", association="Retirée")
    assert client.post(f"{withdrawn}/desister", data={"reason": "finalement non"}).status_code == 303
    kept, refused, _draft = applications(database)
    desk.post(f"{PILE}/{refused.id}/avis", data={"view": "no", "words": "Trop loin"})
    decide(desk, database, runtime, cohort, {kept: "kept", refused: "refused"})
    with database.snapshot() as session:
        before = funnel.read(session, [cohort.id])
    prices, said = sent(database), []

    def steps(by):
        for each in (by, timedelta(days=29)):
            age(database, each)
            forget_the_old(runtime)
            arrived(database)
            said.extend(texts(database))
        return {one.state.value: one.purged_at is not None for one in applications(database)}

    assert steps(retention.IDLE) == {"kept": False, "refused": False, "withdrawn": True}
    assert steps(timedelta(days=180) + retention.YEAR) == {"kept": False, "refused": True, "withdrawn": True}
    assert any("sera effacée le" in body for body in said)
    assert [body for body in texts(database) if "Passerelle" in body] == [], "what was sent for it is gone with it"
    assert [body for body in texts(database) if "Odile Carpentier Services" in body] != [], "and nobody else's"
    assert all(steps(retention.KEPT).values())
    assert sent(database)[: len(prices)] == prices, "how many there were, and what they cost"
    with database.snapshot() as session:
        for table in (ApplicationAnswer, ApplicationFile, ApplicationLink, ApplicationLetter, ApplicationOpinion):
            assert session.scalars(select(table)).all() == []
        assert {str(one.answers) for one in session.scalars(select(ApplicationFiling))} == {"{}"}
        assert {one.letter + one.reason for one in session.scalars(select(ApplicationDecision))} == {""}
        assert {one.contact_phone + one.contact_name for one in session.scalars(select(Application))} == {""}
        assert {one.body + one.phone + one.fingerprint for one in session.scalars(select(Message))} == {""}
        written = session.scalars(select(Activity).where(Activity.subject == "application")).all()
        assert [one.note for one in written if "Odile" in one.note or "Passerelle" in one.note] == []
        after = funnel.read(session, [cohort.id])
    counted = [(one.begun.n, one.filed.n, one.kept.n, one.refused.n, one.withdrawn.n) for one in (before, after)]
    assert counted == [(3, 2, 1, 1, 1)] * 2
    assert desk.get(f"{PILE}/{kept.id}").status_code == 404
    assert "deux ans si elle est retenue" in told(client.get("/confidentialite").text)


def test_the_page_of_a_text_that_went_with_its_application_says_so(app, client, database, cohort, runtime, programme):
    begin(client)
    with database.transaction() as session:
        [one] = session.scalars(select(Application))
        telling.forget_texts(session, one, space_id=programme.id, now=utc_now())
        [text] = session.scalars(select(Message))
        member = app.test_client()
        sign_in(member, session, make_user(session, space=programme, role=Role.REFERENTE))
    page = told(member.get(f"/e/programme/sms/{text.id}").text)
    assert "Numéro effacé" in page
    assert "Son texte et son numéro sont effacés" in page
    assert "Téléphoner" not in page


def test_one_application_that_breaks_stops_no_notice_and_no_closing_date_is_in_time(
    client, database, cohort, runtime, programme
):
    for number, siren in enumerate(("784257164", "552100554", "542051180")):
        fill(client, begin(client, registration=siren, association=f"Asso {number}"))
    with database.transaction() as session:
        session.get_one(Cohort, cohort.id).applications_close_at = None
        broken = session.scalars(select(Application).order_by(Application.id)).first()
        old = ApplicationAnswer.application_id == broken.id, ApplicationAnswer.field == "employees"
        session.execute(update(ApplicationAnswer).where(*old).values(value="beaucoup"))
    age(database, retention.UNFILED)
    with pytest.raises(LeftUndone):
        forget_the_old(runtime)
    assert len([body for body in texts(database) if "pas déposée" in body]) == 2


def test_a_person_erased_leaves_the_application_without_them(app, client, desk, database, cohort, runtime, programme):
    base = filed(client, 0)
    begin(client, registration="552100554", association="Passerelle", name="Odile-Marie Benali")
    one, other = applications(database)
    decide(desk, database, runtime, cohort, {one: "kept"})
    niece = "Avec Odile Carpentier-Roy, la nièce."
    with database.transaction() as session:
        need = select(ApplicationAnswer).where(ApplicationAnswer.application_id == one.id)
        session.scalars(need.where(ApplicationAnswer.field == "need")).one().value = niece
        member = app.test_client()
        sign_in(member, session, make_user(session, space=programme, role=Role.REFERENTE))
        odile = session.scalars(select(Contact).where(Contact.first_name == "Odile")).one()
    card = f"/e/programme/benevoles/{odile.id}"
    shown = told(member.get(card).text)
    assert "« Les Amis de la Baie », retenue : Odile Carpentier, Coordinatrice, odile@baie.example." in shown
    assert member.post(f"{card}/retirer").status_code == 302
    one, other = applications(database)
    assert (one.contact_name, one.contact_phone, one.contact_email, one.written_by) == ("", "", "", "")
    assert one.state is State.KEPT
    assert other.contact_phone, "somebody else's number, though it is the same and their name begins alike, is theirs"
    assert client.get(f"{base}/deposer").status_code == 404
    with database.snapshot() as session:
        answers = session.scalars(select(ApplicationAnswer).where(ApplicationAnswer.application_id == one.id)).all()
        assert [each.value for each in answers if "Odile" in each.value + each.written_by] == [niece]
        [filing] = session.scalars(select(ApplicationFiling).where(ApplicationFiling.application_id == one.id))
        assert "Odile" not in f"{filing.answers}{filing.filed_by}"
        assert filing.answers["who"] == "… et Karim Benali"
        waiting = session.scalars(select(Message).where(Message.status == Status.QUEUED)).all()
    assert [each for each in waiting if LINK.search(each.body) and "Baie" in each.body] == []
    assert "Les Amis de la Baie" in told(desk.get(f"{PILE}/{one.id}").text)


def test_a_decision_that_no_sms_brought_is_on_the_week_in_the_pile_and_said_by_hand(
    client, desk, database, cohort, runtime, programme
):
    with database.transaction() as session:
        session.get_one(Cohort, cohort.id).capacity = 1
    base = filed(client, 0)
    filed(client, 1, association="Passerelle")
    one, other = applications(database)
    page = decide(desk, database, runtime, cohort, {one: "kept", other: "refused"})
    assert "Revenir aux candidatures" in told(page)
    arrived(database, Status.UNDELIVERED)

    def week():
        with database.snapshot() as session:
            held = session.get_one(Cohort, cohort.id)
            words = {"address": "/p?c=1", "letters": "/l", "programme_id": programme.id, "now": utc_now()}
            return {line.title: line.address for line in todo.lines(session, held, **words)}

    assert week() == {"Téléphoner à 2 associations qui n'ont pas reçu leur décision": "/p?c=1&filtre=a-prevenir"}
    pile = told(desk.get(f"{PILE}?filtre=a-prevenir").text)
    assert "À prévenir 2" in pile
    assert "à prévenir" in pile
    with database.snapshot() as session:
        last = session.scalar(select(func.max(ApplicationDecision.publication_id)))
    assert "Téléphonez à Odile Carpentier, au 06 12 34 56 12" in told(desk.get(f"{PILE}/publications/{last}").text)
    own = f"{PILE}/{one.id}"
    assert "Sa décision ne lui est pas parvenue" in told(desk.get(own).text)
    assert desk.post(f"{own}/prevenue").status_code == 302
    assert desk.post(f"{own}/prevenue").status_code == 409
    assert "Décision dite de vive voix" in told(desk.get(own).text)
    assert list(week()) == ["Téléphoner à une association qui n'a pas reçu sa décision"]
    assert client.post(f"{base}/desister", data={"reason": "Plus de directrice"}).status_code == 303
    assert week()["Remplacer une association qui s'est désistée"] == "/p?c=1&filtre=refusees"
    for step, n in (("commencees", 2), ("deposees", 2), ("refusees", 1)):
        assert f'filtre={step}"' in desk.get(PILE).text
        assert desk.get(f"{PILE}?filtre={step}").text.count('<ol class="pile">') == 1
        assert len(LISTED.findall(desk.get(f"{PILE}?filtre={step}").text)) == n


def test_a_step_that_was_passed_and_not_filled_in_is_not_ticked(client, database, cohort):
    base = begin(client)
    steps = told(client.get(f"{base}/deposer").text)
    assert "Association à compléter" in steps
    assert "Conditions à compléter" in steps
    assert "(fait)" not in steps
    fill(client, base, who=None)
    steps = told(client.get(f"{base}/deposer").text)
    assert "Association (fait)" in steps
    assert "Conditions à compléter" in steps
