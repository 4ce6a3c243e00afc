"""What a cell says of a consent to be told of sales: no words but a dated yes, or one with its proof, are a proof."""

import pytest

from app.contacts.importing.answers import Agreement, read_agreement
from app.contacts.importing.uploads import read_upload
from app.contacts.importing.warnings import warnings_of
from tests.contacts.sheets import sheet
from tests.contacts.test_planning import steps

HEADER = "Prénom;Portable;Accepte les offres commerciales"
SAID = {
    Agreement.DECLINED: (
        "Refusé", "refus le 12 mars", "pas d'accord", "non merci", "Non, le 3/02/2026", "retiré", "N'accepte plus",
        "n’en veut plus", "opposition du 12/03/2026", "jamais", "0", "désinscrite en mars 2026", "ne souhaite pas",
        "plus de publicité", "NON", "a refusé l'accord",
    ),
    Agreement.GIVEN: (
        "bulletin du 12 mars 2026", "mars 2026", "2026-03-12", "12/03/26", "Oui, le 3/02/2026", "adhésion 2024",
        "bulletin signé", "oui par courriel", "J'accepte de recevoir les offres", "accord verbal", "1er avril, AG",
        "a demandé à les recevoir le 3/02/2026", "bulletin n° 12 du 3 mars", "bulletin no 12 du 3 mars",
        "Papier signé, 12/03/2026", "formulaire en ligne du 3 mars 2026", "oui au téléphone le 3/02/2026",
        "Accord écrit reçu le jeudi 12 mars 2026", "2026-03-12T00:00:00", "depuis 2024",
        "inscrite au forum des associations 2025",
    ),
    Agreement.UNPROVED: ("oui", "x", "d'accord", "Accepte", "accord donné", "oui, accepté", "OK !", "✔"),
    Agreement.UNREADABLE: (
        "?", "à demander", "N.S.P.", "en attente", "NC", "Non renseigné", "pas encore demandé", "non ?", "bulletin",
        "oui mais pas par SMS", "oui sauf l'été", "ne sait pas", "à relancer le 12 mars 2026", "45123", "☐ oui", "N/A",
        "d'accord, pas de problème", "sans réponse",
        "arrêt 12/03/2025", "expiré le 31/12/2024", "décédée le 3 mars 2026",
        "sorti du fichier le 12/03/2025", "accord caduc 2020", "à recontacter le 12/03/2026", "accord caduc",
        "SMS du 3 mars", "oui jusqu'en 2024", "signalé le 12 mars 2026", "oui, terminé",
        "accord du 1er janvier 2020 au 31 décembre 2021",
    ),
    Agreement.BLANK: ("", "  ", "--", "—", "/", "."),
}  # fmt: skip


@pytest.mark.parametrize("agreement", list(Agreement), ids=lambda one: one.name.lower())
def test_each_answer_is_a_dated_yes_a_no_or_nothing(agreement):
    assert {cell: read_agreement(cell) for cell in SAID[agreement]} == dict.fromkeys(SAID[agreement], agreement)


def test_words_that_are_no_proof_note_nothing_and_the_person_comes_in_all_the_same():
    lines = ["Léa;0639980000;Refusé", "Paul;0639980001;?", "Zoé;0639980002;à demander", "Ana;0639980003;mars 2026"]
    assert [one.agreed for one in steps([*lines, "Luc;0639980004;?"], HEADER)] == ["", None, None, "mars 2026", None]
    upload = read_upload(sheet([*lines, "Luc;0639980004;?"], HEADER), file_name="liste.csv")
    (told,) = warnings_of(upload.sheet, upload.mapping)
    assert "3 réponses ne sont ni un « non » ni un accord daté (« ? », « à demander »)" in told
