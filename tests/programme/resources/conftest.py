"""A resource, and whoever reads one."""

from datetime import date

import pytest

from app.clock import utc_now
from app.programme.resources import service
from app.programme.resources.rules import Content, Kind, Reuse, Topic
from tests.factories import SOMEBODY

FIREFOX = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "fr",
}


def content(title="Tenir une assemblée", **words):
    return Content(
        **{
            "title": title,
            "kind": Kind.GUIDE,
            "summary": "Un\nDeux\nTrois",
            "body": "## Avant\n\nLire les statuts.",
            "topics": (Topic.GOVERN,),
            "author": "Inès Carlier",
            "reuse": Reuse.CC_BY,
            "checked_on": date(2026, 1, 5),
            **words,
        }
    )


def write(session, title="Tenir une assemblée", *, publishes=True, now=None, **words):
    """A resource that everybody reads, unless it is a draft."""
    return service.save(
        session, None, content(title, **words), seen=0, publishes=publishes, space_id=None, by=SOMEBODY,
        now=now or utc_now(),
    )  # fmt: skip


@pytest.fixture
def guide(database):
    with database.transaction() as session:
        return write(session)
