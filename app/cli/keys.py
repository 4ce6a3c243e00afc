"""`tambour key`: API keys made from a shell."""

import click

from app.accounts import keys, spaces
from app.accounts.models import Role
from app.cli.spaces import BY
from app.cli.start import opened_database, ready_settings
from app.clock import utc_now


@click.group("key", subcommand_metavar="COMMANDE …")
def key() -> None:
    """Les clés d'accès à l'API."""


@key.command("add")
@click.option("--space", "slug", required=True, metavar="ESPACE")
@click.option("--name", default="ligne de commande", help="À quoi elle servira.")
@click.option("--role", default=Role.REFERENTE.value, type=click.Choice([role.value for role in Role]))
def add(slug: str, name: str, role: str) -> None:
    """Créer une clé ; la dernière ligne est la clé, montrée cette seule fois."""
    ready_settings()
    with opened_database() as database, database.transaction() as session:
        space = spaces.get(session, slug)
        token = keys.make(session, space, name=name[:80], role=Role(role), by=BY, now=utc_now())
    click.echo(token)
