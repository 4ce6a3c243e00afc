"""Opinions, decisions prepared and published together, corrections: traps 6 and 7, through the staff's desk."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import Association, Mode, OneTime, Space, Staff
from app.clock import utc_now
from app.contacts.importing.reading.files import read_rows
from app.contacts.models import Contact
from app.programme.applications import funnel, table
from app.programme.applications.models import ApplicationDecision, ApplicationLetter, ApplicationPublication
from app.programme.applications.states import State
from app.programme.cohorts.models import CohortMember, Function
from app.programme.cohorts.people import of_association
from tests.factories import make_space, make_user, sign_in
from tests.programme.applications.stage import (
    LINK,
    applications,
    begin,
    close,
    filed,
    open_cohort,
    texts,
    tick,
    told,
    write,
)

PILE = "/programme/candidatures"


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database, capacity=2)


def prepare(desk, application, decision, reason=""):
    return desk.post(f"{PILE}/{application.id}/decision", data={"decision": decision, "reason": reason})


def publish(desk, database, cohort, runtime):
    """« Publier et prévenir », and thirty seconds that pass."""
    asked = desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id})
    assert asked.status_code == 302, told(asked.text)
    pass_thirty_seconds(database)
    tick(runtime)
    return asked.location


def pass_thirty_seconds(database):
    with database.transaction() as session:
        due = update(ApplicationPublication).where(ApplicationPublication.due_at.is_not(None))
        session.execute(due.values(due_at=utc_now() - timedelta(seconds=1)))


def states(database):
    return {one.association_name: one.state.value for one in applications(database)}


def letters(database):
    with database.snapshot() as session:
        return [one.title for one in session.scalars(select(ApplicationLetter).order_by(ApplicationLetter.id))]


def test_own_opinion_comes_before_the_others_and_the_pile_is_narrowed_by_links(app, client, desk, database, cohort):
    filed(client, 0)
    begin(client, registration="552100554", association="Brouillonne")
    page = told(desk.get(PILE).text)
    assert "Toutes 1" in page
    assert "À lire 1" in page
    assert "Brouillons 1" in page
    one = applications(database)[0]
    own = f"{PILE}/{one.id}"
    with database.transaction() as session:
        maud = app.test_client()
        sign_in(maud, session, make_user(session, name="Maud Delaunay", staff=Staff.PROGRAMME))
    assert maud.post(f"{own}/avis", data={"view": "no", "words": "Trop petit"}).status_code == 302
    before = told(desk.get(own).text)
    assert "1 avis, de Maud Delaunay. Il s’ouvre après le vôtre." in before
    assert "Trop petit" not in before
    assert desk.post(f"{own}/avis", data={"view": "yes", "words": ""}).status_code == 422
    assert desk.post(f"{own}/avis", data={"words": "x"}).status_code == 422
    assert desk.post(f"{own}/avis", data={"view": "yes", "words": "Le besoin est net"}).status_code == 302
    assert "Trop petit" in told(desk.get(own).text)
    assert states(database)["Les Amis de la Baie"] == "review", "an opinion begins the study"
    assert "Vous avez donné tous vos avis." in told(desk.get(f"{PILE}?filtre=mon-avis").text)
    draft = desk.get(f"{PILE}/{applications(database)[1].id}")
    assert "son texte se lit une fois déposé" in told(draft.text)
    assert desk.post(f"{own}/etat", data={"to": "filed", "reason": ""}).status_code == 422
    assert desk.post(f"{own}/etat", data={"to": "kept", "reason": "vite"}).status_code == 409, (
        "the desk publishes alone"
    )
    assert desk.post(f"{own}/etat", data={"to": "filed", "reason": "lu trop vite"}).status_code == 302
    assert "lu trop vite" in told(desk.get(own).text)


def test_nothing_is_seen_before_one_publication_and_a_refused_one_takes_a_place_left(
    client, desk, database, cohort, runtime
):
    bases = [filed(client, number, association=f"Asso {number}") for number in range(4)]
    found = applications(database)
    for one, decision in zip(found, ("kept", "kept", "kept", "refused"), strict=True):
        assert prepare(desk, one, decision, "Trop loin du besoin" if decision == "refused" else "").status_code == 302
    before = texts(database)
    assert "4 décisions sont prêtes" in told(desk.get(PILE).text)
    assert all("Votre candidature" not in told(client.get(f"{base}/deposer").text) for base in bases)
    full = desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id})
    assert (full.status_code, "3 retenues pour 2 places" in told(full.text)) == (422, True)
    assert prepare(desk, found[2], "refused").status_code == 422, "a refusal says why"
    assert prepare(desk, found[2], "refused", "Une autre année").status_code == 302
    asked = desk.post(f"{PILE}/publier", data={"cohort_id": cohort.id})
    tick(runtime)
    assert (states(database)["Asso 0"], texts(database)) == ("review", before), "thirty seconds to think again"
    assert prepare(desk, found[0], "none").status_code == 409
    assert desk.post(f"{asked.location}/arreter").status_code == 302
    pass_thirty_seconds(database)
    tick(runtime)
    assert texts(database) == before
    done = publish(desk, database, cohort, runtime)
    assert states(database) == {"Asso 0": "kept", "Asso 1": "kept", "Asso 2": "refused", "Asso 3": "refused"}
    assert len(texts(database)) == len(before) + 4
    assert "4 décisions publiées" in told(desk.get(done).text)
    assert desk.post(f"{done}/arreter").status_code == 302
    assert "Une autre année" in told(client.get(f"{bases[2]}/deposer").text)
    assert client.post(f"{bases[0]}/desister", data={"reason": "Plus de directrice"}).status_code == 303
    assert prepare(desk, found[2], "kept").status_code == 422, "turning round takes a reason"
    assert prepare(desk, found[2], "kept", "une place s'est libérée").status_code == 302
    publish(desk, database, cohort, runtime)
    assert states(database) == {"Asso 0": "withdrawn", "Asso 1": "kept", "Asso 2": "kept", "Asso 3": "refused"}
    with database.snapshot() as session:
        kept = select(ApplicationLetter.title).where(ApplicationLetter.application_id == found[2].id)
        assert set(session.scalars(kept)) == {"Reçu du dépôt", "Refusée", "Retenue"}, "both letters are kept"
        members = session.execute(select(Association.name, CohortMember.state).join(CohortMember)).all()
        counted = funnel.read(session, [cohort.id])
    assert {row.name: row.state.value for row in members} == {"Asso 0": "left", "Asso 1": "inside", "Asso 2": "inside"}
    assert [step.n for step in (counted.begun, counted.filed, counted.kept, counted.refused, counted.withdrawn)] == [
        4, 4, 2, 1, 1,
    ]  # fmt: skip
    assert (counted.half_days, counted.most_days) == (0, 0)
    assert "Refusée le" in told(desk.get(f"{PILE}/{found[2].id}").text)


def test_acceptance_makes_the_association_its_closed_space_and_an_invitation_in_one_step(
    client, desk, database, cohort, runtime, programme
):
    base = filed(client, 0)
    [one] = applications(database)
    prepare(desk, one, "kept")
    publish(desk, database, cohort, runtime)
    with database.snapshot() as session:
        association = session.scalars(select(Association)).one()
        space = session.get_one(Space, association.space_id)
        assert (space.mode, space.sender) == (Mode.LIVE, ""), "without a sender nothing leaves"
        assert session.scalars(select(CohortMember)).one().state.value == "inside"
        invitation = session.scalars(select(OneTime).where(OneTime.space_id == space.id)).one()
        assert (invitation.user.email, invitation.purpose) == ("odile@baie.example", "join")
        [(person, contact)] = of_association(session, association.id)
        assert (person.function, contact.last_name) == (Function.REFERENT, "Carpentier")
        assert session.scalars(select(Contact.space_id)).all() == [programme.id]
    page = client.get(f"{base}/deposer")
    assert "Votre candidature est retenue" in told(page.text)
    assert "L’espace s’ouvre par le lien du SMS" in told(client.post(f"{base}/espace").text), (
        "one of before was given on trust"
    )
    sent = LINK.search(texts(database)[-1])[0]
    assert "Ouvrir notre espace" in told(client.get(f"{sent}/deposer").text)
    entered = client.post(f"{sent}/espace")
    assert entered.location.startswith("/bienvenue/")
    assert client.get(entered.location).status_code == 200


def test_a_name_that_has_a_team_already_opens_nothing_to_whoever_applied_by_it(client, desk, database, cohort, runtime):
    with database.transaction() as session:
        make_user(session, space=make_space(session, name="Les Amis de la Baie"))
    base = filed(client, 0)
    prepare(desk, applications(database)[0], "kept")
    done = publish(desk, database, cohort, runtime)
    assert "a déjà son espace et son équipe" in told(desk.get(done).text)
    assert client.post(f"{base}/espace").status_code == 409
    with database.snapshot() as session:
        assert session.scalars(select(OneTime)).all() == []


def test_a_condition_that_lacks_takes_a_reason_and_a_letter_is_changed_or_held_back(
    client, desk, database, cohort, runtime
):
    base = filed(client, 0)
    filed(client, 1, association="Passerelle")
    one, other = applications(database)
    assert write(client, base, "employees", "4").status_code == 200
    assert write(client, base, "employees_why", "Une cinquième arrive").status_code == 200
    assert client.post(f"{base}/deposer").status_code == 303
    short = prepare(desk, one, "kept")
    assert (short.status_code, "Une condition manque (salariés)" in told(short.text)) == (422, True)
    assert "hors critère" in told(desk.get(f"{PILE}?filtre=hors-critere").text)
    answer = prepare(desk, one, "kept", "Contrat vu")
    assert prepare(desk, other, "kept").status_code == 302
    assert answer.status_code == 302
    letter = f"{PILE}/{one.id}/lettre"
    refused = desk.post(letter, data={"letter": "Bonjour {prénom}"})
    assert (refused.status_code, "ne se remplit pas ici" in told(refused.text)) == (422, True)
    assert desk.post(letter, data={"letter": "Bravo à vous !"}).status_code == 302
    assert desk.post(f"{PILE}/{other.id}/lettre/retirer", data={"held": "1"}).status_code == 302
    page = told(desk.get(f"{PILE}/lettres").text)
    assert "1 lettre à relire" in page
    assert "retirée de la publication" in page
    publish(desk, database, cohort, runtime)
    assert states(database) == {"Les Amis de la Baie": "kept", "Passerelle": "review"}
    assert texts(database)[-1].startswith("Bravo à vous ! http://tambour.test/candidature/")
    with database.snapshot() as session:
        bodies = session.scalars(select(ApplicationLetter.body)).all()
    assert not any(LINK.search(body) for body in bodies), "the link of a letter is never kept"


def test_a_reviewer_reads_what_was_filed_and_after_the_date_only_what_was_asked_changes(client, desk, database, cohort):
    base = filed(client, 0)
    [one] = applications(database)
    own = f"{PILE}/{one.id}"
    unasked = desk.post(f"{own}/correction", data={"until": "2020-01-01", "words": "Précisez"})
    assert unasked.status_code == 422
    assert "Cochez ce qui est à corriger" in told(unasked.text)
    until = (utc_now() + timedelta(days=20)).date().isoformat()
    form = {"fields": ["need", "employees"], "until": until, "words": "Combien de bénévoles ?"}
    assert desk.post(f"{own}/correction", data=form).status_code == 302
    assert write(client, base, "need", "Prévenir 80 bénévoles").status_code == 200
    page = told(desk.get(own).text)
    assert "Prévenir 60 bénévoles" in page
    assert "Prévenir 80 bénévoles" not in page, "not filed again"
    close(database, cohort)
    assert write(client, base, "town", "Amiens", "1").status_code == 409
    assert write(client, base, "employees", "8").status_code == 200, "asked before, by a term of its own"
    assert "Vos changements ne sont pas déposés" in told(client.get(f"{base}/deposer").text)
    assert client.post(f"{base}/deposer").status_code == 303
    page = told(desk.get(own).text)
    assert "Avant : Prévenir 60 bénévoles sans téléphoner à chacun. Maintenant : Prévenir 80 bénévoles" in page
    assert "Corrigées 1" in told(desk.get(PILE).text)
    assert write(client, base, "need", "encore", "9").status_code == 409, "filed again, it is closed"


def test_where_no_sms_leaves_a_link_is_given_by_hand_and_the_number_is_the_staff_s_to_change(
    client, desk, database, cohort, runtime, programme
):
    filed(client, 0)
    [one] = applications(database)
    with database.transaction() as session:
        session.get_one(Space, programme.id).sender = ""
    prepare(desk, one, "refused", "Hors délai")
    done = publish(desk, database, cohort, runtime)
    assert "Le SMS n’est pas parti : Il manque le nom d’expéditeur" in told(desk.get(done).text)
    page = desk.post(f"{PILE}/{one.id}/lien")
    address = re.search(r'class="to-copy">http://tambour.test(/candidature/\w+)<', page.text)[1]
    assert "pas retenue" in told(client.get(address, follow_redirects=True).text)
    phone = f"{PILE}/{one.id}/numero"
    assert desk.post(phone, data={"phone": "03 22 00 00 00", "reason": "appelée"}).status_code == 422
    assert desk.post(phone, data={"phone": "06 99 88 77 66", "reason": ""}).status_code == 422
    assert desk.post(phone, data={"phone": "06 99 88 77 66", "reason": "rappelée au siège"}).status_code == 302
    assert applications(database)[0].contact_phone == "+33699887766"


def test_the_table_keeps_its_columns_and_runs_no_formula(client, desk, database, cohort):
    filed(client, 0, association="=HYPERLINK(1)")
    begin(client, registration="552100554", association="Brouillonne")
    sheet = read_rows(desk.get(f"{PILE}/candidatures.csv").data, file_name="candidatures.csv")
    assert tuple(sheet.header) == table.COLUMNS
    lines = [dict(zip(sheet.header, cells, strict=True)) for _number, cells in sheet.rows]
    assert [(one["Association"], one["État"], one["Salariés"]) for one in lines] == [
        ("'=HYPERLINK(1)", "déposée", "7"),
        ("Brouillonne", "brouillon", ""),
    ]


def test_drafts_in_the_pile_say_when_somebody_wrote_last_and_no_sign_is_explained(client, desk, database, cohort):
    begin(client, association="Brouillonne")
    words = told(desk.get(f"{PILE}?filtre=brouillons").text)
    assert "Brouillonne brouillon · dernière modification" in words
    assert "Les quatre signes" not in words


def test_the_desk_is_the_staff_s_alone(app, client, desk, database, cohort):
    assert desk.get(PILE).status_code == 200
    filed(client, 0)
    [one] = applications(database)
    with database.transaction() as session:
        trainer, member = app.test_client(), app.test_client()
        sign_in(trainer, session, make_user(session, staff=Staff.TRAINER))
        sign_in(member, session, make_user(session, space=make_space(session)))
    for browser in (trainer, member):
        for address in (PILE, f"{PILE}/{one.id}", f"{PILE}/lettres", f"{PILE}/candidatures.csv"):
            assert browser.get(address).status_code == 404
        assert browser.post(f"{PILE}/{one.id}/decision", data={"decision": "kept"}).status_code == 404
    with database.snapshot() as session:
        assert session.scalars(select(ApplicationDecision)).all() == []
    assert applications(database)[0].state is State.FILED


def test_an_empty_desk_gives_the_address_to_copy(desk, database, programme):
    assert "Aucune cohorte pour l’instant" in told(desk.get(PILE).text)
    open_cohort(database)
    assert "http://tambour.test/candidature" in told(desk.get(PILE).text)
