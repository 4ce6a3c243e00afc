"""`tambour user`: people let in from a shell."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.accounts import spaces, team
from app.accounts.models import Role, Staff, User
from app.accounts.signing import second_factor, signing_in, users
from app.cli.spaces import BY
from app.cli.start import opened_database, ready_settings
from app.clock import utc_now
from app.errors import RuleBroken
from app.french.language import _


@click.group("user", subcommand_metavar="COMMANDE …")
def user() -> None:
    """Les personnes qui se connectent."""


@user.command("add")
@click.argument("email", metavar="E-MAIL")
@click.option("--name", default="", help="Son nom ; une personne déjà connue garde le sien.")
@click.option("--space", "slug", metavar="ESPACE", help="L'espace où la faire entrer.")
@click.option("--role", default=Role.REFERENTE.value, type=click.Choice([role.value for role in Role]))
@click.option("--staff", type=click.Choice([kind.value for kind in Staff]), help="Son travail au programme.")
def add(email: str, name: str, slug: str | None, role: str, staff: str | None) -> None:
    """Faire entrer quelqu'un ; la dernière ligne est un lien à usage unique, à remettre en main propre."""
    settings, now = ready_settings(), utc_now()
    with opened_database() as database, database.transaction() as session:
        person = users.make_missing(session, email=email, name=name[:80], by=BY, now=now)
        if staff:
            users.join_staff(session, person, kind=Staff(staff), by=BY, now=now)
        if slug:
            team.add(session, spaces.get(session, slug), person, role=Role(role), by=BY, now=now)
        token = _link(session, person.email, now)
    click.echo(f"{settings.public_url.rstrip('/')}/bienvenue/{token}")


@user.command("link")
@click.argument("email", metavar="E-MAIL")
def link(email: str) -> None:
    """Faire un lien à usage unique pour un mot de passe perdu, après s'être assuré de qui le demande."""
    settings = ready_settings()
    with opened_database() as database, database.transaction() as session:
        token = _link(session, email, utc_now())
    click.echo(f"{settings.public_url.rstrip('/')}/bienvenue/{token}")


@user.command("reset-factor")
@click.argument("email", metavar="E-MAIL")
def reset_factor(email: str) -> None:
    """Lever la double vérification de quelqu'un, après s'être assuré de qui le demande."""
    ready_settings()
    with opened_database() as database, database.transaction() as session:
        found = _found(session, email)
        second_factor.reset(session, users.get(session, found.id, lock=True), by=BY, now=utc_now())
    click.echo(_("La double vérification est levée : le mot de passe suffit."))


def _link(session: Session, email: str, now: datetime) -> str:
    return team.operator_link(session, _found(session, email), by=BY, now=now)


def _found(session: Session, email: str) -> User:
    person = signing_in.find_user(session, email)
    if person is None:
        raise RuleBroken(
            "user_unknown", _("Personne n'a l'adresse « %(email)s », ou son compte est fermé.", email=email)
        )
    return person
