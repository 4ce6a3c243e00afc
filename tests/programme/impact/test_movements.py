"""What the database sums of all associations is what the rule says of each."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from app.clock import utc_now
from app.programme.diagnostic import opening, seed, service
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic
from app.programme.impact import movements
from tests.factories import SOMEBODY
from tests.programme.conftest import make_cohort, put_in
from tests.programme.diagnostic.conftest import KEYS

ACT = {"space_id": None, "by": SOMEBODY}
ANSWERS = st.fixed_dictionaries({key: st.sampled_from([None, 0, 1, 2, 3]) for key in KEYS})


def settled(session, association, cohort, moment):
    one = opening.open_one(session, association.id, cohort.id, moment, **ACT, now=utc_now())
    one.agreed_at = utc_now()
    session.flush()
    return one


def answer(session, one: Diagnostic, answers):
    session.execute(delete(AgreedAnswer).where(AgreedAnswer.diagnostic_id == one.id))
    rows = [
        {"diagnostic_id": one.id, "key": key, "value": value, "written_at": utc_now(), "written_by": "Odile"}
        for key, value in answers.items()
    ]
    session.execute(insert(AgreedAnswer), rows)


def test_the_database_and_the_rule_agree_on_any_answers(database):
    with database.transaction() as session:
        seed.seed(session, utc_now())
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Amis du Quai")
        other = put_in(session, cohort, "La Boussole")
        first = settled(session, association, cohort, Moment.T0)
        last = settled(session, association, cohort, Moment.T1)
        settled(session, other, cohort, Moment.T0)

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ANSWERS, ANSWERS)
        def agree(before, after):
            answer(session, first, before)
            answer(session, last, after)
            then, now = (
                service.scores(session, association.id, cohort.id, moment) for moment in (Moment.T0, Moment.T1)
            )
            rule = service.moved(then, now)
            found = movements.of_cohorts(session, [cohort.id])
            assert list(found) == [(association.id, cohort.id)], "the other has no end"
            own = found[association.id, cohort.id]
            assert own.axes == {axis: (one.before, one.now) for axis, one in rule.items() if one.before is not None}
            assert (own.compared, own.asked) == (sum(one.compared for one in rule.values()), len(KEYS))

        agree()
