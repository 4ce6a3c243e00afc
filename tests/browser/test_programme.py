"""The whole programme of one association: from the public form to its last diagnostic, and what funders read of it.

Each number of the impact page is compared with one that is counted here by hand, step after step.
"""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import programme as first
from tests.browser import programme_steps as then
from tests.browser.conftest import MORNING, PATIENCE_MS, next_one, standing_house
from tests.browser.programme import REFERENTE, Said, Way

pytestmark = pytest.mark.xdist_group("programme")
STEPS = (
    "Candidatures commencées", "Candidatures déposées", "Dans le programme", "Diagnostic fait",
    "Deux formations suivies au moins", "Atelier suivi", "Outil démarré", "Outil déployé",
)  # fmt: skip
BEFORE: Said = {"R": (1, 1, 1), "F": (2, 2, 2), "M": (0, 1, 1), "V": (2, 2, 2), "G": (3, 2, 2), "D": (2, 2, 2)}
"""What they agree on at the start: three questions an axis, 18 in all; the last axes under 50 are R and M."""
AFTER: Said = {**BEFORE, "R": (2, 2, 2), "M": (2, 2, 1)}
ONE_SEES_IT_BETTER: Said = {**BEFORE, "R": (1, 1, 3)}
FIRST, SECOND = "Les enjeux du bénévolat", "Écrire une mission"
JEANNE = (REFERENTE, "referent")


@pytest.fixture
def way(chromium: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """On a Monday morning, by a clock of its own: it goes on by weeks."""
    expect.set_options(timeout=PATIENCE_MS)
    with standing_house(tmp_path_factory.mktemp("programme"), at=next_one(*MORNING)) as house:
        way = Way(house, browser)
        yield way
        way.leave()


def test_one_association_from_the_public_form_to_its_last_diagnostic(way: Way) -> None:
    _apply(way)
    _begin(way)
    _learn(way)
    _take_a_tool_in_hand(way)
    _look_back(way)


def _apply(way: Way) -> None:
    first.make_cohort(way)
    _reads(way, (0, 0, 0, 0, 0, 0, 0, 0), "Aucune recommandation pour l’instant")
    first.begin_application(way)
    first.fill_application(way)
    _reads(way, (1, 0, 0, 0, 0, 0, 0, 0))
    first.file_application(way)
    _reads(way, (1, 1, 0, 0, 0, 0, 0, 0))
    first.decide(way)
    _reads(way, (1, 1, 0, 0, 0, 0, 0, 0))
    first.publish(way)
    _reads(way, (1, 1, 1, 0, 0, 0, 0, 0))
    way.member()
    expect(way.desk.get_by_role("link", name=f"{first.PHONE_OF_HERS} : {REFERENTE}")).to_be_visible()


def _begin(way: Way) -> None:
    """Three people answer, one of whom sees one question better than the others."""
    first.enter(way)
    way.own("diagnostic")
    way.phone.get_by_role("button", name="Ouvrir le diagnostic de début").click()
    then.answer(way, "début", {JEANNE: BEFORE, then.KARIM: ONE_SEES_IT_BETTER, then.ROSE: BEFORE})
    _reads(way, (1, 1, 1, 0, 0, 0, 0, 0))
    then.agree(way, {"Publiez-vous vos missions en ligne": BEFORE["R"][2]})
    page = _reads(way, (1, 1, 1, 1, 0, 0, 0, 0))
    expect(page.get_by_role("region", name="Ce que les associations savent mieux faire")).to_contain_text(
        "Les diagnostics de fin n’ont pas encore eu lieu"
    )


def _learn(way: Way) -> None:
    """Trainings of two hours and of one and a half for Jeanne, a workshop of one and a half for her and Rose."""
    then.plan_training(way, FIRST, day=14, minutes=120)
    then.plan_training(way, SECOND, day=15, minutes=90)
    then.register(way, FIRST)
    then.register(way, SECOND)
    then.plan_workshop(way, day=21, minutes=90)
    page = _reads(way, (1, 1, 1, 1, 0, 0, 0, 0))
    expect(page.get_by_role("region", name="Le temps passé")).to_contain_text("Personne n’a encore été noté présent")
    way.go_to(14, 17)
    then.note_training(way, FIRST)
    _spent(_reads(way, (1, 1, 1, 1, 0, 0, 0, 0)), trainings=(1, 1), workshops=(0, 0))
    way.go_to(15, 17)
    then.note_training(way, SECOND)
    _spent(_reads(way, (1, 1, 1, 1, 1, 0, 0, 0)), trainings=(2, 1), workshops=(0, 0))
    way.go_to(21, 10)
    then.open_workshop(way)
    _reads(way, (1, 1, 1, 1, 1, 0, 0, 0))
    way.go_to(21, 14)
    then.note_workshop(way)
    page = _reads(way, (1, 1, 1, 1, 1, 1, 0, 0))
    _spent(page, trainings=(2, 1), workshops=(1, 2))


def _take_a_tool_in_hand(way: Way) -> None:
    """Accepted is not started: it counts once it is."""
    tool = then.propose(way)
    asked = "0 association sur 1 a démarré un outil recommandé"
    _reads(way, (1, 1, 1, 1, 1, 1, 0, 0), asked, share=0)
    then.move(way, "Accepter", tool)
    _reads(way, (1, 1, 1, 1, 1, 1, 0, 0), asked, share=0)
    then.move(way, "Démarrer", tool)
    started = "1 association sur 1 a démarré un outil recommandé"
    _reads(way, (1, 1, 1, 1, 1, 1, 1, 0), started, share=100)
    then.move(way, "C’est déployé", tool)
    _reads(way, (1, 1, 1, 1, 1, 1, 1, 1), started, share=100)


def _look_back(way: Way) -> None:
    """The référente and the board answer at the end, the director does not: of one association nobody is told so."""
    then.open_last_diagnostic(way)
    then.answer(way, "fin", {JEANNE: AFTER, then.ROSE: AFTER})
    then.agree(way, {})
    page = _reads(way, (1, 1, 1, 1, 1, 1, 1, 1))
    known = page.get_by_role("region", name="Ce que les associations savent mieux faire")
    rows = {row.get_by_role("rowheader").inner_text(): row for row in known.locator("tbody tr").all()}
    by_hand = {
        "Recruter": (_score(BEFORE, "R"), _score(AFTER, "R")),
        "Former et accueillir": (_score(BEFORE, "F"), _score(AFTER, "F")),
        "Mobiliser et informer": (_score(BEFORE, "M"), _score(AFTER, "M")),
        "Valoriser et fidéliser": (_score(BEFORE, "V"), _score(AFTER, "V")),
        "Gouverner": (_score(BEFORE, "G"), _score(AFTER, "G")),
        "Protéger les données": (_score(BEFORE, "D"), _score(AFTER, "D")),
    }
    assert by_hand["Mobiliser et informer"] == (22, 56), "2 of 9, then 5 of 9"
    assert {name: row.get_by_role("cell").last.inner_text() for name, row in rows.items()} == {
        name: f"{before} → {after} +{after - before}" for name, (before, after) in by_hand.items()
    }
    expect(known).to_contain_text(f"{sum(map(len, AFTER.values()))} questions sur 30 au moins")
    expect(known).not_to_contain_text("la direction a répondu")


def _score(said: Mapping[str, tuple[int, ...]], axis: str) -> int:
    return round(100 * sum(said[axis]) / (3 * len(said[axis])))


def _reads(way: Way, counts: tuple[int, ...], headline: str = "", *, share: int | None = None) -> Page:
    """The impact page says so many at each step, and no other share than this one."""
    page = then.figures(way)
    region = page.get_by_role("region", name="De la candidature à l’outil déployé")
    rows = region.locator("tbody tr").all()
    told = {row.get_by_role("link").first.inner_text(): int(row.get_by_role("cell").last.inner_text()) for row in rows}
    assert told == dict(zip(STEPS, counts, strict=True))
    if headline:
        poster = page.get_by_role("region", name=headline)
        expect(poster.locator(".share-figure")).to_have_text("–" if share is None else f"{share} %")
    return page


def _spent(page: Page, *, trainings: tuple[int, int], workshops: tuple[int, int]) -> None:
    """(dates, people) of each: fewer than five people are not counted out, and their hours are not told."""
    region = page.get_by_role("region", name="Le temps passé")
    for words, (dates, who) in {"Formations collectives": trainings, "Ateliers": workshops}.items():
        row = region.get_by_role("row", name=words)
        expect(row).to_contain_text(
            f"{dates} séance{'s' * (dates > 1)}, {'moins de 5 personnes' if who else '0 personne'}"
        )
        expect(row.get_by_role("cell").last).to_have_text("–" if who else "0 h")
    expect(region).to_contain_text("rien de moins de cinq dans une cohorte")
