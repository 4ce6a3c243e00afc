"""The figures of the staff's week open the associations that they count, and a place given back is told."""

from datetime import timedelta

from app.clock import utc_now
from app.programme.cohorts import members
from app.programme.cohorts.states import MemberState
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today


def test_each_figure_opens_those_that_it_counts_and_a_freed_place_is_told(desk, database, programme):
    with database.transaction() as session:
        cohort = make_cohort(session)
        for name in ("La Boussole", "Passerelle"):
            put_in(session, cohort, name)
        put_in(session, cohort, "Un Toit Demain", state=MemberState.INVITED)
    home, page = desk.get("/programme").text, f"/programme/cohortes/{cohort.id}"
    assert "Les 2 associations" in told(home)
    assert f'href="{page}?chiffre=dedans#associations"' in home
    assert f'href="{page}?chiffre=invitees#associations"' in home

    def table(figure):
        words = told(desk.get(f"{page}?chiffre={figure}").text).partition("Association État")[2]
        return {
            name for name in ("La Boussole", "Passerelle", "Un Toit Demain") if name in words.partition("Ajouter")[0]
        }

    assert table("dedans") == {"La Boussole", "Passerelle"}
    assert table("invitees") == {"Un Toit Demain"}
    assert table("atelier-fait") == set()
    assert "Atelier fait : 0 association" in told(desk.get(f"{page}?chiffre=atelier-fait").text)
    assert table("rien") == {"La Boussole", "Passerelle", "Un Toit Demain"}, "a word that is no figure shows all"


def test_a_place_given_back_is_in_the_week_until_it_is_taken(desk, database, programme):
    with database.transaction() as session:
        make_cohort(session)
        later = make_cohort(session, name="Cohorte 2027", starts_on=today() + timedelta(days=60), capacity=1)
        one = put_in(session, later, "La Boussole")
        words = {"space_id": None, "by": SOMEBODY, "now": utc_now()}
        members.move(session, later.id, one.id, to=MemberState.LEFT, reason="Arrête.", **words)
    assert "Une place s’est libérée dans « Cohorte 2027 » Sortie : La Boussole." in told(desk.get("/programme").text)
    with database.transaction() as session:
        put_in(session, later, "Passerelle")
    assert "libérée" not in told(desk.get("/programme").text)
