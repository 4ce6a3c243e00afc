"""How often the guides were read, by month."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import insert, select, update

from app.cli.demonstration.story import Story
from app.programme.diagnostic.models import Questionnaire
from app.programme.resources.models import Resource, ResourceMonth, ResourceVersion

PUBLISHED = -760
"""The day on which all of it was there."""
VIEWS: Mapping[str, Sequence[int]] = {
    "tenir-une-assemblee-generale-en-ligne": (212, 340, 655, 1248, 2077, 1731, 902, 640),
    "informer-ses-benevoles-par-sms-groupe": (96, 131, 188, 240, 305, 366, 412, 290),
    "ecrire-un-bon-sms": (54, 80, 102, 140, 166, 171, 204, 150),
    "former-ses-benevoles-par-webinaire": (40, 61, 58, 93, 120, 88, 97, 66),
    "informer-quand-on-prend-un-numero": (22, 19, 35, 41, 38, 52, 60, 44),
}
"""Views of the last eight months, this one among them. No guide has had more in a month than that of assemblies."""


def begin(story: Story) -> None:
    """The guides and the questionnaire are there before the oldest cohort."""
    at = story.at(PUBLISHED, 10)
    story.session.execute(update(Resource).values(published_at=at, created_at=at))
    story.session.execute(update(ResourceVersion).values(saved_at=at))
    story.session.execute(update(Questionnaire).values(published_at=at, created_at=at))


def tell(story: Story) -> None:
    """Views as they were counted; nobody is known by them."""
    rows = []
    known = {one.slug: one.id for one in story.session.scalars(select(Resource))}
    for slug, views in VIEWS.items():
        if slug in known:
            months = _last(story.today.replace(day=1), len(views))
            rows += [
                {"resource_id": known[slug], "month": month, "views": count}
                for month, count in zip(months, views, strict=True)
            ]
    story.session.execute(insert(ResourceMonth), rows)


def _last(month: date, count: int) -> list[date]:
    """So many months, the oldest first, ``month`` the last."""
    number = month.year * 12 + month.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1)]
