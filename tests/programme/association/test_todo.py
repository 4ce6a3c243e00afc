"""What an association is asked to do next is what it has not done."""

import pytest

from app.programme.association.todo import Standing, todo


@pytest.mark.parametrize(
    ("asked", "awaits", "title", "why"),
    [
        (0, (), "Dire qui répond au diagnostic de fin", "Chacun répond de son côté"),
        (3, ("Rachid",), "Relancer Rachid : diagnostic de fin", "1 personne sur 3 n'a pas encore répondu."),
        (3, ("Rachid", "Odile"), "Relancer 2 personnes", "2 personnes sur 3 n'ont pas encore répondu."),
        (3, (), "Vous mettre d'accord sur le diagnostic de fin", "Les 3 personnes ont répondu"),
    ],
)
def test_a_diagnostic_under_way_asks_for_what_is_missing_and_for_nothing_that_was_done(asked, awaits, title, why):
    [line] = todo(Standing(diagnostic_open="fin", diagnostic_asked=asked, diagnostic_awaits=awaits))
    assert line.title.replace("\xa0", " ").startswith(title)
    assert line.why.replace("\xa0", " ").startswith(why)
