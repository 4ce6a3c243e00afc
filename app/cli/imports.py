"""`tambour import`: a spreadsheet brought into a space from the shell, as the pages bring it."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from app.accounts import spaces
from app.accounts.principal import job
from app.cli.start import ready_settings
from app.clock import utc_now
from app.consent import agreeing
from app.consent import service as consent
from app.contacts.importing import refusals, uploads
from app.contacts.importing import service as importing
from app.contacts.importing.reading.files import MAX_BYTES
from app.contacts.importing.sentences import brought_back
from app.contacts.models import Import, ImportStatus
from app.database.engine import Database
from app.errors import RuleBroken
from app.french.language import _, ngettext

BY = job("tambour import")
STANDARD_INPUT = Path("-")
WAIT_S = 0.2
"""Between two looks at an import that a jobs process has in hand."""


class _Sheet(click.Path):
    """A file to read, or « - »: the operator's own folder is closed to the service, so that the file seems missing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            if path != STANDARD_INPUT:
                path.stat()
        except FileNotFoundError:
            self.fail(_("« %(file)s » n'existe pas.", file=value), param, ctx)
        except PermissionError:
            sentence = _("« %(file)s » ne s'ouvre pas d'ici. Donnez-le par « import - … < %(file)s ».", file=value)
            self.fail(sentence, param, ctx)
        return path


@click.command("import")
@click.argument("file", metavar="FICHIER", type=_Sheet(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--space", "slug", required=True, help="Le mot de l'espace dans son adresse : /e/MOT/.")
@click.option("--list", "list_name", default="", help="La liste où mettre ces personnes ; faite si elle n'existe pas.")
def import_file(file: Path, slug: str, list_name: str) -> None:
    """Importer un tableau de bénévoles (Excel ou CSV). « - » prend ce que donne « < »."""
    settings = ready_settings()
    database = Database(settings.database_url)
    try:
        with database.snapshot() as session:
            spaces.get(session, slug)
        upload = uploads.read_upload(_content(file), file_name=_("liste") if file == STANDARD_INPUT else file.name)
        with database.transaction() as session:
            space_id = spaces.get(session, slug).id
            started = uploads.start_import(
                session, space_id, upload, by=BY, now=utc_now(), list_name=list_name, confirmed=True
            )
        done = _run(database, started, key=settings.fingerprint_key)
        _tell(database, done, file)
    finally:
        database.close()


def _content(file: Path) -> bytes:
    """Its bytes, unless there are more than any import takes."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)  # one too many is refused as it is read
    if file.stat().st_size > MAX_BYTES:
        sentence = _("Ce fichier dépasse %(most)s Mo. Coupez-le en plusieurs fichiers.", most=MAX_BYTES // 1_000_000)
        raise RuleBroken("file_too_large", sentence)
    return file.read_bytes()


def _run(database: Database, started: Import, *, key: str) -> Import:
    """Store batch after batch, in turn with a jobs process when one runs; the import once it is over."""
    with database.snapshot() as session:
        steps = importing.plan_of(session, started.id)
    with click.progressbar(length=len(steps), label=_("Import")) as bar:
        while True:
            with database.transaction() as session:
                one = importing.claim(session, started.id)
                if one is not None:
                    importing.run_batch(
                        session,
                        one,
                        steps,
                        key=key,
                        opted_out=consent.opted_out,
                        object_to=consent.object_by_file,
                        agree=agreeing.agree_by_file,
                        now=utc_now(),
                    )
            with database.snapshot() as session:
                now = session.get_one(Import, started.id)
            bar.update(now.rows_done - bar.pos)
            if now.status in (ImportStatus.FINISHED, ImportStatus.REFUSED):
                return now
            if one is None:
                time.sleep(WAIT_S)


def _tell(database: Database, done: Import, file: Path) -> None:
    """The sentence of the pages, and where the rows to mend are."""
    if done.status is ImportStatus.REFUSED:
        raise RuleBroken("import_refused", done.reason)
    sentences = [ngettext("%(n)s bénévole ajouté.", "%(n)s bénévoles ajoutés.", done.created)]
    if done.updated:
        sentences.append(ngettext("%(n)s mis à jour.", "%(n)s mis à jour.", done.updated))
    if done.unchanged:
        sentences.append(ngettext("%(n)s déjà là.", "%(n)s déjà là.", done.unchanged))
    if done.duplicates:
        sentences.append(ngettext("%(n)s ligne en double.", "%(n)s lignes en double.", done.duplicates))
    if done.refused:
        sentences.append(
            ngettext(
                "%(n)s ligne à corriger, rien n'est perdu.", "%(n)s lignes à corriger, rien n'est perdu.", done.refused
            )
        )
    if done.objected:
        sentences.append(
            ngettext(
                "%(n)s personne n'aura plus de SMS, d'après ce fichier.",
                "%(n)s personnes n'auront plus de SMS, d'après ce fichier.",
                done.objected,
            )
        )
    if done.brought_back:
        sentences.append(brought_back(done))
    click.echo(" ".join(sentences))
    for warning in done.warnings:
        click.echo(warning)
    if done.refused:
        with database.snapshot() as session:
            content = refusals.refused_csv(session, session.get_one(Import, done.id))
        if path := _put_beside(file, content):
            click.echo(_("Corrigez-les dans %(path)s, puis importez ce fichier.", path=path))
        else:
            click.echo(_("Les lignes à corriger sont à télécharger sur la page « Importer » de cet espace."))


def _put_beside(file: Path, content: bytes) -> Path | None:
    """The rows to mend, beside the file; None where there is no beside, or it is closed to this account."""
    if file == STANDARD_INPUT:
        return None
    path = _free_path(file.with_name(f"{file.stem}-a-corriger.csv"))
    try:
        path.write_bytes(content)
    except PermissionError:
        return None
    return path


def _free_path(wanted: Path) -> Path:
    """``wanted``, or the same with a number: nobody's file is written over."""
    path, number = wanted, 2
    while path.exists():
        path, number = wanted.with_stem(f"{wanted.stem}-{number}"), number + 1
    return path
