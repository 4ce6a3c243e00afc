"""`tambour space add --file`: a space a line, all of them or none, and a sentence for each line to mend."""

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Membership, Mode, Role, Space, User
from app.accounts.signing import one_times
from app.cli import spaces_file
from app.clock import utc_now
from tests.accounts.test_commands import Run, run
from tests.factories import NOON, make_space, make_user

__all__ = ["run"]

FILE = """\
Nom;Mode;Adresse;Expéditeur;Fuseau;Budget;Référente;E-mail
Les Amis du Quai;réel;quai;AmisDuQuai;;120,50 €;Odile Petit;odile@exemple.fr

Maraude de Cayenne;;;;America/Cayenne;;;ODILE@exemple.fr
Atelier;entraînement;;38200;;;;
"""


def spaces(database):
    with database.snapshot() as session:
        return session.scalars(select(Space).order_by(Space.id)).all()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_each_line_is_a_space_with_its_referente_s_link(run: Run, database, tmp_path, encoding):
    file = tmp_path / "spaces.csv"
    file.write_bytes(FILE.encode(encoding))
    done = run("space", "add", "--file", str(file))
    assert done.exit_code == 0, done.output
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == ["quai", "maraude-de-cayenne", "atelier"]
    assert (lines[0][1], lines[0][2].startswith("https://tambour.test/bienvenue/")) == ("odile@exemple.fr", True)
    quai, cayenne, atelier = spaces(database)
    assert (quai.mode, quai.sender, quai.budget_micros, quai.zone) == (
        Mode.LIVE, "AmisDuQuai", 120_500_000, "Europe/Paris"
    )  # fmt: skip
    assert (cayenne.mode, cayenne.zone, cayenne.budget_micros) == (Mode.LIVE, "America/Cayenne", None)
    assert (atelier.mode, atelier.two_way) == (Mode.PRACTICE, True)
    with database.snapshot() as session:
        members = session.scalars(select(Membership).order_by(Membership.space_id)).all()
        assert [(one.space_id, one.role, one.user.name) for one in members] == [
            (space.id, Role.REFERENTE, "Odile Petit") for space in (quai, cayenne)
        ]
        token = lines[0][2].rpartition("/")[2]
        assert one_times.get_link(session, token, now=utc_now()).user.email == "odile@exemple.fr"
    assert lines[1][2] == lines[0][2], "one link, which opens both"
    again = run("space", "add", "--file", str(file))
    assert again.exit_code == 1
    assert "Ligne 2 : L'espace « Les Amis du Quai » existe déjà (quai)." in again.stderr
    assert len(spaces(database)) == 3


def test_a_file_that_does_not_open_is_asked_for_by_its_other_way(run: Run, tmp_path):
    """The command runs as the service, to which the operator's own folder is closed."""
    done = run("space", "add", "--file", str(tmp_path / "nowhere.csv"))
    assert done.exit_code == 2
    assert f"--file - < {tmp_path / 'nowhere.csv'}" in done.stderr


def test_every_bad_line_is_named_and_nothing_is_half_done(run: Run, database, tmp_path):
    with database.transaction() as session:
        make_space(session, slug="pris")
    file = tmp_path / "spaces.csv"
    file.write_text(
        "nom,mode,adresse,expediteur,fuseau,budget,referente,e-mail\n"
        "Bon,,,,,,,bon@exemple.fr\n"
        ",,,,,,,x@exemple.fr\n"
        "A,essai,,,,,,\n"
        "B,,pris,,,,,\n"
        "C,,Avec Espace,,,,,\n"
        "D,,,SMS,,,,\n"
        "E,,,,Mars/Olympus,,,\n"
        "F,,,,,beaucoup,,\n"
        "G,,,,,,Jeanne,\n"
        "H,,,,,,,jeanne\n"
        "bon,,,,,,,\n"
        "I,,i,,,,,\n"
        "J,,i,,,,,\n"
    )
    done = run("space", "add", "--file", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    told = done.stderr.splitlines()
    assert "Rien n'a été créé" in told[0]
    assert [line.partition(" :")[0] for line in told[1:]] == [
        f"Ligne {n}" for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14)
    ]
    assert "avec-espace" in told[4]
    assert [one.slug for one in spaces(database)] == ["pris"]
    with database.snapshot() as session:
        assert (session.scalar(select(User.id)), session.scalar(select(Activity.id))) == (None, None)


def test_a_file_without_its_headers_says_which_there_are(run: Run, database, tmp_path):
    for text, words in (
        ("Les Amis;réel\n", "Inconnus : Les Amis, réel."),
        ("mode\nréel\n", "parmi : nom, mode"),
        ("nom;nom\na;b\n", "chacun une fois"),
        ("nom\n", "aucune ligne"),
        ("nom\n" + "".join(f"a{n}\n" for n in range(spaces_file.MAX_SPACES + 1)), "1000 espaces au plus"),
    ):
        file = tmp_path / "spaces.csv"
        file.write_text(text)
        done = run("space", "add", "--file", str(file))
        assert (done.exit_code, words in done.stderr) == (1, True), done.output
    assert run("space", "add").exit_code == 2
    assert spaces(database) == []


def test_a_file_run_twice_makes_nothing_twice_whatever_its_letters(run: Run, database, tmp_path):
    file = tmp_path / "spaces.csv"
    file.write_text("nom\nÉpicerie solidaire\nL'Œuvre à Noël\n")
    assert run("space", "add", "--file", str(file)).exit_code == 0
    file.write_text("nom\nÉPICERIE  SOLIDAIRE\nL'œuvre à noël\nNouvelle\nNOUVELLE\n")
    again = run("space", "add", "--file", str(file))
    assert again.exit_code == 1
    assert [line.partition(" :")[0] for line in again.stderr.splitlines()[1:]] == ["Ligne 2", "Ligne 3", "Ligne 5"]
    assert len(spaces(database)) == 2


def test_a_cell_without_a_title_is_told_and_not_lost(run: Run, database, tmp_path):
    """« 120,50 » between commas is two cells: the budget would be 120 euros, and nobody would know."""
    file = tmp_path / "spaces.csv"
    file.write_text('nom,budget\nLes Amis,120,50\nLa Maraude,"120,50"\nSans,,\n')
    done = run("space", "add", "--file", str(file))
    assert done.exit_code == 1
    assert [line.partition(" :")[0] for line in done.stderr.splitlines()[1:]] == ["Ligne 2"]
    assert "guillemets" in done.stderr
    assert spaces(database) == []


def test_what_nobody_could_use_is_told_and_not_made(run: Run, database, tmp_path):
    """A référente whose account is closed would enter nowhere, and nobody would hear of it."""
    with database.transaction() as session:
        make_user(session, email="close@exemple.fr", disabled_at=NOON)
    file = tmp_path / "spaces.csv"
    file.write_text(
        "nom;expediteur;référente;e-mail\n"
        "A;;;Close@exemple.fr\n"
        "B;;;a\x01b@exemple.fr\n"
        "C;;Jean\x07ne;c@exemple.fr\n"
        f"D;;{'x' * 81};d@exemple.fr\n"
        "E;٣٨٢٠٠;;\n"
    )
    done = run("space", "add", "--file", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    told = done.stderr.splitlines()
    assert [line.partition(" :")[0] for line in told[1:]] == [f"Ligne {n}" for n in range(2, 7)]
    assert "fermé" in told[1]
    file.write_text("nom;e-mail\nA;a\x00b@exemple.fr\n")
    assert "Ligne 2 : Cette adresse n'est pas complète." in run("space", "add", "--file", str(file)).stderr
    assert spaces(database) == []


def test_columns_and_lines_left_empty_by_a_spreadsheet_are_nothing(run: Run, database, tmp_path):
    file = tmp_path / "spaces.csv"
    file.write_text("nom;mode;;\n;;;\n\nA;réel;;\nB;réel;;\n")
    done = run("space", "add", "--file", str(file))
    assert done.stdout.splitlines() == ["a", "b"], done.stderr


def test_empty_lines_count_for_no_space(monkeypatch, run: Run, database, tmp_path):
    monkeypatch.setattr(spaces_file, "MAX_SPACES", 2)
    file = tmp_path / "spaces.csv"
    file.write_text("nom\n\n\nA\n\nB\n")
    assert run("space", "add", "--file", str(file)).exit_code == 0
    assert len(spaces(database)) == 2


def test_two_spaces_are_never_given_one_number_that_people_answer(run: Run, database, tmp_path):
    """Whoever answers STOP there without having been texted by either is of neither, or of the wrong one."""
    with database.transaction() as session:
        make_space(session, slug="quai", name="Les Amis du Quai", sender="+33939000001", two_way=True)
    file = tmp_path / "spaces.csv"
    file.write_text(
        "nom,mode,adresse,expediteur\n"
        "A,,,+33939000002\n"
        "B,,quai,33939000003\n"
        "C,,,33939000002\n"
        "D,,,+33939000001\n"
        "E,,,+33939000003\n"
        "F,entraînement,,+33939000001\n"
        "G,,,LesAmis\n"
        "H,,,LesAmis\n"
    )
    done = run("space", "add", "--file", str(file))
    told = {line.partition(" :")[0]: line for line in done.stderr.splitlines()[1:]}
    assert list(told) == ["Ligne 3", "Ligne 4", "Ligne 5", "Ligne 6"]
    assert "33939000002 est déjà celui de la ligne 2" in told["Ligne 4"]
    assert "+33939000001 est déjà celui de l'espace « Les Amis du Quai » (quai)" in told["Ligne 5"]
    assert "la ligne 3" in told["Ligne 6"], "though the line above has another fault to mend"
    alone = run("space", "add", "Z", "--mode", "live", "--sender", "+33939000001", "--two-way")
    assert (alone.exit_code, "Les Amis du Quai" in alone.stderr) == (1, True)
    assert [one.slug for one in spaces(database)] == ["quai"]
