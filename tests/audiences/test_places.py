"""Where postcodes are: the shipped file, GeoNames' own, and departments."""

from pathlib import Path

import pytest

from app.audiences.sources.departments import DEPARTMENTS, department_of
from app.audiences.sources.places import distance_km, read_places
from app.settings import SettingsError, read_settings
from bench.ground import VARIABLES

GEONAMES = (
    "FR\t80000\tAmiens\tHauts-de-France\t32\tSomme\t80\tAmiens\t804\t49.9\t2.3\t5\n"
    "FR\t80000\tRivery\tHauts-de-France\t32\tSomme\t80\tAmiens\t804\t10.0\t2.3\t4\n"
    "FR\t80021 CEDEX 1\tAmiens\tHauts-de-France\t32\tSomme\t80\tAmiens\t804\t49.9\t2.3\t1\n"
)


def test_the_shipped_file_knows_towns_and_how_far_they_are() -> None:
    places = read_places()
    amiens, abbeville = (places.points[places.find(town) or ""] for town in ("Amiens", "abbeville"))
    assert round(distance_km(amiens, abbeville)) == 40
    assert places.find("80 000") == "80000"
    assert places.find("Atlantide") is None
    assert "80100" in places.within("80000", 41)
    assert "80100" not in places.within("80000", 39)
    assert places.points["01110"].is_approximate


def test_geonames_own_file_is_read_as_it_comes(tmp_path: Path) -> None:
    file = tmp_path / "FR.txt"
    file.write_text(GEONAMES, encoding="utf-8")
    places = read_places(file)
    assert (places.points["80000"].latitude, places.points["80000"].is_approximate) == (49.9, False)
    assert places.points["80021"].is_approximate
    assert read_settings({**VARIABLES, "TAMBOUR_POSTCODES": str(file)}).postcodes == str(file)
    with pytest.raises(SettingsError, match="TAMBOUR_POSTCODES"):
        read_settings({**VARIABLES, "TAMBOUR_POSTCODES": str(tmp_path / "absent.txt")})


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("80000", "80"), ("80 000", "80"), ("20137", "2A"), ("20200", "2B"), ("97410", "974"), ("98800", "988"),
        ("", None), ("8000", None), ("00000", None), ("99999", None),
    ],
)  # fmt: skip
def test_a_department_is_told_by_its_postcode(postcode: str, department: str | None) -> None:
    assert department_of(postcode) == department


def test_every_shipped_postcode_is_of_a_department_we_name() -> None:
    assert {department_of(code) for code in read_places().points} <= set(DEPARTMENTS)
