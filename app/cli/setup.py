"""`tambour setup`: from nothing to the first sign-in link, by six questions or as many options."""

from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import spaces, team
from app.accounts.models import Mode, Staff, User
from app.accounts.signing import users
from app.cli.folder import as_lines, fresh_secrets, write_settings
from app.cli.spaces import BY
from app.cli.start import CannotStart
from app.clock import utc_now
from app.database import labels, migrations
from app.database.engine import Database
from app.database.private import keep_private
from app.database.revisions import schema_is_current
from app.programme import seeds
from app.settings import SETTINGS_FILE, Settings, is_this_machine, read_settings

HEADER = (
    "# Écrit par « tambour setup ». Gardez une copie de ce fichier ailleurs que la base : aucune sauvegarde ne l'a."
)
SIMULATOR_URL = "http://127.0.0.1:8001"
PROGRAMME = "Programme"
EMBEDDED = "embarquee"


@click.command("setup")
@click.option(
    "--data-dir",
    envvar="TAMBOUR_DATA_DIR",
    default="var",
    type=click.Path(path_type=Path),
    help="Le dossier de données.",
)
@click.option("--address", help="L'adresse publique : https://tambour.association.example.")
@click.option("--carrier", type=click.Choice(["twilio", "simulateur"]), help="Par où partent les SMS.")
@click.option("--twilio-account-sid", envvar="TAMBOUR_TWILIO_ACCOUNT_SID", help="Avec Twilio : l'identifiant (AC…).")
@click.option("--twilio-auth-token", envvar="TAMBOUR_TWILIO_AUTH_TOKEN", help="Avec Twilio : le jeton ; demandé sinon.")
@click.option("--database", help=f"« {EMBEDDED} », ou postgresql://….")
@click.option("--email", help="L'adresse électronique de la première personne, de l'équipe du programme.")
@click.option("--name", help="Son nom.")
def setup(data_dir: Path, **given: str | None) -> None:
    """Installer : réglages, secrets, base, première personne. La dernière ligne est son lien de connexion."""
    path = data_dir.absolute() / SETTINGS_FILE
    values = {} if path.is_file() else _ask(given)
    settings = read_settings({**values, "TAMBOUR_DATA_DIR": str(data_dir)})
    email = users.checked_email(given["email"] or click.prompt("L'adresse électronique de la première personne"))
    name = given["name"] or click.prompt("Son nom")
    if values:
        _require_answer(settings)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_settings(path, [HEADER, *as_lines(values)])
        click.echo(f"Réglages écrits dans {path}, lisibles par ce seul compte.")
    else:
        click.echo(f"{path} est déjà là : ses réglages et ses secrets sont gardés.")
    keep_private(settings)
    with closing(Database(settings.database_url)) as database:
        if not schema_is_current(database):
            migrations.upgrade(database)
            with database.transaction() as session:
                seeds.plant(session, now=utc_now())
        labels.claim(database, settings.fingerprint_key)
        with database.transaction() as session:
            token = _first_person(session, email, name, settings)
    click.echo("Le lien qui suit sert une fois, pour choisir un mot de passe : remettez-le en main propre.")
    click.echo(f"{settings.public_url.rstrip('/')}/bienvenue/{token}")


def _ask(given: dict[str, str | None]) -> dict[str, str]:
    """The settings, from the options or from whoever is at the keyboard; the secrets are fresh."""
    address = given["address"] or click.prompt("L'adresse publique de ce service", default="https://")
    carriers = click.Choice(["twilio", "simulateur"])
    carrier = given["carrier"] or click.prompt("Par où partent les SMS", type=carriers, default="simulateur")
    values = {**fresh_secrets(), "TAMBOUR_PUBLIC_URL": address.rstrip("/"), "TAMBOUR_SIMULATOR_URL": SIMULATOR_URL}
    if carrier == "twilio":
        values["TAMBOUR_TWILIO_ACCOUNT_SID"] = given["twilio_account_sid"] or click.prompt("L'identifiant Twilio (AC…)")
        token = given["twilio_auth_token"] or click.prompt("Le jeton Twilio (rien ne s'affiche)", hide_input=True)
        values["TAMBOUR_TWILIO_AUTH_TOKEN"] = token
    else:
        values["TAMBOUR_CARRIER_URL"] = SIMULATOR_URL
    asked = "La base de données : embarquée, ou une adresse postgresql://…"
    database = given["database"] or click.prompt(asked, default=EMBEDDED)
    if database != EMBEDDED:
        values["TAMBOUR_DATABASE_URL"] = database
    if not is_this_machine(address):
        values["TAMBOUR_TRUSTED_PROXIES"] = "127.0.0.1"  # the proxy that brings https stands beside it
    return values


def _require_answer(settings: Settings) -> None:
    """Before anything is written: a folder that keeps a wrong address would have to be mended by hand."""
    if settings.database_url.startswith("sqlite"):
        return
    with closing(Database(settings.database_url)) as database, database.snapshot() as session:
        session.execute(text("SELECT 1"))


def _first_person(session: Session, email: str, name: str, settings: Settings) -> str:
    """The token of a fresh link: a second call for the same person is a link that was lost."""
    others = session.scalars(select(User.email).where(User.email != email).limit(1)).first()
    if others is not None:
        raise CannotStart("d'autres personnes se connectent déjà ici : « tambour user add » en fait entrer une.")
    now = utc_now()
    if spaces.find(session, settings.programme_space) is None:
        slug = settings.programme_space
        spaces.make(session, name=PROGRAMME, slug=slug, mode=Mode.LIVE, settings=settings, by=BY, now=now)
    person = users.make_missing(session, email=email, name=name[:80], by=BY, now=now)
    if person.staff is None:
        users.join_staff(session, person, kind=Staff.PROGRAMME, by=BY, now=now)
    return team.operator_link(session, person, by=BY, now=now)
