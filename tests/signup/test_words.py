"""The text that asks to confirm is one SMS for any association, and a stamp tells the age of a form."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.contacts.options import AVAILABILITY, told
from app.messaging.body.parts import encoding_of, part_count
from app.messaging.body.text import fields_of
from app.messaging.messages import with_link
from app.signup import stamps, wordings
from app.signup.stamps import Age
from tests.factories import NOON


@given(st.text(max_size=120), st.integers(20, 110))
def test_the_text_is_one_sms_whatever_the_name_and_the_domain(name, length):
    body = wordings.sms(name, link="x" * length)
    sent = body.replace("{lien}", "x" * length)
    assert (encoding_of(sent), part_count(sent)) == ("GSM-7", 1)
    assert fields_of(body) == ["lien"]
    assert with_link(body) == body


def test_a_name_is_kept_as_far_as_it_fits():
    assert wordings.sms("Noël à l’Hôtel-Dieu", link="x" * 40).startswith("Noel à l'Hotel-Dieu : ")
    long = wordings.sms("Association " * 10, link="x" * 40)
    assert "... : " in long
    assert wordings.sms("{🥁}", link="x" * 40) == "Votre inscription : {lien}"


def test_a_stamp_is_of_one_page_and_ages():
    made = stamps.make("quai", key="k", now=NOON)
    ages = [stamps.read(made, "quai", key="k", now=NOON + timedelta(seconds=s)) for s in (0, 1, 2, 86_400, 86_401)]
    assert ages == [Age.TOO_FAST, Age.TOO_FAST, Age.FINE, Age.FINE, Age.TOO_OLD]
    strangers = [("autre", "k", made), ("quai", "autre", made), ("quai", "k", ""), ("quai", "k", f"9{made}")]
    assert {stamps.read(text, page, key=key, now=NOON) for page, key, text in strangers} == {Age.UNKNOWN}


def test_availability_is_told_in_words():
    assert [told(AVAILABILITY, mask) for mask in (0, 1, 6)] == ["", "en journée", "le soir, le week-end"]
