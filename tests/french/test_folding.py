"""Text without its accents."""

import sys

from app.french.folding import in_place, without_accents


def test_accents_go_and_ligatures_open() -> None:
    assert without_accents("crème brûlée, cœur, łódź, n° 06, 1º") == "creme brulee, coeur, lodz, n° 06, 1º"
    assert without_accents("e\u0301le\u0300ve") == "eleve"


def test_each_character_keeps_its_place() -> None:
    assert in_place("RÉPONDEZ « Oui », ＳＴＯＰ") == "repondez « oui », stop"
    every = "".join(chr(at) for at in range(sys.maxunicode + 1))
    assert len(in_place(every)) == len(every)
