"""The impact page, through the browser of the programme's staff."""

from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in


def test_a_programme_without_a_cohort_says_how_to_begin_and_an_empty_one_divides_by_nothing(desk, database):
    assert "Commençons par une cohorte" in told(desk.get("/programme/impact").text)
    with database.transaction() as session:
        cohort = make_cohort(session)
    page = told(desk.get("/programme/impact").text)
    assert "Aucune recommandation pour l’instant" in page
    assert "0 %" not in page
    assert "–" in page
    with database.transaction() as session:
        put_in(session, cohort, "Les Amis du Quai")
    page = desk.get("/programme/impact?cohorte=toutes")
    assert "1 sans recommandation, hors du compte" in told(page.text)
    rows = told(desk.get("/programme/impact/associations?chiffre=sans-recommandation").text)
    assert "Les Amis du Quai" in rows
    assert desk.get("/programme/impact/associations?chiffre=rien").status_code == 404
    file = desk.get("/programme/impact.csv").data.decode("utf-8-sig")
    assert file.splitlines()[0].startswith("Association;Dans la cohorte;Dans le programme le;Diagnostic de début le")
    assert file.splitlines()[1].startswith("Les Amis du Quai;oui;")
