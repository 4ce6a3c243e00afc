"""Words that people send back, and words that a note about them should not hold."""

import re
import unicodedata

from app.french.folding import in_place

_STOP_WORDS = """
stop stopp stopper stopsms arret arrete arreter arretez desabonner desabonnez desabonnement desinscrire desinscrivez
desinscription unsubscribe
"""
_STOP = frozenset(_STOP_WORDS.split())
_POLITE_WORDS = """
bonjour bonsoir salut hello coucou madame monsieur messieurs mesdames
svp stp s il vous te plait merci mercii beaucoup bien d avance de tout pour tous toutes
cordialement bonne journee soiree continuation
desole desolee pardon
sms texto textos message messages les vos aux ces ce cet a au envois envoi pub pubs
"""
_OF_THE_CARRIER = frozenset(("stopall", "end", "quit", "cancel", "revoke", "optout", "opt out"))
"""English words after which Twilio itself lets nothing through (its « Advanced Opt-Out » guide): obeyed when alone."""
_AROUND = _STOP | frozenset(_POLITE_WORDS.split())
"""All that may stand beside a stop word without saying anything more."""
_SHORT_CODE = re.compile(r"[0-9]{5}")
"""« STOP 36111 », as commercial texts teach it."""
_SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)
_START = frozenset(("start", "unstop", "reprendre", "reabonner", "reabonnement"))
_PERHAPS_STOP = re.compile(
    r"\b(stop\w*|arret\w*|desabonn\w*|desinscri\w*|unsubscribe)\b"
    r"|\bplus (de |recevoir|rien recevoir|m envoyer|vos |ces )"
    r"|\b(retire|enleve|supprime|efface|raye|oublie)(z|r)?(s)?( |-)(moi|mon numero|mes)\b"
    r"|\blaisse(z|r)?(s)?( |-)(moi|nous)\b"
    r"|\bne m (envoie|envoyez|ecrivez|ecris|appelez|contactez)\b"
    r"|\bne (plus|pas|jamais) (me|nous) (contacter|ecrire|envoyer|appeler|deranger|solliciter)\b"
    r"|\bs t o p\b|\b(mauvais|faux|pas le bon) numero\b|\b(erreur|trompe[rz]?s?) de (numero|personne)\b"
    r"|\b(vous )?(vous|t) (etes |es )?trompe[rz]?s?\b|\bpas la bonne personne\b|\bcomment avez vous (eu )?mon numero\b"
    r"|\bnon merci\b|\bspam\b|\bharcel\w*|\brgpd\b|\bcnil\b|\bqui (etes vous|est ce)\b"
    r"|\bc est qui\b|\b(je )?ne (veux|souhaite) plus\b|\bplus jamais\b|\bm oppose\b|\bsotp\b"
    r"|\bne suis plus (benevole|dans l association)\b|\b(fiche[zr]?|foute[zr]?)( |-)moi la paix\b"
)

_SENSITIVE = re.compile(
    r"\b(?:"
    # health
    r"malad\w*|cancer\w*|handicap\w*|invalid(?:e|ite)|depress\w*|diabet\w*|epilep\w*|asthm\w*|allergi\w*|hospitalis\w*"
    r"|psychiatr\w*|psycholog\w*|bipolair\w*|schizo\w*|alcool\w*|toxico\w*|addict\w*|drogue\w*|sevrage|vih|sida"
    r"|seropositi\w*|enceintes?|grossesse|traitement medical|medicament\w*|chimio\w*|alzheimer|parkinson"
    # origin, religion, opinion, orientation
    r"|ethni\w*|nationalite|origine \w+|arabes?|maghreb\w*|africain\w*|roms?|gitan\w*|tsigane\w*|juifs?|juives?"
    r"|musulman\w*|islam\w*|chretien\w*|catholique\w*|protestant\w*|homosexuel\w*|lesbienne\w*|gay|transgenre"
    r"|syndiqu\w*|syndicaliste\w*"
    # asylum and justice
    r"|asile|refugie\w*|migrante?s?|sans[ -]papiers?|clandestin\w*|oqtf|cada|ofpra|titre de sejour|exilee?s?"
    r"|prison|detenus?|incarcer\w*|casier judiciaire|tig|bracelet electronique"
    # hardship
    r"|rsa|sdf|sans[ -](?:abri|domicile)s?|surendett\w*|precaires?|precarite|pauvres?|pauvrete|expuls\w*|squat\w*"
    r"|endett\w*|aide alimentaire|violences? conjugales?|femmes? battues?|sous tutelle|sous curatelle"
    r")\b"
)


def reads_as_stop(body: str) -> bool:
    """Whether a reply asks for no more SMS, and nothing else: a stop word, alone or with polite words around it.

    Case, accents, punctuation and a signature after « -- » aside. Anything longer is for a person to read: « Arrêt
    maladie jusqu'au 12 » asks for no such thing, « Désinscrivez Paul, moi je viens » asks it for somebody else.
    """
    words = _words(_SIGNATURE.split(body, maxsplit=1)[0])
    if " ".join(words) in _OF_THE_CARRIER:
        return True
    return any(word in _STOP for word in words) and all(
        word in _AROUND or _SHORT_CODE.fullmatch(word) for word in words
    )


def reads_as_start(body: str) -> bool:
    """Whether a reply asks for SMS again. It must be the only word: « Reprendre samedi ? » asks something else."""
    words = _words(body)
    return len(words) == 1 and words[0] in _START


def is_ambiguous(body: str) -> bool:
    """Whether a reply may be an objection without saying STOP first: a person must read it, soon."""
    return not reads_as_stop(body) and bool(_PERHAPS_STOP.search(" ".join(_words(body))))


def sensitive_words(note: str) -> list[str]:
    """The words of a note or tag about health, origin, asylum, justice or hardship, as written, once each.

    Only a warning (CNIL's dispense n° 8 allows no such data in a volunteers' file): a word may be innocent.
    """
    note = unicodedata.normalize("NFC", note)
    plain = in_place(note)
    return list(dict.fromkeys(note[found.start() : found.end()] for found in _SENSITIVE.finditer(plain)))


def _words(body: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", in_place(unicodedata.normalize("NFC", body)))
