"""Numbers, answers, conditions, dates and letters: pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import PARIS
from app.errors import Conflict, RuleBroken
from app.programme.applications import funnel, numbers, questions, rules, states, wordings
from app.programme.applications.questions import BY_KEY, FIELDS, Field, Version
from app.programme.applications.rules import FileState, Season, Verdict
from app.programme.applications.states import State, Who
from app.programme.applications.views import Decision

TODAY = date(2026, 11, 14)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "field": st.sampled_from(["", "other", "solidarity", "other poverty"]),
        "employees": st.integers(0, 9999).map(str),
        "board_on": st.sampled_from(["", "2026-10-12"]),
        "time": st.sampled_from(["", "half", "less"]),
        "employees_why": st.text(max_size=3),
        "need": st.text(max_size=3),
    },
)


@given(st.integers(0, 99_999_999))
def test_one_digit_makes_a_siren_and_a_slip_or_a_swap_is_seen(eight):
    digits = f"{eight:08d}"
    [last] = [one for one in "0123456789" if numbers.is_luhn(digits + one)]
    siren = digits + last
    assert numbers.read(f" {numbers.show(siren)} ") == siren
    slipped = f"{(int(siren[0]) + 1) % 10}{siren[1:]}"
    with pytest.raises(RuleBroken):
        numbers.read(slipped)


def test_other_ways_to_write_the_number_of_an_association():
    assert numbers.read("w802 001 234") == "W802001234"
    assert numbers.read("784 257 164 00016") == "784257164"
    assert numbers.masked("06 12 34 56 12") == "06 •• •• •• 12".replace(" ", "\u00a0")
    assert numbers.initialled("Odile de la Baie") == "Odile D."
    for wrong in ("", "W12", "12345678", "78425716a", "１２３"):
        with pytest.raises(RuleBroken) as refusal:
            numbers.read(wrong)
        assert "registration" in refusal.value.fields


@given(VALUES, st.sampled_from(FileState))
def test_a_verdict_is_given_for_each_condition_and_only_what_is_asked_can_be_missing(values, file):
    judged = rules.judge(values, file=file)
    assert list(judged) == list(rules.CONDITIONS)
    assert all(one.sentence and one.word for one in judged.values())
    missing = {one.key for one in rules.missing(values, judged, FIELDS)}
    for one in FIELDS:
        if one.key in missing:
            assert not values.get(one.key)
            assert rules.asked(one, judged)
    for key, one in judged.items():
        why = f"{key}_why"
        if why in BY_KEY:
            assert (why in missing) == (one.verdict is Verdict.MISSED and not values.get(why))
    count = int(values.get("employees") or -1)
    assert (judged["employees"].verdict is Verdict.MET) == (5 <= count <= 15)
    assert (judged["board"].verdict is Verdict.MET) == (bool(values.get("board_on")) and file is not FileState.NONE)


@pytest.mark.parametrize(("count", "verdict"), [(4, "missed"), (5, "met"), (15, "met"), (16, "missed")])
def test_five_to_fifteen_employees(count, verdict):
    assert rules.judge({"employees": str(count)}, file=FileState.NONE)["employees"].verdict.value == verdict


@given(st.text(max_size=30), st.sampled_from(FIELDS))
def test_an_answer_is_kept_as_it_was_read_or_refused_in_a_sentence_of_its_field(typed, field):
    try:
        value = rules.read(field, [typed], today=TODAY)
    except RuleBroken as refusal:
        assert refusal.fields == {field.key: refusal.sentence}
    else:
        assert rules.read(field, [value], today=TODAY) == value or field.options


def test_the_board_s_date_is_never_in_the_future():
    board = BY_KEY["board_on"]
    assert rules.read(board, ["2026-11-14"], today=TODAY) == "2026-11-14"
    with pytest.raises(RuleBroken, match="n'est pas encore passé"):
        rules.read(board, ["2026-11-15"], today=TODAY)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 59))
def test_the_minute_that_is_announced_belongs_to_the_time(day, second):
    closes = day.replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=PARIS).astimezone(UTC)
    assert rules.is_in_time(closes, closes + timedelta(seconds=second))
    assert not rules.is_in_time(closes, closes + timedelta(minutes=1))
    assert rules.season(closes - timedelta(days=9), closes, closes + timedelta(seconds=30)) is Season.OPEN


def test_each_change_of_state_is_in_the_table_and_those_back_take_a_reason():
    for before in State:
        for after in State:
            for who in Who:
                change = states.CHANGES.get((before, after))
                if change is None or who not in change.by:
                    with pytest.raises(Conflict):
                        states.check(before, after, who, "raison", was_filed=True)
    back = [
        (State.REVIEW, State.FILED),
        (State.FILED, State.DRAFT),
        (State.REFUSED, State.KEPT),
        (State.KEPT, State.REFUSED),
    ]
    for before, after in back:
        [who] = states.CHANGES[before, after].by
        with pytest.raises(RuleBroken):
            states.check(before, after, who, "", was_filed=True)
    [(again, _change)] = states.following(State.WITHDRAWN, Who.APPLICANT, was_filed=True)
    assert again is State.FILED


def test_a_letter_has_its_link_and_fills_no_other_place():
    letter = wordings.letter(Decision.KEPT, who="Odile Carpentier", name="{nom} L’Épicerie «de la baie»")
    assert letter.startswith('Bonjour Odile, la candidature "nom L\'Épicerie de la baie" est retenue')
    assert wordings.checked_letter("Bravo") == "Bravo {lien}"
    for wrong in ("", "Bonjour {prénom}", "x" * 481):
        with pytest.raises(RuleBroken):
            wordings.checked_letter(wrong)


def test_a_newer_form_marks_what_changed_for_a_draft_of_an_older_one_and_lacks_nothing_that_it_asks_no_more():
    old = Version(1, [Field("town", "who", "Commune"), Field("fax", "who", "Télécopie")])
    new = Version(2, [Field("town", "who", "Ville"), Field("site", "who", "Site", hint="À peu près")])
    judged = rules.judge({}, file=FileState.NONE)

    def lacks(form, **values):
        return [one.key for one in rules.missing(values, judged, form.fields)]

    assert lacks(old) == ["town", "fax"]
    assert lacks(new) == ["town", "site"]
    assert lacks(new, town="Amiens", site="amis.example") == []
    changes = questions.between(old, new)
    assert [changes.mark(one.key) for one in new.fields] == ["Question reformulée", "Nouvelle question"]
    assert (changes.reworded, changes.removed) == ({"town": "Commune"}, [old.fields[1]])
    assert questions.between(new, new).sentence == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Odile Carpentier", "Odile C."),
        ("Odile", "Odile"),
        ("odile de la Baie", "odile D."),
        ("", "Quelqu'un"),
        ("06 12 34 56 12", "Quelqu'un"),
        ("odile@baie.example", "Quelqu'un"),
        ("Odile 0612345612", "Quelqu'un"),
    ],
)
def test_whoever_types_a_siren_reads_a_first_name_and_an_initial_at_most(name, shown):
    assert numbers.initialled(name) == shown


def test_a_number_to_call_is_left_out_of_what_somebody_typed_and_a_siren_or_a_day_is_not():
    for number in ("03 22 11 22 33", "03.22.11.22.33", "0322112233", "+33 6 12 34 56 78", "0033612345678"):
        assert numbers.without_phones(f"Mme Petit au {number}.") == "Mme Petit au [numéro]."
    for words in ("784 257 164", "le 12/10/2026 à 14 h", "17 bénévoles, 7 salariés", "n° 2027-017"):
        assert numbers.without_phones(words) == words


@given(st.lists(st.integers(0, 300), min_size=1))
def test_half_in_less_than_so_many_days(days):
    within = funnel.within(sorted(days), 90)
    assert sum(one <= within for one in days) * 10 >= 9 * len(days)
    assert funnel.within([], 50) is None
