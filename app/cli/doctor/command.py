"""`tambour doctor`: what is wrong with this installation, and how to mend it."""

import sys

import click

from app.cli.doctor.checks import examine
from app.cli.doctor.findings import Finding
from app.settings import SettingsError, read_settings


@click.command("doctor")
def doctor() -> None:
    """Vérifier réglages, base, opérateur, adresse publique et horloge."""
    try:
        settings = read_settings()
    except SettingsError as error:
        _tell(
            Finding(
                "réglages",
                wrong=str(error),
                mend="Mettez-le dans l'environnement, ou dans settings.env du dossier de données, puis recommencez.",
            )
        )
        sys.exit(1)
    findings = [Finding("réglages"), *examine(settings)]
    for finding in findings:
        _tell(finding)
    sys.exit(1 if any(finding.wrong for finding in findings) else 0)


def _tell(finding: Finding) -> None:
    if not finding.wrong:
        click.echo(f"✓ {finding.name}" + (f" : {finding.note}" if finding.note else ""))
        return
    click.secho(f"✗ {finding.name} : {finding.wrong}", fg="red")
    click.echo(f"  → {finding.mend}")
