"""`tambour stop-sending` and `tambour resume-sending`: the one switch of all that leaves."""

import click

from app.cli.french import require_yes
from app.cli.spaces import BY
from app.cli.start import opened_database, ready_settings
from app.clock import PARIS, utc_now
from app.french.language import _
from app.french.typography import show_instant
from app.health import stopping
from app.messaging.restore import halt


@click.command("stop-sending")
@click.argument("why", metavar="POURQUOI")
def stop_sending(why: str) -> None:
    """Arrêter tous les envois, tout de suite, dans tous les espaces ; chaque page dit POURQUOI.

    Ce que l'opérateur a déjà pris arrive. Les accusés, les réponses et les STOP continuent d'entrer.
    """
    ready_settings()
    with opened_database() as database, database.transaction() as session:
        is_new = stopping.stop(session, why=why, by=BY, now=utc_now())
        found = halt.stopped(session)
    if is_new or found is None:
        click.echo(_("Plus rien ne part, d'ici une seconde. Pour reprendre : « tambour resume-sending »."))
    else:
        click.echo(_("Les envois étaient déjà arrêtés, depuis le %(at)s : %(why)s",
                     at=show_instant(found.since, PARIS), why=halt.ended(found.why)))  # fmt: skip


@click.command("resume-sending")
@click.option("--yes", is_flag=True, help="Sans demander.")
def resume_sending(yes: bool) -> None:
    """Laisser repartir les envois arrêtés, après avoir dit combien de SMS attendent."""
    ready_settings()
    with opened_database() as database:
        with database.snapshot() as session:
            found, rest = halt.stopped(session), halt.halted(session)
            told = stopping.waiting(session, found, now=utc_now()) if found else None
        if told is None:
            click.echo(_("Personne n'a arrêté les envois."))
            return
        for line in stopping.lines(told) if rest is None else stopping.lines_while_held(told, rest):
            click.echo(line)
        if not yes:
            require_yes(_("Les envois repartent ?") if rest is None else _("Lever l'arrêt, sans que rien ne parte ?"))
        with database.transaction() as session:
            stopping.resume(session, by=BY, now=utc_now())
            rest = halt.standstill(session)
    click.echo(_("Les envois repartent.") if rest is None else f"{rest.sentence} Lancez « tambour restored ».")
