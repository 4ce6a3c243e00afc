"""A page that is open, people who fill it in, and the link of their SMS."""

import re

from sqlalchemy import select

from app.clock import utc_now
from app.messaging.models import Message
from app.signup import service, stamps
from app.signup.models import SignUp
from jobs.confirming import ask_new_sign_ups
from tests.factories import SOMEBODY, make_list, make_space

SECRET = "a secret of the tests, long enough for Flask"
PHONE = "06 12 34 56 78"
LINK = re.compile(r"/r/\w+")


def open_page(database, *, on_list=True, asks_commercial=False, welcome="Deux samedis par mois.", **words):
    """A space whose page is open: the space and its list."""
    with database.transaction() as session:
        space = make_space(session, **{"name": "Les Amis du Quai", "contact_phone": "03 22 00 00 00", **words})
        new = make_list(session, space) if on_list else None
        service.change(
            session, space, is_open=True, welcome=welcome, list_id=new.id if new else None,
            asks_commercial=asks_commercial, by=SOMEBODY, now=utc_now(),
        )  # fmt: skip
        return space, new


def stamp(space, *, ago_s=60):
    """Of a form shown so long ago."""
    return stamps.make(space.slug, key=SECRET, now=utc_now() - ago_s * SECOND)


SECOND = stamps.MIN_AGE / 2


def fill_in(client, space, **words):
    """Post the form; ``None`` leaves a field out."""
    form = {
        "first_name": "Jeanne", "last_name": "Martin", "phone": PHONE, "adult": "1", "missions": "1",
        "stamp": stamp(space), **words,
    }  # fmt: skip
    sent = {name: value for name, value in form.items() if value is not None}
    return client.post(f"/inscription/{space.slug}", data=sent)


def texts(runtime):
    """Let the tick pass; every SMS so far."""
    ask_new_sign_ups(runtime)
    with runtime.database.snapshot() as session:
        return session.scalars(select(Message).order_by(Message.id)).all()


def confirm(client, message, choice="confirm"):
    """Open the link of a text and press its button, every name ticked."""
    link = LINK.search(message.body)[0]
    page = client.get(link).text
    people = re.findall(r'name="person" value="(\d+)"', page)
    return page, client.post(link, data={"choice": choice, "person": people})


def waiting(database):
    with database.snapshot() as session:
        return session.scalars(select(SignUp).order_by(SignUp.id)).all()
