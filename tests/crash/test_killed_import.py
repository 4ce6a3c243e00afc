"""Jobs killed at random moments of an import: what is left is what an undisturbed one leaves."""

import pytest

from bench import killed_import
from bench.house import House
from tests import databases

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_import_killed_again_and_again_ends_as_if_it_had_not_been(kind, run_folder, worker, tmp_path):
    if kind == "sqlite":
        database = databases.sqlite_copy(run_folder, tmp_path / "killed.sqlite3")
    else:
        database = databases.postgresql_database(run_folder, f"killed_{worker}")
    database.close()
    url = database.url.render_as_string(hide_password=False)
    asked = killed_import.Asked(rows=8_000, kills=5, database=kind)
    fallen, wrong = killed_import.run(asked, House(tmp_path, url, of_each=1))
    assert wrong == []
    assert fallen >= 2, "a quick machine ends the file before the last kills"
