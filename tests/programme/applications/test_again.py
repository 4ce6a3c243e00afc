"""What is asked again: given back, corrected, another file; letters follow what they speak of; decisions their text."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.accounts.models import SignedIn, Staff
from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications import publishing
from app.programme.applications.models import Application, ApplicationDecision, ApplicationFiling
from app.programme.applications.states import State
from tests.factories import SOMEBODY, make_user, sign_in
from tests.programme.applications.stage import (
    LINK,
    PDF,
    applications,
    attach,
    begin,
    close,
    decide,
    filed,
    fill,
    open_cohort,
    pass_thirty_seconds,
    texts,
    tick,
    told,
    write,
)
from tests.together import beside, together

PILE = "/programme/candidatures"
PROGRAM = PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript>>>>", 1)


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database)


def ask(desk, application, *fields):
    until = (utc_now() + timedelta(days=9)).date().isoformat()
    form = {"fields": list(fields), "until": until, "words": "Dites-en plus"}
    assert desk.post(f"{PILE}/{application.id}/correction", data=form).status_code == 302


def waiting(database):
    with database.snapshot() as session:
        found = session.scalars(select(Message).where(Message.status == Status.QUEUED).order_by(Message.id))
        return [one.body.partition(" http")[0] for one in found]


def last_filed(database):
    with database.snapshot() as session:
        return session.scalars(select(ApplicationFiling).order_by(ApplicationFiling.id.desc())).first().answers


def test_given_back_after_the_close_it_is_told_with_its_reason_and_filed_again_in_a_fortnight(
    client, desk, database, cohort
):
    base = filed(client, 0)
    [one] = applications(database)
    close(database, cohort)
    move = f"{PILE}/{one.id}/etat"
    assert desk.post(move, data={"to": "draft", "reason": "Il manque la page 2"}).status_code == 302
    assert "vous rend votre candidature" in waiting(database)[-1]
    assert "Il manque la page 2" in told(client.get(f"{base}/deposer").text)
    assert "Il manque la page 2" in told(client.get(f"{base}/conditions").text)
    assert write(client, base, "need", "Tout est là").status_code == 200
    assert client.post(f"{base}/deposer").status_code == 303
    [one] = applications(database)
    assert (one.state, one.asked_fields) == (State.FILED, [])
    assert "vous rend" not in " ".join(waiting(database)), "it is theirs no more"
    assert desk.post(move, data={"to": "draft", "reason": "encore"}).status_code == 302
    with database.transaction() as session:
        session.execute(update(Application).values(asked_until=utc_now() - timedelta(minutes=2)))
    assert client.post(f"{base}/deposer").status_code == 409
    assert desk.post(move, data={"to": "withdrawn", "reason": "appelés : ils renoncent"}).status_code == 302
    assert "que vous retirez votre candidature" in waiting(database)[-1]


def test_after_the_close_only_what_was_asked_goes_in_and_its_reason_may_be_given(client, desk, database, cohort):
    base = filed(client, 0)
    [one] = applications(database)
    ask(desk, one, "employees")
    assert write(client, base, "town", "Jamais demandée").status_code == 200
    close(database, cohort)
    nothing = client.post(f"{base}/deposer")
    assert (nothing.status_code, "Rien n’a changé de ce que" in told(nothing.text)) == (409, True)
    assert write(client, base, "employees", "4").status_code == 200
    assert "Il manque 1 réponse" in told(client.post(f"{base}/deposer").text)
    assert write(client, base, "employees_why", "Une cinquième arrive").status_code == 200
    assert client.post(f"{base}/deposer").status_code == 303
    answers = last_filed(database)
    assert (answers["employees"], answers["town"]) == ("4", "Saint-Valery")


def test_past_the_term_of_what_was_asked_an_edit_that_was_not_filed_stays_unseen(client, desk, database, cohort):
    base = filed(client, 0)
    [one] = applications(database)
    ask(desk, one, "need")
    assert write(client, base, "need", "Jamais déposé").status_code == 200
    close(database, cohort)
    with database.transaction() as session:
        session.execute(update(Application).values(asked_until=utc_now() - timedelta(minutes=2)))
    assert client.post(f"{base}/deposer").status_code == 409
    assert write(client, base, "need", "Trop tard").status_code == 409
    assert "Jamais déposé" in client.get(f"{base}/deposer").text, "it is theirs still"
    page = told(desk.get(f"{PILE}/{one.id}").text)
    assert "Prévenir 60 bénévoles" in page
    assert "Jamais déposé" not in page
    assert desk.post(f"{PILE}/{one.id}/decision", data={"decision": "kept"}).status_code == 302
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(ApplicationFiling)) == 1


def test_a_file_thrown_away_is_told_and_another_may_be_sent_after_the_close(client, desk, database, cohort, runtime):
    base = begin(client)
    fill(client, base)
    attach(client, base, PROGRAM)
    assert client.post(f"{base}/deposer").status_code == 303
    close(database, cohort)
    tick(runtime)
    assert "la pièce de votre candidature est refusée" in waiting(database)[-1]
    sent = LINK.search(texts(database)[-1])[0]
    assert "Ce PDF contient un programme" in told(client.get(f"{sent}/deposer").text)
    assert attach(client, base).status_code == 303
    assert client.post(f"{base}/deposer").status_code == 303
    tick(runtime)
    assert "4 conditions sur 4" in told(desk.get(f"{PILE}/{applications(database)[0].id}").text)


def test_letters_that_are_true_no_more_do_not_leave(client, desk, database, cohort, runtime):
    base = filed(client, 0)
    filed(client, 1, association="Passerelle")
    one, other = applications(database)
    ask(desk, one, "need")
    assert client.post(f"{base}/desister", data={"reason": "non"}).status_code == 303
    assert [body for body in waiting(database) if "compléter" in body or "déposée (Les Amis" in body] == []
    decide(desk, database, runtime, cohort, {other: "kept"})
    decide(desk, database, runtime, cohort, {other: "refused"}, "une erreur de notre part")
    letters = [body for body in waiting(database) if "retenue" in body]
    assert [("n'est pas retenue" in body) for body in letters] == [True]
    page = told(desk.get(f"{PILE}/{other.id}").text)
    assert "Retenue ," in page.replace("Retenue,", "Retenue ,"), "both letters are kept"


def test_a_decision_on_an_older_text_is_held_until_it_is_prepared_again(client, desk, database, cohort, runtime):
    base = filed(client, 0)
    [one] = applications(database)
    prepare = lambda: desk.post(f"{PILE}/{one.id}/decision", data={"decision": "kept", "reason": "Vu"})  # noqa: E731 - a press
    assert prepare().status_code == 302

    def again(employees):
        assert write(client, base, "employees", employees).status_code == 200
        write(client, base, "employees_why", f"{employees} maintenant")
        assert client.post(f"{base}/deposer").status_code == 303

    again("400")
    assert "à relire : déposée de nouveau" in told(desk.get(PILE).text)
    letters = told(desk.get(f"{PILE}/lettres").text)
    assert "Déposée de nouveau depuis" in letters
    assert "retirée de la publication" in letters
    assert desk.post(f"{PILE}/{one.id}/lettre/retirer", data={"held": "0"}).status_code == 409
    assert desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id}).status_code == 422
    assert prepare().status_code == 302
    asked = desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id})
    again("401")
    pass_thirty_seconds(database)
    tick(runtime)
    assert "Déposée de nouveau depuis : Les Amis de la Baie" in told(desk.get(asked.location).text)
    assert applications(database)[0].state is State.REVIEW


def test_a_letter_taken_out_while_it_is_published_stays_or_leaves_but_not_both(client, desk, database, cohort, runtime):
    filed(client, 0)
    [one] = applications(database)
    assert desk.post(f"{PILE}/{one.id}/decision", data={"decision": "kept"}).status_code == 302

    def publish(session):
        publishing.ask(session, cohort.id, space_id=None, by=SOMEBODY, now=utc_now())
        session.flush()

    def hold():
        return desk.post(f"{PILE}/{one.id}/lettre/retirer", data={"held": "1"}).status_code

    assert beside(database, publish, hold, lambda _session: None) in (302, 409)
    with database.snapshot() as session:
        [decision] = session.scalars(select(ApplicationDecision))
    assert not (decision.is_held and decision.publication_id)


def test_twelve_decisions_leave_by_one_publication_though_two_press_at_once(
    app, client, desk, database, programme, runtime
):
    cohort = open_cohort(database, name="Cohorte 2029", capacity=12)
    with database.transaction() as session:
        now = utc_now()
        for number in range(12):
            session.add(
                Application(
                    cohort_id=cohort.id, association_name=f"Asso {number}", registration=f"W8020012{number:02d}",
                    form_version=1, state=State.REVIEW, state_at=now, rank=number + 1, number=f"2029-{number + 1:03d}",
                    filed_at=now, contact_name="Odile C", contact_phone=f"+336123456{number + 10}", asked_fields=[],
                    written_at=now, written_by="Odile C", created_at=now,
                )
            )  # fmt: skip
            session.flush()
            one = session.scalars(select(Application).order_by(Application.id.desc())).first()
            row = {"application_id": one.id, "form_version": 1, "answers": {}, "verdicts": {}, "is_off_criteria": False}
            session.add(ApplicationFiling(**row, filed_by="Odile C", filed_at=now))
    found = applications(database)
    for number, one in enumerate(found):
        form = {"decision": "kept" if number % 2 else "refused", "reason": "Vu ensemble"}
        assert desk.post(f"{PILE}/{one.id}/decision", data=form).status_code == 302
    assert desk.post(f"{PILE}/{found[0].id}/decision", data={"decision": "kept", "reason": "Revu"}).status_code == 302
    assert texts(database) == [], "nothing before"
    with database.transaction() as session:
        maud = app.test_client()
        sign_in(maud, session, make_user(session, name="Maud Delaunay", staff=Staff.PROGRAMME))
    publish = lambda hand: hand.post(f"{PILE}/publier", data={"cohort_id": cohort.id}).status_code  # noqa: E731 - a press
    assert sorted(together(lambda: publish(desk), lambda: publish(maud))) == [302, 409]
    pass_thirty_seconds(database)
    together(lambda: tick(runtime), lambda: tick(runtime))
    states = [one.state for one in applications(database)]
    assert (states.count(State.KEPT), states.count(State.REFUSED)) == (7, 5)
    assert len(texts(database)) == 12
    with database.snapshot() as session:
        assert session.scalar(select(func.count(func.distinct(ApplicationDecision.publication_id)))) == 1


def test_a_session_that_ends_while_somebody_decides_changes_nothing_and_the_page_leads_back(
    desk, client, database, cohort
):
    filed(client, 0)
    [one] = applications(database)
    with database.transaction() as session:
        session.execute(delete(SignedIn))
    came = {"Referer": f"http://localhost{PILE}/{one.id}?filtre=a-lire"}
    answer = desk.post(f"{PILE}/{one.id}/avis", data={"view": "yes", "words": "Le besoin est net"}, headers=came)
    assert answer.location == f"/connexion?suite={PILE}/{one.id}%3Ffiltre%3Da-lire"
    assert applications(database)[0].state is State.FILED
