"""Sixty answers to a call, as people write them: obeyed, or put before a person, or ordinary."""

import pytest

from app.consent.words import is_ambiguous, reads_as_stop

STOP = """
STOP
stop
Stop.
STOP !!!
Stop svp
stop s'il vous plaît
STOP merci
Stop merci beaucoup
Bonjour, stop svp
Bonsoir stop merci
STOP SMS
stop sms svp
STOP 36111
stop36180
Arrêt
ARRET SVP
Arrêtez
Arrêtez merci
Arrêtez les SMS svp
Arrêtez vos messages merci
Stop aux messages
Stop pub
Désabonnement
Désabonnez, merci d'avance
Désinscription svp
Désinscrire
Stop désolée
Salut, stop, bonne continuation
Bonjour madame, arrêtez s'il vous plaît. Cordialement
stop stop stop
"""
PERSON = """
Arrêt maladie jusqu'au 12, désolée
Désinscrivez Paul, moi je viens
Arrêt de bus Jaurès ou gare ?
Stop ou encore ?
Je suis en arrêt, désolé
Stop, je pars
Stop je déménage en juin
Arrête de me faire rire, je viens
arrêtez de m'écrire
Désinscrire ma fille Léa
Stop au samedi, ok pour le dimanche
On fait non stop jusqu'à 18 h ?
Je m'arrête à quelle heure ?
Arrêt du tram en travaux, je serai en retard
Je veux arrêter de recevoir
Ne m'envoyez plus de SMS
Retirez-moi de la liste
Je ne veux plus recevoir
Lâchez moi, stop
Non merci
Qui êtes-vous ?
Comment se désabonner ?
STOP mais gardez mon fils
Unsubscribe me please from this
Stopper la collecte à midi ?
"""
ORDINARY = """
OUI
Je viens samedi
D'accord, à samedi
Pas possible cette fois, désolée
👍
Je suis malade jusqu'au 12
Merci beaucoup
"""


def sentences(table):
    return [line for line in table.split("\n") if line]


@pytest.mark.parametrize("body", sentences(STOP))
def test_a_stop_word_with_nothing_but_politeness_is_obeyed(body):
    assert (reads_as_stop(body), is_ambiguous(body)) == (True, False)


@pytest.mark.parametrize("body", sentences(PERSON))
def test_anything_longer_waits_for_a_person(body):
    assert (reads_as_stop(body), is_ambiguous(body)) == (False, True)


@pytest.mark.parametrize("body", sentences(ORDINARY))
def test_the_rest_is_ordinary(body):
    assert (reads_as_stop(body), is_ambiguous(body)) == (False, False)


def test_there_are_sixty_of_them():
    assert sum(len(sentences(table)) for table in (STOP, PERSON, ORDINARY)) >= 60
