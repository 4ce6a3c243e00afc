"""Receipts come late, twice and out of order; a message only ever moves forward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.status import CARRIED, FINAL, Status, advance, exact, from_carrier, plain, reopens

ANY = st.sampled_from(Status)
CARRIER_WORDS = [
    "accepted",
    "scheduled",
    "queued",
    "sending",
    "sent",
    "delivered",
    "read",
    "undelivered",
    "failed",
    "canceled",
]
REPORTS = st.lists(st.sampled_from([s for s in map(from_carrier, CARRIER_WORDS) if s]), max_size=8)
PATH = [Status.QUEUED, Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, Status.SENT]


def after(current, reports):
    for reported in reports:
        current = advance(current, reported)
    return current


@pytest.mark.parametrize("current", PATH)
def test_a_message_on_its_way_moves_forward_only(current):
    for reported in PATH:
        assert advance(current, reported) is max(current, reported, key=PATH.index)
    for final in FINAL - {Status.WITHDRAWN}:
        assert advance(current, final) is final


@given(st.sampled_from(sorted(FINAL)), ANY)
def test_the_first_final_status_wins(final, reported):
    assert advance(final, reported) is final


@given(ANY)
def test_only_a_queued_message_can_be_withdrawn(current):
    expected = Status.WITHDRAWN if current in (Status.QUEUED, Status.WITHDRAWN) else current
    assert advance(current, Status.WITHDRAWN) is expected


@given(ANY, REPORTS)
def test_repeating_reports_changes_nothing(current, reports):
    assert after(current, reports) is after(current, [r for r in reports for _ in range(2)])
    assert after(after(current, reports), reports) is after(current, reports)


@given(ANY, REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_reports_matters_only_between_two_finals(current, reports, chance):
    first_final = next((r for r in reports if r in FINAL), None)
    same = [r for r in reports if r not in FINAL or r is first_final]
    shuffled = chance.sample(same, len(same))
    assert after(current, shuffled) is after(current, reports)


@given(st.text(max_size=12))
def test_an_unknown_word_of_the_carrier_is_no_error(word):
    assert from_carrier(word) is None or word.strip().lower() in CARRIER_WORDS


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", Status.ACCEPTED),
        ("scheduled", Status.ACCEPTED),
        ("queued", Status.ACCEPTED),
        ("sending", Status.ACCEPTED),
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("read", Status.DELIVERED),
        ("undelivered", Status.UNDELIVERED),
        ("failed", Status.FAILED),
        ("canceled", Status.FAILED),
        ("partially_delivered", None),
    ],
)
def test_the_words_of_twilio(word, status):
    assert from_carrier(word) is status


def test_four_words_are_enough_for_a_referente():
    said = {}
    for status in Status:
        said.setdefault(plain(status), []).append(status)
    assert said == {
        "En attente": [Status.QUEUED],
        "En route": [Status.SENDING, Status.UNKNOWN, Status.ACCEPTED, Status.SENT],
        "Arrivé (pas forcément lu)": [Status.DELIVERED],
        "Pas arrivé": [Status.UNDELIVERED, Status.FAILED, Status.WITHDRAWN],
    }
    assert exact(Status.UNKNOWN) == "Peut-être parti. Nous vérifions, ne renvoyez pas."
    assert exact(Status.FAILED) == "Refusé : il n'est pas parti."
    assert exact(Status.UNDELIVERED) == "Parti, mais pas arrivé sur le téléphone."
    assert len({exact(status) for status in Status}) == len(Status)


@given(ANY, ANY, st.booleans(), st.booleans())
def test_an_end_is_undone_only_where_silence_was_its_reason_or_another_try_took_over(
    current, reported, is_concluded, is_replaced
):
    undone = reopens(current, reported, is_concluded=is_concluded, is_replaced=is_replaced)
    if current is Status.FAILED and is_concluded:
        assert undone == (reported in CARRIED), "the carrier had it after all"
    else:
        assert undone == (is_replaced and current in FINAL and reported is Status.DELIVERED)
    assert not undone or current in FINAL
