"""What the name of a column says: which field it is, and whose. Pure."""

import re

from app.contacts.fields import FIELDS
from app.french.folding import without_accents

_OTHERS = {
    "full_name": r"(nom|prenom)s?( et)? (pre)?noms?|nom complet|(full )?name|identite"
    r"|benevoles?|contacts?|personne|adherent",
    "tags": r"etiquettes?|tags?|mots? cles?|groupes?|equipes?",
    "skills": r"(competences?|savoirs? faire|skills?)( et (competences?|savoirs? faire))?",
}
"""What a header may tell beside a contact's fields and their phones."""
WORDS = {
    name: re.compile(pattern)
    for name, pattern in {**{field.name: field.heading for field in FIELDS}, **_OTHERS}.items()
    if pattern
}
"""The words that tell a field, alone in the name of a column."""
_MOBILE_WORD = re.compile(r"\b(mobiles?|portables?|port|gsm|cell|cellulaire|sms)\b|^(n |numero )?06( 07| ou 07)?$")
_PHONE_WORD = re.compile(r"\b(tel|tels|telephones?|phone|phones)\b")
_FIXED_WORD = re.compile(r"\b(fixe|domicile|bureau|fax|maison)\b")
_ASIDE = re.compile(r"\([^)]*\)")
_AROUND = frozenset(
    word
    for line in (
        "votre vos mon mes ton le la les l un une quel quelle quels est sont de du des d a merci indiquer indiquez",
        "adherent adherente adherents benevole benevoles volontaire participant participante membre inscrit inscrite",
        "enfant personne naissance usage obligatoire facultatif requis saisir",
    )
    for word in line.split()
)
"""What a form says around the name of a field: « Quel est votre prénom ? », « Nom du bénévole (obligatoire) »."""
_SPARE_WORD = re.compile(r"\bautres?\b|^((votre |mon )?numeros?( \d)?|n|contacts?|colonne [a-z]+)$")
_SOMEBODY_ELSE = re.compile(
    r"\b(accidents?|urgences?|emergency|ice|prevenir|avertir|personnes? a (contacter|joindre|appeler)"
    r"|parents?|(grand )?(pere|mere)|papa|maman|tut(eur|rice)s?|kin|proches?"
    r"|(representant|responsable)e?s? legal(e|aux)?"
    r"|conjointe?s?|compagnon|compagne|epou(x|se)|spouse|mari|medecins?|referente?s?|parrain|marraine|garante?)\b"
)
_PARENT = re.compile(
    r"\b(parents?|pere|mere|papa|maman|tut(eur|rice)s?|(representant|responsable)e?s? legal(e|aux)?)\b"
)
_TEXTS = r"\b(sms|textos?|messages?|contact\w*|joindre)\b"
_NEGATIVE = (
    r"\b(ne (pas|plus|(veut|veux|veulent|souhait\w*) (pas|plus))|(pas|plus) de|no (?=sms)|stop|do not|opt ?out"
    r"|(refus|desinscri|desabonn|oppos|bloqu|blacklist|blocklist|unsubscri)\w*)\b"
)
_POSITIVE = r"\b((accord|accept|autoris|consent|souhait|recevoir|agree|permission|abonn)\w*|veut|veux|ok|oui|opt ?in)\b"
_REFUSED = re.compile(
    rf"^(?=.*{_TEXTS})(?=.*{_NEGATIVE})|^(stop|refus|opt ?out|desinscrit|desabonne|oppose|opposition)( e| e s)?$"
)
_ALLOWED = re.compile(rf"^(?=.*\b(sms|textos?)\b)(?=.*{_POSITIVE})")
_ONLY_MISSIONS = re.compile(r"^(?=.*\b(seulement|uniquement)\b)(?=.*\bmissions?\b)")
_SALES = re.compile(
    rf"^(?=.*\b(ventes?|offres?|prospection|commercial\w*|marketing)\b)(?=.*{_POSITIVE})(?!.*{_NEGATIVE})"
)


def consent_named(name: str) -> str | None:
    """ "sms_refused" for « Ne pas envoyer de SMS », "sms_allowed" for « SMS autorisés », None for any other name.

    "only_missions" for « Seulement ses missions », "sales_agreed" for « Accord pour les ventes ».
    """
    words = plain(name)
    if _ONLY_MISSIONS.search(words):
        return "only_missions"
    if _SALES.search(words):
        return "sales_agreed"
    return "sms_refused" if _REFUSED.search(words) else "sms_allowed" if _ALLOWED.search(words) else None


def plain(words: str) -> str:
    """Words without case, accents or punctuation, single spaces between: « Tél. (mobile) » -> "tel mobile"."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", without_accents(words.casefold())).split())


def field_named(name: str, *, loosely: bool = True) -> str | None:
    """The field that a column's name tells, None when it tells none or is about somebody else.

    ``loosely`` passes over what a form says around it.
    """
    words = plain(name)
    if _SOMEBODY_ELSE.search(words):
        return "phone_is_parents" if WORDS["phone_is_parents"].fullmatch(words) else None
    if _PHONE_WORD.search(words) or _MOBILE_WORD.search(words):
        return "phone"
    return _exactly(words) or (_exactly(_core(name)) if loosely else None)


def _exactly(words: str) -> str | None:
    return next((field for field, pattern in WORDS.items() if pattern.fullmatch(words)), None)


def _core(name: str) -> str:
    """« Nom du bénévole (obligatoire) » -> "nom". « Date de naissance (JJ/MM/AAAA) » keeps its two words."""
    words = plain(_ASIDE.sub(" ", name))
    return words if _exactly(words) else " ".join(word for word in words.split() if word not in _AROUND)


def is_somebody_elses(name: str) -> bool:
    """Whether the column is about a relative, or whoever is called after an accident: never the person's own."""
    return bool(_SOMEBODY_ELSE.search(plain(name)))


def is_parents(name: str) -> bool:
    """Whether the column is about a parent or whoever stands for one: where it is the only phone, it is a child's."""
    return bool(_PARENT.search(plain(name)))


def is_unnamed(name: str) -> bool:
    """Whether the file gave the column no name: « Colonne A »."""
    return bool(re.fullmatch(r"colonne [a-z]+", plain(name)))


def may_be_spare(name: str) -> bool:
    """Whether phones under this name can be another number of the same person."""
    return field_named(name) == "phone" or bool(_SPARE_WORD.search(plain(name)))


def phone_rank(name: str) -> int:
    """How likely a column of phones receives SMS by its name: 2 for a mobile, 0 for a fixed line, else 1."""
    words = plain(name)
    return 0 if _FIXED_WORD.search(words) else 2 if _MOBILE_WORD.search(words) else 1
