"""Files by their content, kept at once, looked through before a reviewer, and nobody else's: trap 9."""

import pytest
from sqlalchemy import select, update

from app.accounts.models import Role, Staff, User
from app.clock import utc_now
from app.programme.applications.models import Application, ApplicationFile
from app.programme.cohorts.models import Cohort
from app.programme.files.kinds import FileKind
from jobs.programme.applying import check_files
from tests.factories import make_space, make_user, sign_in
from tests.programme.applications.stage import PDF, applications, attach, begin, filed, fill, open_cohort, told
from tests.programme.conftest import make_cohort

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
TYPE = "n’est pas un PDF ni une image"


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database)


def kept(database):
    with database.snapshot() as session:
        return session.scalars(select(ApplicationFile).order_by(ApplicationFile.id)).all()


WRONG = (
    (EICAR, "pv.pdf", TYPE),
    (b"<!doctype html><script>alert(1)</script>", "pv.pdf", TYPE),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "photo.svg", TYPE),
    (b"GIF89a", "../../etc/passwd", TYPE),
    (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", "format HEIC"),
    (b"%PDF-1.7 cut", "pv.pdf", "est arrivé coupé"),
    (b"", "pv.pdf", "Ce fichier est vide"),
    (b"%PDF-" + b"0" * (12 * 1024 * 1024 - 5), "pv.pdf", "12 Mo, c’est trop : 10 Mo au plus."),
)


def test_what_is_no_piece_is_refused_in_a_sentence(client, database, cohort):
    base = begin(client)
    for content, name, sentence in WRONG:
        for headers in ({}, {"X-Requested-With": "fetch"}):
            answer = attach(client, base, content, name, **headers)
            words = told("<main" + answer.json["note"]) if headers else told(answer.text)
            assert (answer.status_code, sentence in words) == (422, True), sentence
    assert kept(database) == []


def test_a_file_of_25_mb_is_refused_before_it_is_read(client, cohort):
    base = begin(client)
    answer = attach(client, base, b"%PDF-" + bytes(25 * 1024 * 1024))
    assert (answer.status_code, "25 Mo, c’est trop : 10 Mo au plus." in told(answer.text)) == (422, True)


def test_name_and_type_are_ours_and_it_is_always_a_download(client, database, cohort):
    base = begin(client)
    assert attach(client, base, PNG, "../../procès <verbal>.html").status_code == 303
    [file] = kept(database)
    assert (file.kind, file.size) == (FileKind.PNG, len(PNG))
    page = client.get(f"{base}/conditions")
    assert "Nous vérifions" in told(page.text)
    answer = client.get(f"{base}/fichiers/{file.id}")
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"] == f"attachment; filename=accord-du-conseil-{file.id}.png"
    assert (answer.headers["X-Content-Type-Options"], answer.mimetype) == ("nosniff", "image/png")
    assert attach(client, base, PDF).status_code == 303
    assert [one.kind for one in kept(database)] == [FileKind.PDF], "one that nobody filed goes with its replacement"
    assert client.get(f"{base}/fichiers/{file.id}").status_code == 404


def test_another_association_s_file_is_not_there(client, desk, database, cohort, runtime):
    first, second = filed(client, 0), filed(client, 1, association="Passerelle")
    one, other = kept(database)
    assert client.get(f"{first}/fichiers/{other.id}").status_code == 404
    assert client.get(f"{second}/fichiers/{other.id}").status_code == 200
    own = f"/programme/candidatures/{one.application_id}/fichiers"
    assert desk.get(f"{own}/{one.id}").status_code == 409, "a reviewer waits for the check"
    check_files(runtime)
    assert desk.get(f"{own}/{one.id}").data == PDF
    assert desk.get(f"{own}/{other.id}").status_code == 404
    with database.transaction() as session:  # the same of another cohort's
        elsewhere = make_cohort(session, name="Cohorte 2031")
        moved = update(Application).where(Application.id == other.application_id)
        session.execute(moved.values(cohort_id=elsewhere.id))
    assert desk.get(f"{own}/{other.id}").status_code == 404
    assert client.get(f"{first}/fichiers/{other.id}").status_code == 404
    assert client.get(f"{own}/{one.id}").status_code == 302, "the desk is for whoever has signed in"


def test_whoever_reviews_nothing_here_finds_no_application_nor_file_of_any_cohort(
    app, client, desk, database, cohort, runtime, programme
):
    """There is one right to review, of all cohorts; whoever has it not, or no more, finds nothing by its address."""
    base = filed(client, 0)
    check_files(runtime)
    [file] = kept(database)
    own = f"/programme/candidatures/{file.application_id}"
    with database.transaction() as session:
        former = make_user(session, staff=Staff.PROGRAMME)
        home = make_space(session, name="Les Amis de la Baie")
        people = [
            make_user(session, staff=Staff.TRAINER),
            make_user(session, space=home, role=Role.REFERENTE),
            make_user(session, space=programme, role=Role.REFERENTE),
            former,
        ]
        browsers = [app.test_client() for _one in people]
        for browser, person in zip(browsers, people, strict=True):
            sign_in(browser, session, person)
    assert browsers[-1].get(f"{own}/fichiers/{file.id}").data == PDF
    with database.transaction() as session:
        session.get_one(User, former.id).staff = None
    lists = [f"/programme/candidatures{one}?cohorte={cohort.id}" for one in ("", "/candidatures.csv", "/lettres")]
    for browser in browsers:
        assert {browser.get(one).status_code for one in (own, f"{own}/fichiers/{file.id}", *lists)} == {404}
        said = browser.post(f"{own}/avis", data={"view": "yes", "words": "Oui"})
        assert said.status_code == 404
    with database.transaction() as session:  # the same association, a year later, by another link
        session.get_one(Cohort, cohort.id).applications_close_at = utc_now()
        session.get_one(Cohort, cohort.id).closed_at = utc_now()
    open_cohort(database, name="Cohorte 2028")
    later = begin(client)
    assert later != base
    assert client.get(f"{later}/fichiers/{file.id}").status_code == 404, "nor does a link lead from year to year"
    [again] = [one for one in applications(database) if one.id != file.application_id]
    assert desk.get(f"/programme/candidatures/{again.id}/fichiers/{file.id}").status_code == 404


def test_a_virus_inside_a_pdf_is_thrown_away_and_the_condition_opens_again(client, desk, database, cohort, runtime):
    base = begin(client)
    fill(client, base)
    assert attach(client, base, PDF.replace(b"<<>>", EICAR, 1)).status_code == 303
    assert client.post(f"{base}/deposer").status_code == 303, "whoever applies is not held up"
    check_files(runtime)
    [file] = kept(database)
    assert (file.size, "virus" in file.refused) == (0, True)
    assert "Ce fichier contient un virus" in told(client.get(f"{base}/conditions").text)
    page = told(desk.get(f"/programme/candidatures/{file.application_id}").text)
    assert "3 conditions sur 4" in page
    assert desk.get(f"/programme/candidatures/{file.application_id}/fichiers/{file.id}").status_code == 404
    assert attach(client, base, PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript>>>>", 1)).status_code == 303
    check_files(runtime)
    assert "Ce PDF contient un programme" in told(client.get(f"{base}/conditions").text)
