"""Every failure has words for people and a action for programs."""

import pytest

from app.carrier.codes import Action, Explanation, explain

SENDER = "Le nom d'expéditeur est refusé."
CLOSED = "Le compte SMS ne peut plus envoyer : crédit épuisé ou compte fermé."


@pytest.mark.parametrize(
    ("code", "sentence", "action"),
    [
        (21211, "Ce numéro n'existe pas sous cette forme.", Action.CORRECT_CONTACT),
        (21408, "L'envoi vers ce pays n'est pas ouvert.", Action.ADMINISTRATOR),
        (21606, SENDER, Action.PAUSE_CAMPAIGN),
        (21212, SENDER, Action.PAUSE_CAMPAIGN),
        (30042, SENDER, Action.PAUSE_CAMPAIGN),
        (21608, "Compte d'essai : numéro non autorisé.", Action.ADMINISTRATOR),
        (21610, "Cette personne a demandé à ne plus recevoir de SMS.", Action.RECORD_OBJECTION),
        (21611, "Trop de messages d'un coup. Ils partiront plus tard.", Action.SLOW_DOWN),
        (30001, "Trop de messages d'un coup. Ils partiront plus tard.", Action.SLOW_DOWN),
        (21612, "Impossible d'envoyer de ce nom vers ce numéro.", Action.CHECK),
        (21614, "C'est un numéro fixe.", Action.CALL_OR_WRITE),
        (21635, "C'est un numéro fixe.", Action.CALL_OR_WRITE),
        (21617, "Le message est trop long.", Action.SHORTEN),
        (14107, "Trop de réponses automatiques : envoi suspendu.", Action.ALERT),
        (20003, "Le service SMS refuse notre clé.", Action.STOP),
        (20005, CLOSED, Action.STOP),
        (10001, CLOSED, Action.STOP),
        (20006, "Le service SMS refuse notre clé.", Action.STOP),
        (20008, "Le service SMS refuse notre clé.", Action.STOP),
        (21659, SENDER, Action.PAUSE_CAMPAIGN),
        (21660, SENDER, Action.PAUSE_CAMPAIGN),
        (21661, SENDER, Action.PAUSE_CAMPAIGN),
        (20429, "", Action.BACK_OFF),
        (30002, "Compte SMS suspendu.", Action.STOP),
        (30003, "Téléphone éteint ou hors réseau.", Action.RETRY_LATER),
        (30004, "Message bloqué par le téléphone ou l'opérateur.", Action.CHECK),
        (30005, "Numéro inconnu ou plus attribué.", Action.CORRECT_CONTACT),
        (30006, "Ligne fixe, ou opérateur injoignable.", Action.CALL_OR_WRITE),
        (30007, "Message filtré comme indésirable.", Action.REVIEW_TEXT),
        (30008, "L'opérateur ne donne pas de raison.", Action.RETRY_LATER),
        (30036, "Trop tard : le message n'est pas parti à temps.", Action.TELL_IN_CHARGE),
        (30410, "Réseau encombré.", Action.RETRY),
        (30017, "Réseau encombré.", Action.RETRY),
        (30450, "Message retenu par la protection anti-fraude.", Action.ADMINISTRATOR),
        (30453, "Message retenu par la protection anti-fraude.", Action.ADMINISTRATOR),
        (63038, "Limite du jour atteinte. La suite part demain.", Action.POSTPONE),
    ],
)
def test_a_known_code_has_its_words_and_its_action(code, sentence, action):
    found = explain(code)
    assert (found.code, found.sentence, found.action) == (code, sentence, action)


def test_an_unknown_code_is_named_and_links_to_the_carriers_page():
    assert explain(12345).sentence == "Échec (code 12345)."
    assert explain(12345).action is Action.NONE
    assert explain(12345).page == "https://www.twilio.com/docs/api/errors/12345"


def test_a_failure_without_code_still_says_something():
    assert explain(None).sentence == "Échec sans explication de l'opérateur."
    assert explain(None).page is None


def test_what_does_not_mend_itself_says_what_to_do():
    assert explain(30005).told == "Numéro inconnu ou plus attribué. Corrigez le numéro, puis réécrivez."
    assert "dites-le au programme" in explain(30002).told
    assert explain(63038).told == explain(63038).sentence, "the rest leaves by itself"
    mends_itself = {Action.SLOW_DOWN, Action.BACK_OFF, Action.POSTPONE, Action.NONE}
    assert {action for action in Action if not Explanation(None, "", action).gesture} == mends_itself
