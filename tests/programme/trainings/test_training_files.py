"""Files of a training: for its staff and the associations that have somebody in it, never opened in the page."""

import io
import re

from sqlalchemy import select

from app.accounts.models import Activity, Association
from app.programme.trainings.acts import FILE_REMOVED
from tests.factories import make_space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import browser_of, over, plan

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def join(desk, training_id, content=PDF, name="x.pdf", label=""):
    data = {"file": (io.BytesIO(content), name), "label": label}
    return desk.post(f"/programme/formations/{training_id}/fichiers", data=data, follow_redirects=True)


def join_long(desk, training_id, megabytes):
    """Its body made by hand: the test client leaves the temporary file of a long one open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'
    body = head + b"%PDF-" + bytes(megabytes * 1024 * 1024) + b"\r\n--x--\r\n"
    words = {"data": body, "content_type": "multipart/form-data; boundary=x"}
    return desk.post(f"/programme/formations/{training_id}/fichiers", **words)


def address_in(page):
    return re.search(r'href="([^"]+/fichiers/\d+)"', page.text)[1]


def test_a_file_is_for_the_associations_that_have_somebody_in_the_training(app, desk, home, database, year):
    one, other = plan(desk, year.cohort), plan(desk, year.cohort, title="Une autre")
    own = f"/e/{year.space.slug}/formations"
    page = join(desk, one, name="../../procès <verbal>.html", label=" Les fiches ")
    assert "« Les fiches » est joint" in told(page.text)
    staff_s = address_in(page)
    assert (desk.get(staff_s).data, home.get(staff_s).status_code) == (PDF, 404), "the desk is the staff's"
    assert desk.get(staff_s.replace(f"/{one}/", f"/{other}/")).status_code == 404, "another training's"
    theirs = staff_s.replace("/programme/formations", own)
    assert "1 fichier, pour les associations qui y inscrivent quelqu’un." in told(home.get(own).text)
    assert home.get(theirs).status_code == 404, "nobody of the association is registered"
    home.post(f"{own}/{one}/inscriptions", data={"contact_id": year.who["Amina"]})
    assert address_in(home.get(own)) == theirs
    answer = home.get(theirs)
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=les-fiches.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with database.transaction() as session:
        epicerie = make_space(session, name="Épicerie")
        session.get_one(Association, year.of["Épicerie"]).space_id = epicerie.id
    next_door = browser_of(app, database, epicerie)
    assert "Les fiches" not in told(next_door.get(f"/e/{epicerie.slug}/formations").text)
    assert next_door.get(theirs.replace(year.space.slug, epicerie.slug)).status_code == 404
    assert next_door.get(theirs).status_code == 404
    over(database, one)
    assert address_in(home.get(own)) == theirs, "still there once the training is over"


def test_what_is_no_document_is_refused_and_a_removal_says_why(desk, database, year):
    one = plan(desk, year.cohort)
    refused = join(desk, one, b"<html><script>alert(1)</script>", "pouvoir.pdf", "Le pouvoir")
    assert (refused.status_code, "n’est ni un PDF, ni une image" in told(refused.text)) == (422, True)
    assert 'value="Le pouvoir"' in refused.text, "what was typed is kept"
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    assert "virus" in told(join(desk, one, PDF.replace(b"<<>>", eicar)).text)
    for megabytes, said in ((10, 11), (25, 25)):
        heavy = join_long(desk, one, megabytes)
        assert (heavy.status_code, f"{said} Mo, c’est trop : 10 Mo au plus." in told(heavy.text)) == (422, True)
    assert "Ce fichier est vide" in told(desk.post(f"/programme/formations/{one}/fichiers", data={}).text)
    for number in range(10):
        page = join(desk, one, label=f"Fichier {number}")
    assert "Dix fichiers, c’est assez" in told(join(desk, one).text)
    file = address_in(page)
    assert "Dites pourquoi" in told(desk.post(f"{file}/retirer", data={"reason": " "}).text)
    assert desk.get(file).status_code == 200
    gone = desk.post(f"{file}/retirer", data={"reason": "Une photo sans accord"}, follow_redirects=True)
    assert "Le fichier n’est plus donné." in told(gone.text)
    assert desk.get(file).status_code == 404
    with database.snapshot() as session:
        [row] = session.scalars(select(Activity).where(Activity.verb == FILE_REMOVED.verb))
    assert row.note == "Les enjeux du bénévolat : fichier-0.pdf. Une photo sans accord"
