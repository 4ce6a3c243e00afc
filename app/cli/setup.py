"""`tambour setup`: from nothing to the first sign-in link, by a few questions or as many options.

An answer is judged as it is given, and asked again with a sentence when it will not do: nobody starts over for a word.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts import spaces, team
from app.accounts.models import Mode, Staff, User
from app.accounts.signing import users
from app.cli.folder import as_lines, fresh_secrets, write_settings
from app.cli.spaces import BY
from app.cli.start import CannotStart, no_answer
from app.clock import utc_now
from app.database import labels, migrations
from app.database.engine import Database
from app.database.private import keep_private
from app.database.revisions import SchemaError, found_revision, schema_is_current
from app.errors import AppError
from app.french.folding import without_accents
from app.programme import seeds
from app.settings import SETTINGS_FILE, Settings, SettingsError, is_this_machine, read_settings

HEADER = (
    "# Écrit par « tambour setup ». Gardez une copie de ce fichier ailleurs que la base : aucune sauvegarde ne l'a."
)
SIMULATOR_URL = "http://127.0.0.1:8001"
PROGRAMME = "Programme"
EMBEDDED = "embarquee"
CARRIERS = click.Choice(["twilio", "simulateur"])
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}")


@click.command("setup")
@click.option(
    "--data-dir",
    envvar="TAMBOUR_DATA_DIR",
    default="var",
    type=click.Path(path_type=Path),
    help="Le dossier de données.",
)
@click.option("--address", help="L'adresse publique : https://tambour.association.example.")
@click.option("--carrier", type=CARRIERS, help="Par où partent les SMS.")
@click.option("--twilio-account-sid", envvar="TAMBOUR_TWILIO_ACCOUNT_SID", help="Avec Twilio : l'identifiant (AC…).")
@click.option("--twilio-auth-token", envvar="TAMBOUR_TWILIO_AUTH_TOKEN", help="Avec Twilio : le jeton ; demandé sinon.")
@click.option("--database", help=f"« {EMBEDDED} », ou postgresql://….")
@click.option("--email", help="L'adresse électronique de la première personne, de l'équipe du programme.")
@click.option("--name", help="Son nom.")
def setup(data_dir: Path, **given: str | None) -> None:
    """Installer : réglages, secrets, base, première personne. La dernière ligne est son lien de connexion."""
    path = data_dir.absolute() / SETTINGS_FILE
    values = {} if path.is_file() else _ask(given, data_dir)
    settings = read_settings({**values, "TAMBOUR_DATA_DIR": str(data_dir)})
    if not values:
        click.echo(f"{path} est déjà là : ses réglages et ses secrets sont gardés.")
        if not (given["email"] or given["name"]) and _has_people(settings):
            click.echo("Des personnes se connectent déjà ici. Un lien perdu : « tambour user link ADRESSE ».")
            return
    email = _answer(given["email"], "L'adresse électronique de la première personne", users.checked_email)
    name = _answer(given["name"], "Son nom", _not_blank)
    if values:
        _require_own(settings)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_settings(path, [HEADER, *as_lines(values)])
        click.echo(f"Réglages écrits dans {path}, lisibles par ce seul compte.")
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


def _ask(given: dict[str, str | None], data_dir: Path) -> dict[str, str]:
    """The settings, from the options or from whoever is at the keyboard; the secrets are fresh."""
    values = {**fresh_secrets(), "TAMBOUR_SIMULATOR_URL": SIMULATOR_URL, "TAMBOUR_CARRIER_URL": SIMULATOR_URL}
    checks = _Checks(values, data_dir)
    address = _answer(given["address"], "L'adresse publique de ce service", checks.address, default="https://")
    values["TAMBOUR_PUBLIC_URL"] = address
    asked = "Par où partent les SMS (twilio, simulateur)"
    if _answer(given["carrier"], asked, checks.carrier, default="simulateur") == "twilio":
        del values["TAMBOUR_CARRIER_URL"]
        account = _answer(given["twilio_account_sid"], "L'identifiant Twilio (AC…)", _account)
        token = _answer(given["twilio_auth_token"], "Le jeton Twilio (rien ne s'affiche)", _not_blank, hidden=True)
        values.update(TAMBOUR_TWILIO_ACCOUNT_SID=account, TAMBOUR_TWILIO_AUTH_TOKEN=token)
    asked = "La base de données : embarquée, ou une adresse postgresql://…"
    if database := _answer(given["database"], asked, checks.database, default=EMBEDDED):
        values["TAMBOUR_DATABASE_URL"] = database
    if not is_this_machine(address):
        values["TAMBOUR_TRUSTED_PROXIES"] = "127.0.0.1"  # the proxy that brings https stands beside it
    elif port := urlsplit(address).port:
        values["TAMBOUR_PORT"] = str(port)  # nobody stands between: the web listens where it says that it is
    return values


@dataclass(frozen=True)
class _Checks:
    """What each answer has to be, after those that are in ``values`` already."""

    values: Mapping[str, str]
    data_dir: Path

    def address(self, typed: str) -> str:
        bare = typed.strip().rstrip("/")
        self._read(TAMBOUR_PUBLIC_URL=bare)
        return bare

    def carrier(self, typed: str) -> str:
        word: str = CARRIERS.convert(typed.strip(), None, None)
        if word == "twilio":
            self._read(TAMBOUR_CARRIER_URL=Settings.carrier_url)
        return word

    def database(self, typed: str) -> str:
        """Empty for the embedded one."""
        if without_accents(typed.strip().casefold()) == EMBEDDED:
            return ""
        _require_own(self._read(TAMBOUR_DATABASE_URL=typed.strip()))
        return typed.strip()

    def _read(self, **more: str) -> Settings:
        return read_settings({**self.values, **more, "TAMBOUR_DATA_DIR": str(self.data_dir)})


def _answer(
    given: str | None, asked: str, check: Callable[[str], str], *, default: str | None = None, hidden: bool = False
) -> str:
    """What ``check`` makes of the option, or of what is typed: a refusal ends the one, and asks the other again."""
    if given:
        return check(given)

    def checked(typed: str) -> str:
        try:
            return check(typed)
        except AppError as error:
            raise click.UsageError(error.sentence) from None
        except (SettingsError, SchemaError, CannotStart) as error:
            raise click.UsageError(str(error)) from None
        except DBAPIError as error:
            raise click.UsageError(no_answer(error)) from None

    answer: str = click.prompt(asked, default=default, value_proc=checked, hide_input=hidden)
    return answer


def _account(typed: str) -> str:
    if not _ACCOUNT.fullmatch(typed.strip()):
        raise CannotStart("l'identifiant d'un compte Twilio est AC suivi de 32 chiffres ou lettres de a à f.")
    return typed.strip()


def _not_blank(typed: str) -> str:
    if not typed.strip():
        raise CannotStart("il faut une réponse ; Ctrl-C arrête, et rien n'est écrit.")
    return typed.strip()


def _require_own(settings: Settings) -> None:
    """Before anything is written: a folder that keeps a wrong address would have to be mended by hand."""
    with closing(Database(settings.database_url)) as database:
        if database.is_sqlite and not Path(database.url.database or "").is_file():
            return
        labels.require_own_key(database, settings.fingerprint_key)
        with database.snapshot() as session:
            if not database.is_sqlite and not session.scalar(select(_MAY_CREATE)):
                raise CannotStart(
                    "ce compte ne peut rien créer dans cette base : « createdb --owner tambour tambour » en fait une."
                )
            tables = inspect(session.connection()).get_table_names()
        if tables and not found_revision(database):
            raise CannotStart("cette base a déjà les tables d'un autre programme : donnez-en une à Tambour seul.")


_MAY_CREATE = func.has_schema_privilege(func.current_schema(), "CREATE")


def _has_people(settings: Settings) -> bool:
    """Whether somebody signs in here: a second machine, or a folder given back, has nobody to let in."""
    with closing(Database(settings.database_url)) as database:
        if database.is_sqlite and not Path(database.url.database or "").is_file():
            return False
        labels.require_own_key(database, settings.fingerprint_key)
        if not schema_is_current(database):
            return False
        with database.snapshot() as session:
            return session.scalars(select(User.id).limit(1)).first() is not None


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
