"""Search in French: what is written and what is asked meet whatever accents, plural and small words. Pure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.french.folding import without_accents
from app.programme.resources import search

WORDS = st.text("abcdeéèêfghilmnoprstuvxyœç", min_size=3, max_size=12)
TEXTS = st.lists(WORDS, min_size=1, max_size=12)


def finds(question: str, text: str) -> bool:
    """As the database does: every needle stands in the index."""
    known = search.index(text)
    needles = search.needles(question)
    return bool(needles) and all(needle in known for needle in needles)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("assemblees generale", "Tenir une assemblée générale en ligne"),
        ("assemblee generale", "Les assemblées générales"),
        ("ASSEMBLÉES GÉNÉRALES", "une assemblee generale"),
        ("comment tenir l'assemblée ?", "Tenir une assemblée"),
        ("journal", "Les journaux"),
        ("locaux", "un local"),
        ("réseau", "Des réseaux"),
        ("bénévole", "Le bénévolat"),
        ("nouvelle", "un nouvel outil"),
        ("active", "des membres actifs"),
        ("animatrices", "un animateur"),
        ("informé", "Informer les personnes"),
        ("travaux", "un travail"),
        ("sms", "Écrire un bon SMS"),
        ("coeur", "au cœur"),
        ("2,5", "de 2,5 heures"),
    ],
)
def test_what_is_asked_is_found_as_people_type_it(question: str, text: str) -> None:
    assert finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("assemblée", "Écrire un SMS"),
        ("sms", "smsi"),
        ("les des", "Les mots des uns"),
        ("%", "100 %"),
        ("", "Un texte"),
    ],
)
def test_what_is_not_there_is_not_found(question: str, text: str) -> None:
    assert not finds(question, text)


@given(TEXTS, st.data())
def test_any_words_of_a_text_find_it_without_accents_and_in_any_case(words: list[str], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=4))
    question = without_accents(" ".join(some)).upper()
    if search.needles(question):
        assert finds(question, " ".join(words))


@given(st.text("abcdefghijklmnopqrstuvwyz", min_size=3, max_size=14).filter(lambda word: word[-1] not in "sx"))
def test_an_s_of_the_plural_changes_no_stem(word: str) -> None:
    if word not in search._IRREGULAR:
        assert search.stem(f"{word}s") == search.stem(word)


@given(st.text(max_size=60))
def test_needles_hold_nothing_that_a_database_would_take_for_a_sign_of_its_own(question: str) -> None:
    assert all(re.fullmatch(r" [a-z0-9]+ ?", needle) for needle in search.needles(question))
    assert len(search.needles(question)) <= search.TERMS_MAX
