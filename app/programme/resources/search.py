"""Search in French that forgives accents, plurals and small words: the same stems in text and question. Pure.

A text becomes one line of stems, " assembl general ", in which a question's stems are looked for: nothing of it
depends on the database.
"""

import re

from app.french.folding import without_accents

PREFIX_MIN = 4
"""From so many letters on a stem also finds what begins with it: « bénévole » finds « bénévolat »."""
TERMS_MAX = 8
_WORD = re.compile(r"[a-z0-9]+")
_SMALL_WORDS = """
a afin ai ainsi alors apres au aussi aux avant avec avoir ca car ce ceci cela celle celles celui ces cet cette
ceux chaque chez ci comme comment dans de des dont du elle elles en entre est et etait etre eu fait faire faut
font ici il ils jusqu la le les leur leurs lors lorsqu lui ma mais me meme mes moi mon ne nos notre nous on
ont ou par parce pas peu peut plus pour pourquoi puis puisqu qu quand que quel quelle quelles quels qui quoi
sa sans se sera ses si soit son sont sous sur ta te tes toi ton tous tout toute toutes tres tu un une vers
voici vos votre vous y
"""
_SMALL = frozenset(_SMALL_WORDS.split())
"""What says nothing of what a text is about."""
_IRREGULAR = {"travaux": "travail", "yeux": "oeil"}


def stem(word: str) -> str:
    """What stays of a folded word when number, gender and the ending of a verb are taken off.

    It is the same for the text and the question, so it need not be a word of French.
    """
    if any(character.isdigit() for character in word):
        return word
    word = _shorter(_IRREGULAR.get(word, word), "sx")
    if word.endswith("au") and not word.endswith("eau") and len(word) > 4:
        word = f"{word[:-2]}al"  # journau(x), journal
    word = _shorter(word, "e")
    if len(word) > 4 and word[-1] == word[-2] and word[-1] in "lnt":
        word = word[:-1]  # nouvell(e), nouvel
    for ending, instead in (("tric", "teur"), ("eus", "eu"), ("iv", "if"), ("er", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word


def _shorter(word: str, endings: str) -> str:
    """Without these letters at its end, where a word is left."""
    bare = word.rstrip(endings)
    return bare if len(bare) >= 3 else word


def stems(text: str) -> list[str]:
    """The stems of the words that say something, in order."""
    words = _WORD.findall(without_accents(text.lower()))
    return [stem(word) for word in words if word not in _SMALL and (len(word) > 1 or word.isdigit())]


def index(text: str) -> str:
    """The line in which ``needle`` is looked for; empty for a text that says nothing."""
    known = sorted(set(stems(text)))
    return f" {' '.join(known)} " if known else ""


def needles(question: str) -> list[str]:
    """What must each stand in the index; empty for a question that says nothing. Letters, digits and blanks alone."""
    return [needle(one) for one in dict.fromkeys(stems(question))][:TERMS_MAX]


def needle(one: str) -> str:
    """A stem as it stands in an index."""
    return f" {one}" if len(one) >= PREFIX_MIN else f" {one} "
