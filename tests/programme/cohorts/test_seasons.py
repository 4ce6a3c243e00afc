"""Applications are to one cohort at a time, and every page means the same one."""

from datetime import timedelta

from app.clock import utc_now
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, today

NEW = "/programme/cohortes/nouvelle"


def form(name, first, last, **words):
    """A cohort of next year whose applications open and close so many days from now; no end without ``last``."""
    starts_on, opens = today() + timedelta(days=300), today() + timedelta(days=first)
    closes = today() + timedelta(days=last) if last is not None else ""
    return {
        "name": name, "starts_on": starts_on, "ends_on": starts_on + timedelta(days=200), "capacity": "2",
        "opens_day": opens, "closes_day": closes, **words,
    }  # fmt: skip


def test_two_cohorts_that_would_take_applications_at_once_are_refused_beside_the_field(desk, database):
    now = utc_now()
    with database.transaction() as session:
        make_cohort(session)
        words = {"applications_open_at": now - timedelta(days=5), "applications_close_at": now + timedelta(days=20)}
        one = make_cohort(session, name="Cohorte 2027", starts_on=today() + timedelta(days=60), **words)
    for first, last in ((-10, 1), (10, 15), (15, 40), (-30, None)):
        refused = desk.post(NEW, data=form("Cohorte 2028", first, last))
        assert (refused.status_code, "« Cohorte 2027 » prend les candidatures" in told(refused.text)) == (422, True)
        assert 'id="opens_day-error"' in refused.text or "opens_day" in refused.text.partition("error")[2]
    later = desk.post(NEW, data=form("Cohorte 2028", 30, 40, place="Abbeville"))
    assert later.status_code == 302
    assert "Abbeville" in told(desk.get(later.location).text)
    page = f"/programme/cohortes/{one.id}/modifier"
    assert desk.post(page, data=form("Cohorte 2027", -5, 25)).status_code == 302, "it does not overlap itself"
    assert desk.post(page, data=form("Cohorte 2027", -5, 35)).status_code == 422
    week, pile = told(desk.get("/programme").text), told(desk.get("/programme/candidatures").text)
    assert "Candidatures à « Cohorte 2027 »" in week
    assert "Cohorte 2027" in pile


def test_a_closed_cohort_is_not_taken_up_again_over_the_season_of_another(desk, database):
    page = desk.post(NEW, data=form("Cohorte 2027", -5, 20)).location
    assert desk.post(f"{page}/clore").status_code == 302
    other = desk.post(NEW, data=form("Cohorte 2028", -1, 40)).location
    refused = desk.post(f"{page}/rouvrir")
    assert (refused.status_code, "« Cohorte 2028 » prend les candidatures" in told(refused.text)) == (422, True)
    assert "Cohorte close" in told(desk.get(page).text)
    assert desk.post(f"{other}/modifier", data=form("Cohorte 2028", 30, 40)).status_code == 302
    assert desk.post(f"{page}/rouvrir").status_code == 302
