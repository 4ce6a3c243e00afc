"""The shared pieces of pages: what a reader of the page hears, and what works without a script."""

import re

import pytest
from flask import Flask, render_template_string

FORMS = '{% from "components/forms.html" import post_button, confirm, row_menu, error_summary with context %}'
LEAVING = '{% from "components/leaving.html" import leaving with context %}{{ leaving(one, stop, "/ici") }}'
ONE = {"people": 2, "leaves_at": None, "now": None, "seconds_left": 0, "departure": ""}


@pytest.fixture
def draw(app: Flask):
    def drawn(source: str, **words: object) -> str:
        with app.test_request_context():
            return render_template_string(source, **words)

    return drawn


def heard(page: str, element: str) -> list[str]:
    """What each of these elements says, the hidden words for whoever listens among them."""
    inner = re.findall(rf"<{element}\b[^>]*>(.*?)</{element}>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in inner]


def test_buttons_alike_say_what_they_are_about_on_the_button_and_their_forms_are_no_landmarks(draw) -> None:
    page = draw(FORMS + '{{ post_button("Retirer", "/x", of="Zoé", attrs={"aria-describedby": "note"}) }}')
    assert heard(page, "button") == ["Retirer\xa0: Zoé".replace("\xa0", " ")]
    assert "aria-" not in re.search(r"<form[^>]*>", page)[0]
    assert 'aria-describedby="note"' in re.search(r"<button[^>]*>", page)[0]


def test_a_question_asks_before_its_form_acts_and_needs_no_script(draw) -> None:
    page = draw(FORMS + '{{ confirm("Supprimer", "/x", "Plus rien ne reste.", hidden={"id": 7}, of="Zoé") }}')
    summary, form = page.index("</summary>"), page.index("<form")
    assert summary < form < page.index("Plus rien ne reste.") < page.index("<button")
    assert 'name="id" value="7"' in page
    assert "csrf_token" in page
    assert "<details" in page
    assert " open" not in page


def test_the_menu_of_a_row_says_whose_it_is(draw) -> None:
    page = draw(FORMS + '{% call row_menu("Zoé") %}<a href="/z">Voir</a>{% endcall %}')
    assert "Zoé" in heard(page, "summary")[0]
    assert '<a href="/z">' in page


def test_a_point_to_mend_leads_to_its_field_and_one_of_no_field_leads_nowhere(draw) -> None:
    page = draw(FORMS + "{{ error_summary(errors) }}", errors={"": "Tout entier.", "name": "Le nom."})
    assert re.findall(r'href="([^"]*)"', page) == ["#name"]


def test_what_leaves_may_be_stopped_while_it_is_counted_and_by_those_alone_who_may(draw, app) -> None:
    class Instant:
        def isoformat(self) -> str:
            return "2020-02-03T18:30:00+00:00"

    one = {**ONE, "leaves_at": Instant(), "now": Instant(), "seconds_left": 12}
    assert 'action="/stop"' in draw(LEAVING, one=one, stop="/stop")
    assert "<noscript>" in draw(LEAVING, one=one, stop="/stop"), "the figure stands still there, and says so"
    assert "<form" not in draw(LEAVING, one=one, stop="")
    held = draw(LEAVING, one={**ONE, "departure": "Part demain"}, stop="/stop")
    assert "Part demain" in held
    assert 'action="/stop"' in held
    assert draw(LEAVING, one=ONE, stop="/stop").strip() == ""
