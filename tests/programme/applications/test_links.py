"""Who may open what: links end with the number they were sent to, strangers are counted, and are told little."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import Association, Failure, OneTime
from app.accounts.signing.throttle_keys import Throttled
from app.clock import utc_now
from app.contacts.models import Contact
from app.errors import TooMany
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications import alerts, starting
from app.programme.applications.models import ApplicationAlert, ApplicationDecision, ApplicationLink
from app.programme.cohorts import members
from app.programme.cohorts.states import MemberState
from jobs.programme.applying import tell_of_applications
from tests.factories import SOMEBODY, make_contact, make_space
from tests.messaging.desk import post_status
from tests.programme.applications.stage import (
    LINK,
    PHONE,
    SIREN,
    applications,
    arrived,
    attach,
    begin,
    close,
    decide,
    filed,
    open_cohort,
    stamp,
    start,
    texts,
    told,
    write,
)
from tests.programme.conftest import make_cohort, put_in

PILE = "/programme/candidatures"
OTHER = "06 99 88 77 66"


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database)


def waiting(database):
    with database.snapshot() as session:
        return {one.phone for one in session.scalars(select(Message)) if one.status is Status.QUEUED}


def test_a_changed_number_ends_every_link_of_before_and_what_waited_for_it(client, desk, database, cohort, runtime):
    base = filed(client, 0)
    [one] = applications(database)
    own = f"{PILE}/{one.id}"
    decide(desk, database, runtime, cohort, {one: "kept"})
    squatters = client.post(LINK.search(texts(database)[-1])[0] + "/espace").location
    assert squatters.startswith("/bienvenue/"), "the number on file was theirs, so far"
    changed = desk.post(f"{own}/numero", data={"phone": OTHER, "reason": "Mme Petit au 03 22 11 22 33"})
    assert changed.status_code == 302
    assert client.get(f"{base}/deposer").status_code == 404
    assert write(client, base, "need", "autre", "1").status_code == 422, "a page that stood open saves nothing"
    assert attach(client, base).status_code == 404
    assert client.post(f"{base}/espace").status_code == 404
    assert client.get(squatters).status_code == 404, "an invitation that its holder did not take up yet is void"
    assert waiting(database) == {"+33699887766"}
    sent = LINK.search(texts(database)[-1])[0]
    page = told(desk.get(own).text)
    assert "Nouveau lien" in page
    assert "03 22" not in page, "the journal keeps no number to call"
    assert "Mme Petit au [numéro]" in page
    with database.snapshot() as session:
        [card] = session.scalars(select(Contact).where(Contact.first_name == "Odile"))
    assert card.phone == "+33699887766", "and so is texted what the programme sends her"
    assert client.post(f"{sent}/espace").location.startswith("/bienvenue/")
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(ApplicationLink)) == 1


def test_the_phone_of_before_that_was_off_is_not_tried_again_with_a_link_that_opens_nothing(
    client, desk, database, cohort, runtime
):
    """Nor with the blank that is left of the text: a number is often changed because nobody answers there."""
    begin(client)
    arrived(database, Status.SENT)
    [one] = applications(database)
    with database.snapshot() as session:
        [gone] = session.scalars(select(Message))
    assert desk.post(f"{PILE}/{one.id}/numero", data={"phone": OTHER, "reason": "Mme Petit"}).status_code == 302
    post_status(client, runtime.settings, gone, MessageStatus="undelivered", ErrorCode="30003")
    assert waiting(database) == {"+33699887766"}


def test_one_that_was_kept_and_withdraws_opens_no_space_by_the_invitation_of_before(
    client, desk, database, cohort, runtime
):
    filed(client, 0)
    [one] = applications(database)
    decide(desk, database, runtime, cohort, {one: "kept"})
    own = LINK.search(texts(database)[-1])[0]
    invited = client.post(f"{own}/espace").location
    assert client.get(invited).status_code == 200
    assert client.post(f"{own}/desister", data={"reason": "Plus de directrice"}).status_code == 303
    assert client.get(invited).status_code == 404


def test_a_name_alone_gives_no_space_that_something_is_in_and_staff_are_told(client, desk, database, cohort, runtime):
    with database.transaction() as session:
        old = make_space(session, name="Les Amis de la Baie")
        make_contact(session, old)
        put_in(session, make_cohort(session, name="Avant"), "Passerelle")
    filed(client, 0)
    filed(client, 1, association="Passerelle")
    found = applications(database)
    page = told(decide(desk, database, runtime, cohort, dict.fromkeys(found, "kept")))
    assert "Un espace réel porte déjà ce nom" in page
    assert "« Passerelle » était connue par son nom seul" in page
    sent = [LINK.search(body)[0] for body in texts(database)[-2:]]
    opened = sorted(client.post(f"{one}/espace").status_code for one in sent)
    assert opened == [303, 409], "nobody enters a space of that name before the staff have said whose it is"
    with database.snapshot() as session:
        invited = set(session.scalars(select(OneTime.space_id)))
        assert old.id not in invited
        assert session.scalar(select(func.count()).select_from(Association)) == 2


def test_one_that_left_the_cohort_reads_so_and_enters_nothing(client, desk, database, cohort, runtime):
    filed(client, 0)
    [one] = applications(database)
    decide(desk, database, runtime, cohort, {one: "kept"})
    sent = LINK.search(texts(database)[-1])[0]
    [kept] = applications(database)
    with database.transaction() as session:
        words = {"space_id": None, "by": SOMEBODY, "now": utc_now()}
        members.move(session, cohort.id, kept.association_id, to=MemberState.LEFT, reason="plus de temps", **words)
    page = told(client.get(f"{sent}/deposer").text)
    assert "Votre association a quitté la cohorte" in page
    assert "Bienvenue" not in page
    assert client.post(f"{sent}/espace").status_code == 409
    assert "l’association est sortie de la cohorte" in told(desk.get(f"{PILE}/{one.id}").text)
    assert "sortie depuis" in told(desk.get(PILE).text)


def test_siren_after_siren_is_slowed_down_and_a_dossier_is_found_whichever_year_it_is_of(client, database, cohort):
    filed(client, 0)
    known = told(start(client, phone="06 77 66 55 44", name="Zoé Inconnue").text)
    assert "Odile C. y a écrit en dernier" in known
    assert "Déposé le" not in known
    close(database, cohort)
    open_cohort(database, name="Cohorte 2028", applications_open_at=utc_now())
    before = len(texts(database))
    ask = lambda number: client.post("/candidature/reprendre", data={"registration": number, "stamp": stamp()})  # noqa: E731 - a press
    assert "06 •• •• •• 12" in told(ask(SIREN).text), "last year's waits for its decision"
    assert len(texts(database)) == before + 1
    guesses = [ask("552100554").status_code for _try in range(65)]
    assert guesses[0] == 422
    assert guesses[-1] == 429
    assert start(client, phone="06 77 66 55 44").status_code == 429, "by the other form neither"


def test_a_whole_federation_begins_behind_one_address_and_who_guesses_or_goes_on_in_a_crowd_waits(database):
    now = utc_now()
    free = starting.FREE_FROM
    with database.transaction() as session:

        def begins(came_from, number):
            """The seconds that somebody waits before their draft begins; none for most."""
            try:
                starting.take_turn(session, f"+336{number:08d}", came_from=came_from, key="k", now=now)
            except TooMany as wait:
                return wait.retry_after_s
            return 0

        waits = [begins("federation", number) for number in range(3 * free)]
        assert set(waits) == {0}, "its drafts are many, and each of them another association's"
        same = [begins("federation", 7) for _press in range(starting.FREE_PHONE + 1)]
        assert same[-1] > 0, "one number is not a federation"
        for _number in range(starting.FREE_GUESSES + 1):
            starting.count_guess(session, came_from="robot", now=now)
        assert 0 < begins("robot", 999) <= starting.MAX_WAIT_S
        assert begins("federation", 999) == 0
        session.get_one(Failure, Throttled.APPLY_TO.by("all")).count = starting.FREE_ALL
        crowd = [begins("flood", number) for number in range(1000, 1003 + free)]
        assert crowd[:-1] == [0] * (free + 2)
        assert 0 < crowd[-1] <= starting.MAX_WAIT_S
        assert begins("school", 2000) == begins("federation", 2001) == 0, "a flood from elsewhere holds nobody up"


def test_numbers_to_tell_are_so_many_a_day_and_so_are_the_texts(client, database, programme, runtime):
    cohort = open_cohort(database)
    close(database, cohort)
    ask = lambda phone: client.post("/candidature/prevenir", data={"phone": phone, "stamp": stamp()})  # noqa: E731 - a press
    assert ask(PHONE).status_code == 200
    with database.transaction() as session:
        for number in range(alerts.ALL_A_DAY + 5):
            session.add(
                ApplicationAlert(
                    phone=f"+336120{number:05d}", fingerprint=f"{number}", asked_at=utc_now() - timedelta(days=9),
                    due_at=utc_now(),
                )
            )  # fmt: skip
        for _turn in range(alerts.ALL_A_DAY - 1):
            alerts.ask(session, "+33612000000", key="k", now=utc_now())
    assert ask("06 11 22 33 44").status_code == 429
    open_cohort(database, name="Cohorte 2028", applications_open_at=utc_now())
    tell_of_applications(runtime)
    assert len(texts(database)) == alerts.ALL_A_DAY
    with database.transaction() as session:
        session.execute(update(ApplicationAlert).values(due_at=utc_now()))


def test_every_fault_of_a_start_is_said_at_once(client, database, cohort):
    answer = start(client, registration="784257165", phone="03 22 00 00 00", name="")
    words = told(answer.text)
    assert answer.status_code == 422
    for sentence in ("Ce SIREN n’existe pas", "est un numéro fixe", "Écrivez votre prénom et votre nom"):
        assert sentence in words
    assert "Appelez le programme" in words
    with database.snapshot() as session:
        assert session.scalars(select(ApplicationDecision)).all() == []
    base = begin(client)
    assert "noindex" not in client.get("/candidature").text, "a search engine finds it"
    assert "noindex" in client.get(f"{base}/deposer").text
