"""A cohort that takes applications, an association that applies, and what leaves by SMS."""

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import select, update

from app.clock import utc_now
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.applications.models import Application, ApplicationPublication
from app.programme.cohorts.models import Cohort
from app.signup import stamps
from jobs.programme.applying import check_files, publish_decisions
from tests.programme.conftest import make_cohort

SECRET = "a secret of the tests, long enough for Flask"
SIREN = "784 257 164"
SIRENS = ("784257164", "552100554", "542051180", "732829320", "404833048")
PHONE = "06 12 34 56 12"
LINK = re.compile(r"/candidature/([2-9a-z]{14})")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ANSWERS = {
    "who": {
        "association": "Les Amis de la Baie", "town": "Saint-Valery", "contact_name": "Odile Carpentier",
        "contact_function": "Coordinatrice", "contact_email": "odile@baie.example",
    },
    "does": {"activity": "Accueil de jour et repas.", "need": "Prévenir 60 bénévoles sans téléphoner à chacun."},
    "field": {"field": ["exclusion", "poverty"]},
    "employees": {"employees": "7"},
    "board": {"board_on": "2026-10-12"},
    "time": {"time": "half", "who": "Odile Carpentier et Karim Benali"},
}  # fmt: skip


def told(page: str) -> str:
    """What a person reads of a page."""
    words = re.sub(r"<(script|style).*?</\1>", " ", page.partition("<main")[2], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", words)).replace("\xa0", " ").replace("\u202f", " ").split())


def open_cohort(database, **words):
    """Its applications are open since yesterday, for ten days."""
    now = utc_now()
    with database.transaction() as session:
        return make_cohort(
            session,
            **{
                "name": "Cohorte 2027",
                "applications_open_at": now - timedelta(days=1),
                "applications_close_at": now + timedelta(days=10),
                **words,
            },
        )


def close(database, cohort):
    """The applications of a cohort closed an hour ago."""
    with database.transaction() as session:
        session.get_one(Cohort, cohort.id).applications_close_at = utc_now() - timedelta(hours=1)


def stamp(ago_s=60):
    return stamps.make("candidature", key=SECRET, now=utc_now() - timedelta(seconds=ago_s))


def start(client, **words):
    """Press « Commencer »."""
    form = {
        "association": "Les Amis de la Baie", "registration": SIREN, "name": "Odile Carpentier", "phone": PHONE,
        "stamp": stamp(), **words,
    }  # fmt: skip
    return client.post("/candidature", data=form)


def begin(client, **words):
    """A new draft; the address of its pages."""
    answer = start(client, **words)
    assert answer.status_code == 303, told(answer.text)
    return "/candidature/" + LINK.search(answer.location)[1]


def versions(page):
    """{field: the version that a page holds}."""
    return dict(re.findall(r'name="v-(\w+)" value="(\d+)"', page))


def write(client, base, field, value, version=None, **words):
    """One field, as the script saves it."""
    page = client.get(f"{base}/association").text + client.get(f"{base}/conditions").text
    seen = versions(page).get(field, "0") if version is None else version
    return client.post(f"{base}/champ", data={"field": field, field: value, f"v-{field}": seen, **words})


def save(client, base, section, fields):
    """« Enregistrer et continuer » of a section, without a script."""
    page = "association" if section in ("who", "does") else "conditions"
    seen = versions(client.get(f"{base}/{page}").text)
    hidden = {f"v-{key}": seen.get(key, "0") for key in fields}
    return client.post(f"{base}/{page}", data={"section": section, **fields, **hidden})


def fill(client, base, **changed):
    """Every section; ``employees="4"`` changes an answer, None leaves it out."""
    for section, fields in ANSWERS.items():
        words = {key: changed.get(key, value) for key, value in fields.items()}
        answer = save(client, base, section, {key: value for key, value in words.items() if value is not None})
        assert answer.status_code == 303, told(answer.text)


def attach(client, base, content=PDF, name="pv.pdf", **headers):
    """Send a file, as the page does without a script."""
    part = 'Content-Disposition: form-data; name="{}"{}'
    pieces = [(part.format("field", ""), b"board_file"), (part.format("file", f'; filename="{name}"'), content)]
    body = b"".join(b"--x\r\n" + head.encode() + b"\r\n\r\n" + piece + b"\r\n" for head, piece in pieces)
    type_ = "multipart/form-data; boundary=x"  # by hand: the test client leaves the temporary file of a long one open
    return client.post(f"{base}/fichier", data=body + b"--x--\r\n", content_type=type_, headers=headers)


def filed(client, number=0, **words):
    """A whole application, filed: the address of its pages."""
    base = begin(client, registration=SIRENS[number], **words)
    fill(client, base, **({"association": words["association"]} if "association" in words else {}))
    assert attach(client, base).status_code == 303
    assert client.post(f"{base}/deposer").status_code == 303
    return base


def applications(database):
    with database.snapshot() as session:
        return session.scalars(select(Application).order_by(Application.id)).all()


def texts(database):
    with database.snapshot() as session:
        return [one.body for one in session.scalars(select(Message).order_by(Message.id))]


def tick(runtime):
    check_files(runtime)
    publish_decisions(runtime)


def arrived(database, status=Status.DELIVERED):
    """Every SMS so far came to this."""
    with database.transaction() as session:
        for one in session.scalars(select(Message)):
            one.status = status


def pass_thirty_seconds(database):
    with database.transaction() as session:
        due = update(ApplicationPublication).where(ApplicationPublication.due_at.is_not(None))
        session.execute(due.values(due_at=utc_now() - timedelta(seconds=1)))


def decide(desk, database, runtime, cohort, decisions, reason="Vu ensemble"):
    """Prepare {application: decision}, publish, let thirty seconds pass: what the publication's page says then."""
    for one, decision in decisions.items():
        address = f"/programme/candidatures/{one.id}/decision"
        answer = desk.post(address, data={"decision": decision, "reason": reason})
        assert answer.status_code == 302, told(answer.text)
    asked = desk.post("/programme/candidatures/publier", data={"cohort_id": cohort.id})
    assert asked.status_code == 302, told(asked.text)
    pass_thirty_seconds(database)
    tick(runtime)
    return desk.get(asked.location).text
