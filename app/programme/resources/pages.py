"""The resource centre as anybody reads it: no account, no cookie, no script."""

from collections.abc import Collection, Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.web.guards import public
from app.clock import utc_now
from app.database.engine import is_busy
from app.database.ids import ResourceId
from app.errors import NotFound
from app.french.language import _
from app.programme.files.kinds import show_size
from app.programme.partners import service as partners
from app.programme.partners.missing_pages import missing
from app.programme.partners.models import Subject
from app.programme.partners.rules import Named
from app.programme.resources import browsers, files, markup, reading, rules, views
from app.programme.resources.rules import Topic
from app.programme.resources.showing_pages import months_shown
from app.web.edge import download
from app.web.requests import remote_address, runtime

blueprint = Blueprint("resources", __name__, url_prefix="/ressources")

blueprint.register_error_handler(NotFound, missing)
QUESTION_MAX = 200
COUNT_WAIT_S = 1
"""A reader never waits long for their view to be counted; one that cannot be is lost."""


@blueprint.get("")
@public("Guides are free for all, without an account.")
def browse() -> ResponseReturnValue:
    """Everything, or what answers a question or a topic; where nothing does, what is read most."""
    question = " ".join(request.args.get("q", "").split())[:QUESTION_MAX]
    topic = next((one for one in Topic if one.value == request.args.get("sujet")), None)
    with runtime().database.snapshot() as session:
        return render_template(
            "programme/resources/browse.html",
            question=question,
            topic=topic,
            found=reading.browse(session, question, topic),
            most_read=reading.most_read(session),
            topics=reading.topics(session),
            words=rules,
        )


@blueprint.get("/<slug>")
@public("Guides are free for all, without an account.")
def show(slug: str) -> ResponseReturnValue:
    """A page that was withdrawn says so, since links to it stay in pockets. Raises NotFound."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        found = reading.find(session, slug)
        if found is None:
            raise NotFound("resource_unknown", _("Ce guide n'existe pas, ou pas encore."))
        resource, version = found
        if resource.withdrawn_at is not None:
            words = {"resource": resource, "version": version, "shown": reading.most_read(session)}
            return render_template("programme/resources/gone.html", **words), 410
        agent = request.user_agent.string
        counts = browsers.is_somebody(request.method, dict(request.headers)) and views.is_new(
            session, resource.id, address=remote_address(), agent=agent, now=now
        )
    if counts:
        _count(resource.id, agent=agent)
    with runtime().database.snapshot() as session:
        return render_template(
            "programme/resources/show.html",
            resource=resource,
            version=version,
            text=markup.render(version.body),
            summary=rules.lines(version.summary),
            minutes=rules.minutes(version.body),
            months=months_shown(reading.months(session, resource.id), now=now),
            files=[(file, show_size(file.size)) for file in files.of(session, resource.id)],
            beside=reading.beside(session, resource.id, version.topic_list),
            partners=partners.of_subject(session, Subject.RESOURCE, resource.id),
            words=rules,
            today=views.day_of(now),
        )


def named(session: Session, resource_ids: Collection[int]) -> Mapping[int, Named]:
    """{resource: its title and its page} of those that anybody may read."""
    return {
        resource.id: Named(version.title, url_for("resources.show", slug=resource.slug))
        for resource, version in reading.public(session, resource_ids)
    }


def _count(resource_id: ResourceId, *, agent: str) -> None:
    try:
        with runtime().database.transaction(wait_s=COUNT_WAIT_S) as session:
            views.count(session, resource_id, address=remote_address(), agent=agent, now=utc_now())
    except OperationalError as error:
        if not is_busy(error):
            raise


@blueprint.get("/fichiers/<int:resource_file_id>")
@public("What a public page gives to take away.")
def take(resource_file_id: int) -> ResponseReturnValue:
    """Always to keep, never shown inside the site."""
    with runtime().database.snapshot() as session:
        file = files.public(session, resource_file_id)
    return download(file.content, file_name=file.file_name, mimetype=file.mimetype)
