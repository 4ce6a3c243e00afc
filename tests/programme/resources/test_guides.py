"""The guides that the house gives: true to what they say of themselves, and never over what staff have written."""

import re
from dataclasses import replace
from datetime import date

import pytest

from app.clock import utc_now
from app.messaging.body import text as bodies
from app.programme.resources import markup, reading, rules, seed, service
from app.programme.resources.models import Resource
from tests.factories import SOMEBODY

GUIDES = {guide.slug: guide for guide in seed.guides()}
SAID = {"un seul SMS": 1, "deux SMS": 2}


def test_there_is_one_on_each_workshop_on_writing_and_on_informing():
    assert set(GUIDES) == {
        "ecrire-un-bon-sms",
        "former-ses-benevoles-par-webinaire",
        "informer-quand-on-prend-un-numero",
        "informer-ses-benevoles-par-sms-groupe",
        "tenir-une-assemblee-generale-en-ligne",
    }


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_a_guide_is_whole_short_and_says_how_sure_it_is(guide):
    rules.check_public(guide.content, today=date(2026, 11, 26))
    assert rules.minutes(guide.content.body) <= 6
    parts = markup.render(guide.content.body).parts
    assert parts[-1].title == "Ce qui est sûr, et à quel point"
    assert "Faits lus le 25 novembre 2026." in guide.content.body
    for address in re.findall(r"\]\(/ressources/([^)]*)\)", guide.content.body):
        assert address in GUIDES, "a link to another guide leads there"


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_the_sms_that_it_quotes_are_as_long_as_it_says(guide):
    quoted = re.findall(r"^> (.+)\n\n(\d+) caractères : (.+)\.$", guide.content.body, re.M)
    for body, characters, said in quoted:
        measure = bodies.measure(body)
        assert (measure.units, measure.parts) == (int(characters), SAID[said]), body
    assert len(quoted) == guide.content.body.count(" caractères : ")


def test_seeding_again_changes_nothing(database):
    for expected in (len(GUIDES), 0):
        with database.transaction() as session:
            assert seed.seed(session, utc_now()) == expected
    with database.snapshot() as session:
        found = reading.browse(session, "assemblee generale")
        assert [one.resource.slug for one in found] == ["tenir-une-assemblee-generale-en-ligne"]
        assert {one.version.number for one in reading.browse(session)} == {1}


def test_what_staff_wrote_or_withdrew_is_theirs_and_the_rest_follows_its_file(database, tmp_path):
    words = {"space_id": None, "by": SOMEBODY, "now": utc_now()}
    ours, written, withdrawn = (
        "ecrire-un-bon-sms",
        "former-ses-benevoles-par-webinaire",
        "informer-quand-on-prend-un-numero",
    )
    with database.transaction() as session:
        seed.seed(session, utc_now())
        resource, version = reading.find(session, written)
        content = replace(version.content, body="## À nous")
        service.save(session, resource.id, content, seen=1, publishes=False, **words)
        service.withdraw(session, reading.find(session, withdrawn)[0].id, **words)
    for path in seed.GUIDES.glob("*.md"):
        text = path.read_text(encoding="utf-8") + "\nUne ligne neuve.\n"
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with database.transaction() as session:
        assert seed.seed(session, utc_now(), folder=tmp_path) == len(GUIDES) - 2
    with database.snapshot() as session:
        assert reading.find(session, ours)[1].body.endswith("Une ligne neuve.")
        resource, shown = reading.find(session, written)
        assert "neuve" not in shown.body
        assert service.version(session, resource, resource.latest).body == "## À nous"
        gone, _version = reading.find(session, withdrawn)
        assert gone.withdrawn_at is not None
        assert session.get_one(Resource, gone.id).latest == 1
