"""`tambour space`: spaces made and shown from a shell."""

import json
from typing import Any, BinaryIO

import click

from app.accounts import principal, spaces
from app.accounts.models import Mode
from app.cli import spaces_file
from app.cli.start import opened_database, ready_settings
from app.clock import ZONES, utc_now
from app.french.language import _
from app.settings import Settings

BY = principal.job(principal.COMMAND_LINE)


class _Table(click.File):
    """A file to read, or « - » for what is given by « < »: the operator's own folder is closed to the service."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(
                _("« %(file)s » ne s'ouvre pas d'ici. Donnez-le par « --file - < %(file)s ».", file=value), param, ctx
            )


@click.group("space", subcommand_metavar="COMMANDE …")
def space() -> None:
    """Les espaces : en créer un, en voir un."""


@space.command("add")
@click.argument("name", metavar="[NOM]", required=False)
@click.option("--file", "file", type=_Table("rb"), help="Un fichier CSV : un espace par ligne, tous ou aucun.")
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]))
@click.option("--slug", help="Son mot dans les adresses ; tiré du nom sinon.")
@click.option("--sender", default="", help="Ce que les téléphones affichent.")
@click.option("--two-way", is_flag=True, help="L'expéditeur est un numéro qui reçoit les réponses.")
@click.option("--zone", default="Europe/Paris", type=click.Choice(list(ZONES)), help="Son fuseau horaire.")
def add(
    name: str | None, file: BinaryIO | None, mode: str | None, slug: str | None, sender: str, two_way: bool, zone: str
) -> None:
    """Créer un espace ; la dernière ligne est son mot dans les adresses.

    Avec --file, un espace par ligne sous les titres nom, mode, adresse, expediteur, fuseau, budget, referente, e-mail ;
    chaque ligne affichée donne l'adresse de l'espace, puis le lien à usage unique de sa référente.
    """
    settings = ready_settings()
    if file is not None:
        _add_all(settings, file.read())
        return
    if not name or not mode:
        raise click.UsageError(_("Donnez le nom et --mode, ou un fichier par --file."))
    with opened_database() as database, database.transaction() as session:
        if sender and two_way and mode == Mode.LIVE.value:
            spaces_file.Taken(session).take_number(sender, whose=name)
        made = spaces.make(
            session,
            name=name,
            mode=Mode(mode),
            settings=settings,
            slug=spaces.slugify(slug) if slug else None,
            sender=sender,
            two_way=two_way,
            zone=zone,
            by=BY,
            now=utc_now(),
        )
    click.echo(made.slug)


def _add_all(settings: Settings, data: bytes) -> None:
    with opened_database() as database, database.transaction() as session:
        made = spaces_file.make_all(session, data, settings=settings, by=BY, now=utc_now())
    for one in made:
        link = f"{settings.public_url.rstrip('/')}/bienvenue/{one.token}" if one.token else ""
        click.echo("\t".join(filter(None, (one.slug, one.email, link))))


@space.command("show")
@click.argument("slug", metavar="ESPACE")
@click.option("--json", "as_json", is_flag=True, help="Pour un programme.")
def show(slug: str, as_json: bool) -> None:
    """Montrer un espace, avec le compte d'opérateur par où passent ses SMS."""
    settings = ready_settings()
    with opened_database() as database, database.snapshot() as session:
        found = spaces.get(session, slug)
    account = spaces.account_of(found, settings)
    words = {
        "slug": found.slug,
        "name": found.name,
        "mode": found.mode.value,
        "sender": found.sender,
        "two_way": found.two_way,
        "carrier_account_sid": account.account_sid,
        "carrier_auth_token": account.auth_token,
    }
    if as_json:
        click.echo(json.dumps(words, ensure_ascii=False))
        return
    for name, value in words.items():
        click.echo(f"{name} : {value}")
