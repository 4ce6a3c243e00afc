"""Pages are set in type; an SMS never is."""

from datetime import UTC, datetime

from app.clock import PARIS
from app.french.typography import set_type, show_day, show_instant, show_money, show_short, show_time


def test_no_sign_is_left_alone_on_a_line():
    assert set_type("« Oui » : d'accord ?") == "«\u00a0Oui\u00a0»\u00a0: d’accord\u202f?"
    assert set_type("94 % de %(n)s") == "94\u202f% de %(n)s"


def test_instants_read_as_in_french():
    at = datetime(2020, 2, 3, 17, 30, tzinfo=UTC)
    assert show_instant(at, PARIS) == "lundi 3 février 2020 à 18\u00a0h\u00a030"
    assert show_time(datetime(2020, 2, 3, 8, tzinfo=UTC), PARIS) == "9\u00a0h"
    assert show_short(at, PARIS) == "lun. 3 févr. 2020, 18\u00a0h\u00a030"
    assert show_day(datetime(2020, 2, 1, 12, tzinfo=UTC), PARIS) == "samedi 1er février 2020"


def test_money_comes_from_micros():
    assert show_money(16_500_000, "EUR") == "16,50\u00a0€"
