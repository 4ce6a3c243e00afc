"""What the database sums of all associations is what the rule says of each."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from app.clock import utc_now
from app.programme.cohorts.models import Cohort
from app.programme.diagnostic import opening, seed, service
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic, DiagnosticMovement
from app.programme.impact import movements
from tests.factories import SOMEBODY
from tests.programme.conftest import make_cohort, put_in
from tests.programme.diagnostic.conftest import KEYS

ACT = {"space_id": None, "by": SOMEBODY}
ANSWERS = st.fixed_dictionaries({key: st.sampled_from([None, 0, 1, 2, 3]) for key in KEYS})


def start(session, association, cohort, moment):
    return opening.open_one(session, association.id, cohort.id, moment, **ACT, now=utc_now())


def answer(session, one: Diagnostic, answers):
    """Settled, as the room does it; unlike there, one that was settled is taken up again even after an end."""
    one.agreed_at = None
    session.execute(delete(AgreedAnswer).where(AgreedAnswer.diagnostic_id == one.id))
    rows = [
        {"diagnostic_id": one.id, "key": key, "value": value, "written_at": utc_now(), "written_by": "Odile"}
        for key, value in answers.items()
    ]
    session.execute(insert(AgreedAnswer), rows)
    opening.settle(session, one, **ACT, now=utc_now())


def moved_by_the_rule(session, association, cohort):
    then, now = (service.scores(session, association.id, cohort.id, moment) for moment in (Moment.T0, Moment.T1))
    return service.moved(then, now)


def test_what_was_kept_and_the_rule_agree_on_any_answers(database):
    with database.transaction() as session:
        seed.seed(session, utc_now())
        cohort = make_cohort(session)
        association = put_in(session, cohort, "Les Amis du Quai")
        other = put_in(session, cohort, "La Boussole")
        everything = dict.fromkeys(KEYS, 1)
        first = start(session, association, cohort, Moment.T0)
        answer(session, first, everything)
        answer(session, start(session, other, cohort, Moment.T0), everything)
        last = start(session, association, cohort, Moment.T1)

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ANSWERS, ANSWERS)
        def agree(before, after):
            answer(session, first, before)
            answer(session, last, after)
            rule = moved_by_the_rule(session, association, cohort)
            found = movements.of_cohorts(session, [cohort.id])
            assert list(found) == [last.id], "the other has no end"
            own = found[last.id]
            assert own.axes == {axis: (one.before, one.now) for axis, one in rule.items() if one.before is not None}
            assert (own.compared, own.asked) == (sum(one.compared for one in rule.values()), len(KEYS))
            assert movements.of_association(session, association.id, cohort.id) == own

        agree()
        opening.reopen(session, last, **ACT, now=utc_now())
        assert movements.of_cohorts(session, [cohort.id]) == {}, "taken up again: nothing is kept of it"
        answer(session, first, everything)
        answer(session, last, dict.fromkeys(KEYS, 3))
        assert movements.of_cohorts(session, [cohort.id])[last.id].axes["R"].now == 100
        session.execute(delete(Cohort).where(Cohort.id == cohort.id))
        assert session.scalars(select(DiagnosticMovement)).all() == [], "erased with what it was summed of"
