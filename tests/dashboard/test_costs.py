"""What each live space costs, month by month: sums and names alone, for the programme's staff."""

from datetime import UTC, datetime

import pytest
import time_machine

from app.accounts.models import Mode, Staff
from app.messaging import tallies
from app.messaging.status import Status
from tests.factories import make_mailing, make_space, make_user, sign_in

NOVEMBER, LAST_OF_OCTOBER = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 10, 31, 22, 59, tzinfo=UTC)


@pytest.fixture
def staff(client, database):
    """A browser of the programme's, in November; two live spaces, one that practises."""
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC), tick=False):
        with database.transaction() as session:
            _spend(session)
            sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
        yield client


def _spend(session):
    quai = make_space(session, name="Les Amis du Quai", slug="quai", sender="AmisDuQuai", budget_micros=10_000_000)
    make_space(session, name="Maraude", slug="maraude", sender="")
    practice = make_space(session, name="Pour jouer", mode=Mode.PRACTICE)
    for space, at, price in (
        (quai, NOVEMBER, 2_500_000),
        (quai, NOVEMBER, 1_250_000),
        (quai, LAST_OF_OCTOBER, 8_000_000),
        (practice, NOVEMBER, 9_000_000),
    ):
        mailing = make_mailing(session, space, created_at=at)
        tallies.note(session, [tallies.Change(space.id, mailing.id, None, Status.QUEUED, 1, price)])


def test_a_month_shows_each_live_space_with_its_limit(staff):
    page = staff.get("/sante/couts").text.replace("\u00a0", " ").replace("\u202f", " ")
    assert page.index("Les Amis du Quai") < page.index("Maraude")
    assert "3,75 €" in page
    assert "(dépensée à 37 %)" in page
    assert "Pour jouer" not in page
    october = staff.get("/sante/couts?mois=2026-10").text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "8,00 €" in october, "a month ends at midnight in Paris"
    assert "octobre 2026" in october
    assert staff.get("/sante/couts?mois=n'importe quoi").status_code == 200


def test_twelve_months_leave_as_a_file(staff):
    lines = staff.get("/sante/couts/couts.csv").text.lstrip("\ufeff").splitlines()
    assert len(lines) == 1 + 2 * 12
    assert "Les Amis du Quai;quai;AmisDuQuai;2026-11;10,00;3,75;EUR" in lines
    assert "Les Amis du Quai;quai;AmisDuQuai;2026-10;10,00;8,00;EUR" in lines
    assert "Maraude;maraude;;2025-12;;0,00;EUR" in lines
