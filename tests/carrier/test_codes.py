"""Every failure has words for people and a deed for programs."""

import pytest

from app.carrier.codes import Deed, explain

SENDER = "Le nom d'expéditeur est refusé."
CLOSED = "Le compte SMS ne peut plus envoyer : crédit épuisé ou compte fermé."


@pytest.mark.parametrize(
    ("code", "sentence", "deed"),
    [
        (21211, "Ce numéro n'existe pas sous cette forme.", Deed.CORRECT_CONTACT),
        (21408, "L'envoi vers ce pays n'est pas ouvert.", Deed.ADMINISTRATOR),
        (21606, SENDER, Deed.PAUSE_CAMPAIGN),
        (21212, SENDER, Deed.PAUSE_CAMPAIGN),
        (30042, SENDER, Deed.PAUSE_CAMPAIGN),
        (21608, "Compte d'essai : numéro non autorisé.", Deed.ADMINISTRATOR),
        (21610, "Cette personne a demandé à ne plus recevoir de SMS.", Deed.RECORD_OBJECTION),
        (21611, "Trop de messages d'un coup. Ils partiront plus tard.", Deed.SLOW_DOWN),
        (30001, "Trop de messages d'un coup. Ils partiront plus tard.", Deed.SLOW_DOWN),
        (21612, "Impossible d'envoyer de ce nom vers ce numéro.", Deed.CHECK),
        (21614, "C'est un numéro fixe.", Deed.CALL_OR_WRITE),
        (21635, "C'est un numéro fixe.", Deed.CALL_OR_WRITE),
        (21617, "Le message est trop long.", Deed.SHORTEN),
        (14107, "Trop de réponses automatiques : envoi suspendu.", Deed.ALERT),
        (20003, "Le service SMS refuse notre clé.", Deed.STOP),
        (20005, CLOSED, Deed.STOP),
        (10001, CLOSED, Deed.STOP),
        (20006, "Le service SMS refuse notre clé.", Deed.STOP),
        (20008, "Le service SMS refuse notre clé.", Deed.STOP),
        (21659, SENDER, Deed.PAUSE_CAMPAIGN),
        (21660, SENDER, Deed.PAUSE_CAMPAIGN),
        (21661, SENDER, Deed.PAUSE_CAMPAIGN),
        (20429, "", Deed.BACK_OFF),
        (30002, "Compte SMS suspendu.", Deed.STOP),
        (30003, "Téléphone éteint ou hors réseau.", Deed.RETRY_LATER),
        (30004, "Message bloqué par le téléphone ou l'opérateur.", Deed.CHECK),
        (30005, "Numéro inconnu ou plus attribué.", Deed.CORRECT_CONTACT),
        (30006, "Ligne fixe, ou opérateur injoignable.", Deed.CALL_OR_WRITE),
        (30007, "Message filtré comme indésirable.", Deed.REVIEW_TEXT),
        (30008, "L'opérateur ne donne pas de raison.", Deed.RETRY_LATER),
        (30036, "Trop tard : le message n'est pas parti à temps.", Deed.TELL_IN_CHARGE),
        (30410, "Réseau encombré.", Deed.RETRY),
        (30017, "Réseau encombré.", Deed.RETRY),
        (30450, "Message retenu par la protection anti-fraude.", Deed.ADMINISTRATOR),
        (30453, "Message retenu par la protection anti-fraude.", Deed.ADMINISTRATOR),
        (63038, "Limite du jour atteinte. La suite part demain.", Deed.POSTPONE),
    ],
)
def test_a_known_code_has_its_words_and_its_deed(code, sentence, deed):
    found = explain(code)
    assert (found.code, found.sentence, found.deed) == (code, sentence, deed)


def test_an_unknown_code_is_named_and_links_to_the_carriers_page():
    assert explain(12345).sentence == "Échec (code 12345)."
    assert explain(12345).deed is Deed.NONE
    assert explain(12345).page == "https://www.twilio.com/docs/api/errors/12345"


def test_a_failure_without_code_still_says_something():
    assert explain(None).sentence == "Échec sans explication de l'opérateur."
    assert explain(None).page is None
