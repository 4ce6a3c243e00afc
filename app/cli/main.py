"""The `tambour` command: one subcommand a file, and every foreseen refusal said in one sentence."""

from getpass import getuser
from importlib import import_module

import click
from sqlalchemy.exc import DBAPIError

from app.cli import french
from app.cli.start import CannotStart, no_answer
from app.database.revisions import SchemaError
from app.errors import AppError
from app.settings import SettingsError

COMMANDS = {
    "web": "app.cli.web:web",
    "jobs": "app.cli.jobs:jobs",
    "reconcile": "app.cli.reconcile:reconcile",
    "backup": "app.cli.backup:backup",
    "restore": "app.cli.restore:restore",
    "restored": "app.cli.restored:restored",
    "stop-sending": "app.cli.sending:stop_sending",
    "resume-sending": "app.cli.sending:resume_sending",
    "archive": "app.cli.archiving.command:archive",
    "simulator": "app.cli.simulator:simulator",
    "setup": "app.cli.setup:setup",
    "run": "app.cli.run:run",
    "demo": "app.cli.demo:demo",
    "migrate": "app.cli.migrate:migrate",
    "doctor": "app.cli.doctor.command:doctor",
    "import": "app.cli.imports:import_file",
    "user": "app.cli.users:user",
    "space": "app.cli.spaces:space",
    "key": "app.cli.keys:key",
}
"""Each is loaded when it is called: the simulator does not wait for Flask's pages, nor a migration for Twilio."""

REFUSED = 2
"""The exit status when a setting, the schema or a port stops the start."""


class Table(click.Group):
    """The commands of the table above."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (CannotStart, SettingsError, SchemaError) as error:
            click.echo(f"tambour : {error}", err=True)
            ctx.exit(REFUSED)
        except AppError as error:
            click.echo(f"tambour : {error.sentence}", err=True)
            ctx.exit(1)
        except DBAPIError as error:
            click.echo(f"tambour : {no_answer(error)} Voyez « tambour doctor ».", err=True)
            ctx.exit(1)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"tambour : {_unopened(error)}", err=True)
            ctx.exit(1)


def _unopened(error: OSError) -> str:
    """What to do about a file or a folder: the operator's command is run by another account than theirs."""
    if isinstance(error, PermissionError):
        return (
            f"« {error.filename} » est fermé à ce compte ({getuser()}) : donnez un fichier ou un dossier qui est à lui."
        )
    return f"« {error.filename} » ne s'ouvre pas ({error.strerror})."


french.speak()


@click.group(cls=Table, no_args_is_help=True, subcommand_metavar="COMMANDE …")
def main() -> None:
    """Tambour : mobiliser ses bénévoles par SMS."""
