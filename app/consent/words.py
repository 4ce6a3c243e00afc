"""Words that people send back, and words that a note about them should not hold."""

import re
import unicodedata

_STOP_WORDS = """
stop stopp stopper stopsms arret arrete arreter arretez desabonner desabonnez desabonnement desinscrire desinscrivez
desinscription unsubscribe
"""
_STOP = frozenset(_STOP_WORDS.split())
_START = frozenset(("start", "unstop", "reprendre", "reabonner", "reabonnement"))
_PERHAPS_STOP = re.compile(
    r"\b(stop\w*|arret\w*|desabonn\w*|desinscri\w*|unsubscribe)\b"
    r"|\bplus (de |recevoir|rien recevoir|m envoyer|vos |ces )"
    r"|\b(retire|enleve|supprime|efface|raye|oublie)(z|r)?(s)?( |-)(moi|mon numero|mes)\b"
    r"|\blaisse(z|r)?(s)?( |-)(moi|nous)\b"
    r"|\bne m (envoie|envoyez|ecrivez|ecris|appelez|contactez)\b"
    r"|\bnon merci\b|\bspam\b|\bharcel\w*|\brgpd\b|\bcnil\b|\bqui (etes vous|est ce)\b"
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
    """Whether a reply asks for no more SMS: its first word decides, case, accents and punctuation aside."""
    return next(iter(_words(body)), "") in _STOP


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
    plain = _plain(note)
    return list(dict.fromkeys(note[found.start() : found.end()] for found in _SENSITIVE.finditer(plain)))


def _words(body: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", _plain(unicodedata.normalize("NFC", body)))


def _plain(text: str) -> str:
    """``text`` without case or accents, each character in its place."""
    return "".join(unicodedata.normalize("NFKD", character)[:1] for character in text).lower()
