"""When somebody was last in a space: their sign-in tells it of their only one, each of several tells its own."""

from datetime import timedelta

from app.accounts.models import Membership, Role
from app.clock import utc_now
from app.programme.progress import news
from tests.factories import make_space, make_user, sign_in


def test_somebody_of_two_spaces_breaks_the_silence_of_the_one_that_they_open(app, database):
    client, alone = app.test_client(), app.test_client()
    with database.transaction() as session:
        one, other, third = (make_space(session, name=name) for name in ("A", "B", "C"))
        both = make_user(session, space=one)
        session.add(Membership(space_id=other.id, user_id=both.id, role=Role.EQUIPIERE, created_at=utc_now()))
        sign_in(client, session, both)
        sign_in(alone, session, make_user(session, space=third))
    assert client.get(f"/e/{one.slug}/").status_code == 200

    def seen():
        with database.snapshot() as session:
            return news.last_seen(session, [one.id, other.id, third.id])

    before = seen()
    assert set(before) == {one.id, third.id}
    assert utc_now() - before[one.id] < timedelta(minutes=5)
    client.get(f"/e/{one.slug}/")
    assert seen() == before, "noted once an hour"
    assert client.get(f"/e/{other.slug}/").status_code == 200
    assert set(seen()) == {one.id, other.id, third.id}
