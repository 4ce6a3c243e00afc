"""The carrier's error codes, in words for people and actions for programs (Twilio's own list)."""

from dataclasses import dataclass
from enum import StrEnum

from app.french.language import _


class Action(StrEnum):
    """What an error asks for."""

    CORRECT_CONTACT = "correct_contact"
    """The number is written wrong or is nobody's: no retry, the contact is to mend."""
    RECORD_OBJECTION = "record_objection"
    """The person said STOP to the carrier: record it, never retry."""
    CALL_OR_WRITE = "call_or_write"
    """SMS never reaches this line: another channel."""
    CHECK = "check"
    """No retry; somebody looks when it happens again."""
    SHORTEN = "shorten"
    REVIEW_TEXT = "review_text"
    """Filtered as spam: review the text, pause the campaign above 5 %."""
    RETRY_LATER = "retry_later"
    """One later try, as a new message."""
    RETRY = "retry"
    """A passing trouble of the network: try again by itself."""
    SLOW_DOWN = "slow_down"
    BACK_OFF = "back_off"
    """Too many requests at once: wait, then the same message again; nothing is shown."""
    POSTPONE = "postpone"
    """The day's limit is reached: the rest leaves tomorrow, not a failure."""
    TELL_IN_CHARGE = "tell_in_charge"
    PAUSE_CAMPAIGN = "pause_campaign"
    """Every message would fail alike: pause the campaign and call the administrator."""
    ADMINISTRATOR = "administrator"
    STOP = "stop"
    """The account itself is refused: stop all sending and call the administrator."""
    ALERT = "alert"
    """A loop of automatic answers."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error: its ``code`` (None when the carrier gave none), a French ``sentence`` and what to do.

    An empty sentence is not shown to anybody.
    """

    code: int | None
    sentence: str
    action: Action

    @property
    def gesture(self) -> str:
        """What whoever wrote may do about it, in French; empty when it mends itself."""
        return _GESTURES.get(self.action, "")

    @property
    def told(self) -> str:
        """The sentence, and what to do."""
        return f"{self.sentence} {self.gesture}".strip()

    @property
    def page(self) -> str | None:
        """The carrier's own page about the code, in English."""
        return f"https://www.twilio.com/docs/api/errors/{self.code}" if self.code else None


_GESTURES = {
    Action.CORRECT_CONTACT: _("Corrigez le numéro, puis réécrivez."),
    Action.RECORD_OBJECTION: _("C'est noté : ne lui réécrivez pas."),
    Action.CALL_OR_WRITE: _("Téléphonez, ou demandez un numéro de mobile."),
    Action.CHECK: _("Téléphonez ; si d'autres sont dans ce cas, dites-le au programme."),
    Action.SHORTEN: _("Raccourcissez le texte, puis réécrivez."),
    Action.REVIEW_TEXT: _("Changez le texte (ni majuscules, ni argent, ni autre lien), puis réécrivez."),
    Action.RETRY_LATER: _("Si le SMS n'arrive pas à la prochaine ouverture, téléphonez."),
    Action.RETRY: _("Réécrivez plus tard, ou téléphonez."),
    Action.TELL_IN_CHARGE: _("Téléphonez si cela presse, ou réécrivez."),
    Action.PAUSE_CAMPAIGN: _(
        "Changez de nom dans Réglages de l'espace, ou demandez au programme de déclarer celui-ci."
    ),
    Action.ADMINISTRATOR: _("Dites-le au programme, avec ce code : lui seul peut l'ouvrir."),
    Action.STOP: _("Rien ne partira d'ici là : dites-le au programme, avec ce code."),
    Action.ALERT: _("Dites-le au programme : un téléphone répond tout seul."),
}
"""By what an error asks for; the others mend themselves."""
_SENDER_REFUSED = _("Le nom d'expéditeur est refusé.")
_ACCOUNT_CLOSED = _("Le compte SMS ne peut plus envoyer : crédit épuisé ou compte fermé.")
_KEY_REFUSED = _("Le service SMS refuse notre clé.")
_TOO_MANY = _("Trop de messages d'un coup. Ils partiront plus tard.")
_LANDLINE = _("C'est un numéro fixe.")
_CROWDED = _("Réseau encombré.")
_HELD = _("Message retenu par la protection anti-fraude.")

_TABLE: dict[int, tuple[str, Action]] = {
    10001: (_ACCOUNT_CLOSED, Action.STOP),
    14107: (_("Trop de réponses automatiques : envoi suspendu."), Action.ALERT),
    20003: (_KEY_REFUSED, Action.STOP),
    20005: (_ACCOUNT_CLOSED, Action.STOP),
    20006: (_KEY_REFUSED, Action.STOP),
    20008: (_KEY_REFUSED, Action.STOP),
    20429: ("", Action.BACK_OFF),
    21211: (_("Ce numéro n'existe pas sous cette forme."), Action.CORRECT_CONTACT),
    21212: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    21408: (_("L'envoi vers ce pays n'est pas ouvert."), Action.ADMINISTRATOR),
    21606: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    21608: (_("Compte d'essai : numéro non autorisé."), Action.ADMINISTRATOR),
    21610: (_("Cette personne a demandé à ne plus recevoir de SMS."), Action.RECORD_OBJECTION),
    21611: (_TOO_MANY, Action.SLOW_DOWN),
    21612: (_("Impossible d'envoyer de ce nom vers ce numéro."), Action.CHECK),
    21614: (_LANDLINE, Action.CALL_OR_WRITE),
    21617: (_("Le message est trop long."), Action.SHORTEN),
    21635: (_LANDLINE, Action.CALL_OR_WRITE),
    21659: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    21660: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    21661: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    30001: (_TOO_MANY, Action.SLOW_DOWN),
    30002: (_("Compte SMS suspendu."), Action.STOP),
    30003: (_("Téléphone éteint ou hors réseau."), Action.RETRY_LATER),
    30004: (_("Message bloqué par le téléphone ou l'opérateur."), Action.CHECK),
    30005: (_("Numéro inconnu ou plus attribué."), Action.CORRECT_CONTACT),
    30006: (_("Ligne fixe, ou opérateur injoignable."), Action.CALL_OR_WRITE),
    30007: (_("Message filtré comme indésirable."), Action.REVIEW_TEXT),
    30008: (_("L'opérateur ne donne pas de raison."), Action.RETRY_LATER),
    30017: (_CROWDED, Action.RETRY),
    30036: (_("Trop tard : le message n'est pas parti à temps."), Action.TELL_IN_CHARGE),
    30042: (_SENDER_REFUSED, Action.PAUSE_CAMPAIGN),
    30410: (_CROWDED, Action.RETRY),
    30450: (_HELD, Action.ADMINISTRATOR),
    30453: (_HELD, Action.ADMINISTRATOR),
    63038: (_("Limite du jour atteinte. La suite part demain."), Action.POSTPONE),
}


def is_known(code: int | None) -> bool:
    """Whether the table names it: of the others there is no end."""
    return code in _TABLE


def explain(code: int | None) -> Explanation:
    """What an error code means; a code we do not know is named by its number, no code at all by saying so."""
    if code is None:
        return Explanation(None, _("Échec sans explication de l'opérateur."), Action.NONE)
    if code in _TABLE:
        return Explanation(code, *_TABLE[code])
    return Explanation(code, _("Échec (code %(code)s).", code=code), Action.NONE)
