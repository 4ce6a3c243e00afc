"""What people answer, and what a note should not say of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.words import is_ambiguous, reads_as_start, reads_as_stop, sensitive_words

STOP_WORDS = ["stop", "arret", "arrêt", "arreter", "arrête", "desabonner", "désinscription", "stopper", "unsubscribe"]
WRAPPED = st.builds(
    lambda before, word, after: before + word + after,
    st.sampled_from(["", " ", "« ", '"', "\n", "...", "\u00a0"]),
    st.sampled_from(STOP_WORDS).flatmap(lambda word: st.sampled_from([word, word.upper(), word.title()])),
    st.sampled_from(["", " ", ".", "!!", " svp", " merci", " merci de tout", " »", "\n-- \nJeanne"]),
)


@given(WRAPPED, st.sampled_from(["NFC", "NFD"]))
def test_a_stop_word_first_is_a_stop_however_it_is_written(body, form):
    body = unicodedata.normalize(form, body)
    assert reads_as_stop(body)
    assert not is_ambiguous(body)
    assert not reads_as_start(body)


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "Stop.",
        "ARRÊT SVP",
        "stop36111",
        "  «Stop»",
        "Désinscription !",
        "Bonjour, stop svp",
        "END",
        "Quit",
        "cancel.",
        "opt-out",
    ],
)
def test_ways_to_say_stop(body):
    assert reads_as_stop(body)


@pytest.mark.parametrize(
    "body",
    [
        "je veux arrêter de recevoir",
        "Stop, je pars",
        "Merci de ne plus m'envoyer de messages",
        "Retirez-moi de la liste",
        "Je ne veux plus de SMS",
        "laissez moi tranquille",
        "Non merci",
        "Comment se désabonner ?",
        "Qui êtes-vous ?",
        "Stopover",
        "Merci de ne plus me contacter",
        "S T O P",
        "Mauvais numéro",
        "Vous vous trompez de personne",
        "Ce n'est pas la bonne personne",
        "Comment avez-vous eu mon numéro ?",
        "je ne veux plus",
        "Plus jamais",
        "Je ne suis plus bénévole",
        "Je m'oppose à vos envois",
        "fichez-moi la paix",
        "Sotp",
        "C'est qui ?",
    ],
)
def test_an_unclear_objection_goes_to_a_person(body):
    assert not reads_as_stop(body)
    assert is_ambiguous(body)


@pytest.mark.parametrize(
    "body",
    [
        "OUI",
        "Je viens samedi",
        "",
        "👍",
        "oui je suis à l'heure",
        "1",
        "Je peux pas t'appeler",
        "The end",
        "Un bon numéro",
    ],
)
def test_an_ordinary_answer_is_neither(body):
    assert not reads_as_stop(body)
    assert not is_ambiguous(body)
    assert not reads_as_start(body)


@pytest.mark.parametrize(
    ("body", "start"), [("START", True), (" Reprendre !", True), ("reprendre samedi ?", False), ("oui", False)]
)
def test_coming_back_takes_one_clear_word(body, start):
    assert reads_as_start(body) is start


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("Diabétique, vient le mardi", ["Diabétique"]),
        ("hébergée au CADA, demande d'asile", ["CADA", "asile"]),
        ("touche le RSA ; ancien SDF", ["RSA", "SDF"]),
        ("d’origine malienne", ["origine malienne"]),
        ("sans-papiers, sans papiers", ["sans-papiers", "sans papiers"]),
        ("sortie de prison, prison", ["prison"]),
        ("Sait conduire un camion, aime la cuisine", []),
        ("Vit à Rome, fait de la voile et du théâtre", []),
        ("", []),
    ],
)
def test_a_sensitive_note_is_shown_its_words(note, found):
    assert sensitive_words(note) == found


@given(st.text(max_size=80))
def test_any_text_can_be_read(body):
    assert all(word in unicodedata.normalize("NFC", body) for word in sensitive_words(body))
    assert not (reads_as_stop(body) and (reads_as_start(body) or is_ambiguous(body)))
