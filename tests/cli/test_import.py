"""`tambour import`: a file brought in from the shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.accounts.models import Mode, Space
from app.cli.folder import prepare_folder
from app.cli.main import main
from app.contacts import lists
from app.contacts.models import Contact, Import
from app.database.engine import Database
from app.settings import read_settings
from tests.databases import sqlite_copy
from tests.factories import make_space

FILE = "Nom;Prénom;Portable\n" + "".join(
    f"Martin;Zoé{nth};06 39 98 {nth // 100:02d} {nth % 100:02d}\n" for nth in range(1200)
)
BAD = "Petit;Théo;03 53 01 00 42\nPetit;Lou;06 39 98\n"


@pytest.fixture
def database(tmp_path: Path, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    prepare_folder(tmp_path, port=8000, lan=False)
    monkeypatch.setenv("TAMBOUR_DATA_DIR", str(tmp_path))
    sqlite_copy(run_folder, tmp_path / "tambour.sqlite3").close()
    database = Database(read_settings().database_url)
    with database.transaction() as session:
        make_space(session, mode=Mode.PRACTICE, slug="quai")
    yield database
    database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bénévoles.csv"
    path.write_bytes((FILE + BAD).encode("cp1252"))
    return path


def bring(file: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["import", str(file), "--space", "quai", *words])


def test_it_ends_with_what_came_in_and_where_the_rest_is(database: Database, file: Path) -> None:
    result = bring(file, "--list", "Conducteurs")
    assert result.exit_code == 0, result.output
    assert "1200 bénévoles ajoutés. 2 lignes à corriger, rien n'est perdu." in result.output
    refused = file.with_name("bénévoles-a-corriger.csv")
    assert str(refused) in result.output
    assert refused.read_text(encoding="utf-8-sig").splitlines()[0] == "Nom;Prénom;Portable;raison"
    with database.snapshot() as session:
        space = session.scalars(select(Space)).one()
        assert [(one.name, one.people) for one in lists.counted(session, space.id)] == [("Conducteurs", 1200)]
        assert session.scalars(select(Import)).one().principal_name == "tambour import"


def test_a_second_time_changes_nothing_and_writes_over_nothing(database: Database, file: Path) -> None:
    bring(file)
    result = bring(file)
    assert "0 bénévole ajouté. 1200 déjà là. 2 lignes à corriger" in result.output
    assert file.with_name("bénévoles-a-corriger-2.csv").exists()
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Contact.id))) == 1200


def test_the_rows_that_were_mended_come_in(database: Database, file: Path) -> None:
    bring(file)
    refused = file.with_name("bénévoles-a-corriger.csv")
    mended = (
        refused.read_text(encoding="utf-8-sig")
        .replace("03 53 01 00 42", "06 39 98 70 01")
        .replace("06 39 98;", "0639987002;")
    )
    refused.write_text(mended, encoding="utf-8-sig")
    result = bring(refused)
    assert "2 bénévoles ajoutés." in result.output
    assert "corriger," not in result.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\x89PNG\r\n\x1a\n\0\0", "image"), (b"", "vide"), (b"Nom;Ville\nMartin;Amiens\n", "Aucune colonne")],
)
def test_a_file_that_is_no_list_is_one_sentence(
    database: Database, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    result = bring(path)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_too_large_is_not_read(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "20 Mo" in bring(path).stderr


def test_an_unknown_space_is_one_sentence(database: Database, file: Path) -> None:
    result = CliRunner().invoke(main, ["import", str(file), "--space", "nulle-part"])
    assert (result.exit_code, result.stderr) == (1, "tambour : Cet espace n'existe pas.\n")
    with database.snapshot() as session:
        assert session.scalar(select(func.count(Import.id))) == 0


def test_a_file_comes_by_the_standard_input(database: Database, file: Path) -> None:
    """The service's account enters nobody's own folder."""
    result = CliRunner().invoke(main, ["import", "-", "--space", "quai"], input=file.read_bytes())
    assert (result.exit_code, "1200 bénévoles ajoutés" in result.output) == (0, True), result.output
    assert "à télécharger sur la page" in result.output


def test_a_file_that_the_account_may_not_reach_is_not_said_to_be_missing(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path, **_others: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", closed)
    result = bring(file)
    assert (result.exit_code, "n'existe pas" in result.stderr) == (2, False)
    assert f"import - … < {file}" in result.stderr


def test_rows_to_mend_that_cannot_be_put_beside_are_no_failure(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path, _content: bytes) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", closed)
    result = bring(file)
    assert (result.exit_code, "à télécharger sur la page" in result.output) == (0, True), result.output
