"""What the impact page counts of associations that came, left, were invited again, and of what they agreed to share."""

import csv
import io
from datetime import datetime, timedelta

from sqlalchemy import insert

from app.accounts.models import Association
from app.clock import PARIS, utc_now
from app.events.models import Event, EventState
from app.programme.cohorts import members
from app.programme.cohorts.states import MemberState
from app.programme.impact import behind, figures, reading
from app.programme.impact.paths import Step
from app.programme.progress.planned import Planned, Workshops
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.states import State
from app.programme.sharing import rules
from app.programme.sharing import service as sharing
from app.programme.sharing.models import SharedMonth
from tests.factories import SOMEBODY, make_space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in, today
from tests.programme.recommendations.test_recommendations import recommend


def by():
    return {"space_id": None, "by": SOMEBODY, "now": utc_now()}


def had(association_id, at, *, number=1, is_unnoted=False):
    """A workshop of an association that took place."""
    event = Event(id=number, starts_at=at, ends_at=at + timedelta(minutes=90), state=EventState.OPEN)
    words = {"was_opened": True, "is_unnoted": is_unnoted, "address": "", "attendance_address": ""}
    return Planned(association_id=association_id, event=event, kind="", **words)


def room(*done, first_sent=()):
    """The room of workshops, which knows these."""
    sent = dict(first_sent)
    return Workshops(
        planned=lambda _session, ids: [one for one in done if one.association_id in ids],
        first_sent=lambda _session, ids: {one: sent[one] for one in ids if one in sent},
        event_ids=lambda: None,
    )


def test_the_share_of_the_page_is_that_of_recommendations_and_an_invited_again_one_keeps_its_line(desk, database):
    with database.transaction() as session:
        first = make_cohort(session)
        later = make_cohort(session, name="Cohorte 2027", starts_on=today() - timedelta(days=2))
        one = put_in(session, first, "Quai")
        recommend(session, one.id, "Clairon", up_to=State.STARTED, now=utc_now())
        members.move(session, first.id, one.id, to=MemberState.LEFT, reason="Passe à 2027.", **by())
        members.move(session, first.id, one.id, to=MemberState.INVITED, reason="", **by())
        [left] = reading.read(session, [first], room(), now=utc_now()).paths
        assert (left.is_inside, Step.STARTED in left.reached) == (False, True), "its past stays behind its line"
        put_in(session, later, "Quai")
        paths = reading.read(session, [first, later], room(), now=utc_now()).paths
        page, rule = figures.share(paths), recommendations.of_cohort(session, None)
        assert (len(page.started), page.of, page.percent) == (len(rule.started), len(rule.received), rule.percent)
        assert len(page.without) == 1, "it is inside, and nothing was recommended to it where it is"
    words = told(desk.get("/programme/impact?cohorte=toutes").text)
    assert "Aucune recommandation pour l’instant" in words
    assert "Quai" not in told(desk.get("/programme/impact/associations?chiffre=ont-demarre&cohorte=toutes").text)


def test_a_recommendation_made_to_an_invited_association_counts_from_the_day_it_comes_in(database):
    with database.transaction() as session:
        cohort = make_cohort(session)
        one = put_in(session, cohort, "Invitée", state=MemberState.INVITED)
        recommend(session, one.id, "Clairon", up_to=State.STARTED, now=utc_now())
        before = recommendations.of_cohort(session, cohort.id)
        assert (before.received, before.left) == ([], []), "who was never in did not leave"
        members.move(session, cohort.id, one.id, to=MemberState.INSIDE, reason="", **by())
        after = recommendations.of_cohort(session, cohort.id)
        assert (after.received, after.started) == ([one.id], [one.id])


def test_texts_are_those_of_months_that_an_association_agreed_to_share_since_its_workshop(desk, database):
    now = utc_now()
    months = [rules.month_of(now)]
    for _month in range(3):
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    months.pop()
    with database.transaction() as session:
        cohort = make_cohort(session, starts_on=today() - timedelta(days=150))
        space = make_space(session, name="Quai")
        shares, silent = (put_in(session, cohort, name).id for name in ("Quai", "Silence"))
        session.get_one(Association, shares).space_id = space.id
        sharing.agree(session, space, by=SOMEBODY, now=now - timedelta(days=100))
        own = [dict.fromkeys(rules.Figures.__annotations__) for _month in months]
        for row, (month, texts) in zip(own, zip(months, (900, 20, None), strict=True), strict=True):
            row.update(association_id=shares, month=month, made_at=now, texts=texts, places=6, age_25_34=12)
        session.execute(insert(SharedMonth), own)
        at = datetime.combine(months[1], datetime.min.time(), PARIS) + timedelta(days=3)
        before_the_cohort = had(silent, now - timedelta(days=200), number=2)
        workshops = room(
            had(shares, at, is_unnoted=True), before_the_cohort, first_sent={shares: now, silent: now}.items()
        )
        counted = reading.read(session, [cohort], workshops, now=now)
    found = {path.name: path for path in counted.paths}
    assert found["Quai"].first_sent_at == now
    assert found["Silence"].first_sent_at is None, "its own space is not looked into without its agreement"
    assert Step.WORKSHOP not in found["Silence"].reached
    assert list(counted.workshops) == [1], "nor are the hours of a workshop before the cohort its hours"

    def row(key):
        return [(one.path.name, one.note) for one in behind.find(key).rows(counted.paths)]

    assert row("sms")[0][1].startswith("au moins 20 depuis l'atelier ("), "900 were sent before it"
    assert row("places") == [("Quai", "12 depuis l'atelier")]
    assert [one.name for one in counted.to_note] == ["Quai"]
    assert [note.count(" : 10") for _name, note in row("age-age_25_34")] == [3], "over time"
    assert row("age-age_65_plus") == []
    for key in (
        "sms",
        "places",
        "seances-formations",
        "seances-ateliers",
        "a-noter",
        "age-age_25_34",
        "rien-a-comparer",
    ):
        assert desk.get(f"/programme/impact/associations?chiffre={key}").status_code == 200
    words = told(desk.get("/programme/impact").text)
    assert "10 → 10" in words, "the ages are drawn without a workshop"
    assert "%" not in words.partition("L’âge des bénévoles")[2]
    assert "Aucune association ne partage encore un mois d’après son atelier" in words


def test_the_file_sorts_as_people_read_says_no_director_and_an_unknown_cohort_is_not_found(desk, database):
    with database.transaction() as session:
        cohort = make_cohort(session)
        for name in ("Toit", "Épicerie", "Amis"):
            put_in(session, cohort, name)
    text = desk.get("/programme/impact.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [one["Association"] for one in lines] == ["Amis", "Épicerie", "Toit"]
    assert {"SMS depuis l'atelier", "Places remplies depuis l'atelier", "Formations suivies"} < set(lines[0])
    assert not [word for word in lines[0] if "eure" in word or "ersonne" in word], "those of a few are somebody's"
    assert lines[0]["Dans le programme le"] == today().strftime("%d/%m/%Y"), "as the programme's other files say it"
    page = told(desk.get("/programme/impact/associations?chiffre=retenue").text)
    assert page.index("Amis") < page.index("Épicerie") < page.index("Toit")
    for wrong in ("abc", "999", "0", "-1"):
        for address in ("impact", "impact.csv", "impact/associations"):
            assert desk.get(f"/programme/{address}?cohorte={wrong}").status_code == 404


def test_a_workshop_counts_in_one_cohort_of_an_association_that_is_in_two(database):
    now = utc_now()
    with database.transaction() as session:
        first = make_cohort(session)
        later = make_cohort(session, name="Cohorte 2027", starts_on=today() - timedelta(days=30))
        ids = {put_in(session, one, "Quai").id for one in (first, later)}
        [quai] = ids
        workshops = room(had(quai, now - timedelta(days=60)), had(quai, now - timedelta(days=9), number=2))
        own, next_one = (reading.read(session, [one], workshops, now=now) for one in (first, later))
        over_all = reading.read(session, [first, later], workshops, now=now)
    assert [list(one.workshops) for one in (own, next_one, over_all)] == [[1], [2], [1, 2]]
    assert [one.paths[0].workshops for one in (own, next_one, over_all)] == [1, 1, 2]
