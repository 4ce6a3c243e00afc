"""What the doctor looks at around the program: its settings file, the disk, the clocks, PostgreSQL's connections."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from shutil import disk_usage

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.cli.doctor.findings import Finding
from app.clock import utc_now
from app.database.clock import shared_now
from app.database.engine import CONNECTIONS, Database
from app.health import service
from app.health.models import Heartbeat
from app.settings import SETTINGS_FILE, Settings

SKEW_S = 60.0
"""Beyond it, hours and deadlines would be kept at the wrong time."""
LEAST_FREE_BYTES = 512 * 1024 * 1024
"""Time enough to make room: below 64 MiB the web says that it is not ready."""
SPARE = 5
"""Connections for whoever looks into the database, and for its backup."""
_LINE = re.compile(r"TAMBOUR_[A-Z0-9_]+\s*=")


def examine(settings: Settings) -> Iterator[Finding]:
    yield settings_file(settings)
    yield disk(settings)
    try:
        with closing(Database(settings.database_url)) as found, found.snapshot() as session:
            beats = service.alive(session, now=utc_now())
            if not found.is_sqlite:
                yield connections(settings, session, jobs=len(beats))
                yield database_clock(shared_now(session), now=utc_now())
            yield from jobs_clocks(beats)
    except SQLAlchemyError:
        return  # the check of the database has said so


def settings_file(settings: Settings) -> Finding:
    """A line that no program reads keeps its default without a word, and of two alike the last one counts."""
    name, path = SETTINGS_FILE, settings.data_dir / SETTINGS_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    said = {n: line.strip() for n, line in enumerate(lines, 1) if line.strip() and not line.strip().startswith("#")}
    unread = [n for n, line in said.items() if not _LINE.match(line)]
    if unread:
        wrong = f"personne ne lit {_lines(unread)} : un réglage s'écrit TAMBOUR_NOM=valeur, sans « export »."
        return Finding(name, wrong=wrong, mend=f"Corrigez {path}, puis relancez web et jobs.")
    quoted = [n for n, line in said.items() if line.partition("=")[2].strip()[:1] in ("'", '"')]
    if quoted:
        wrong = f"des guillemets feraient partie de la valeur, {_lines(quoted)}."
        return Finding(name, wrong=wrong, mend=f"Retirez-les de {path}, puis relancez web et jobs.")
    twice = [word for word, n in Counter(line.partition("=")[0].strip() for line in said.values()).items() if n > 1]
    if twice:
        wrong = f"{', '.join(sorted(twice))} : écrit deux fois, seule la dernière ligne compte."
        return Finding(name, wrong=wrong, mend=f"Gardez la bonne dans {path}.")
    return Finding(name, note=f"{len(said)} réglages" if said else "aucun, tout vient de l'environnement")


def disk(settings: Settings, *, least: int = LEAST_FREE_BYTES) -> Finding:
    """Room for the data folder: what PostgreSQL writes elsewhere is its own affair."""
    name = "disque"
    if not settings.data_dir.is_dir():
        return Finding(name, note="non regardé, faute de dossier de données")
    free = disk_usage(settings.data_dir).free
    if free < least:
        mend = "Effacez de vieilles sauvegardes, ou des journaux : journalctl --vacuum-size=200M."
        return Finding(name, wrong=f"il reste {free // 2**20} Mio pour {settings.data_dir}.", mend=mend)
    return Finding(name, note=f"{free // 2**30} Gio libres" if free >= 2**30 else f"{free // 2**20} Mio libres")


def connections(settings: Settings, session: Session, *, jobs: int) -> Finding:
    """Whether PostgreSQL takes all that our processes may open at once, beside what others have open."""
    shown = {
        name: int(session.scalar(text(f"SHOW {name}")) or 0)
        for name in ("max_connections", "superuser_reserved_connections")
    }
    others = session.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE datname <> current_database()"))
    free = shown["max_connections"] - shown["superuser_reserved_connections"] - int(others or 0)
    return judge_connections(settings.web_workers, jobs=max(jobs, 1), free=free, most=shown["max_connections"])


def judge_connections(web: int, *, jobs: int, free: int, most: int) -> Finding:
    """``web`` workers of a machine and ``jobs`` processes may open CONNECTIONS each; ``free`` of ``most`` are ours."""
    name, needed = "connexions à PostgreSQL", (web + jobs) * CONNECTIONS + SPARE
    told = f"{web} web et {jobs} jobs en ouvrent jusqu'à {needed}"
    if needed <= free:
        return Finding(name, note=f"{told}, sur {free} ; comptez {web * CONNECTIONS} de plus par autre machine web")
    wanted = -(-(most + needed - free) // 10) * 10
    fewer = (free - SPARE) // CONNECTIONS - jobs
    mend = f"Dans psql : ALTER SYSTEM SET max_connections = {wanted}; puis « systemctl restart postgresql »"
    mend += f", ou TAMBOUR_WEB_WORKERS={fewer}." if fewer > 0 else "."
    return Finding(name, wrong=f"{told}, et il en reste {free} sur {most}.", mend=mend)


def database_clock(told: datetime, *, now: datetime) -> Finding:
    """The database dates what processes share; this machine judges hours and codes."""
    return _judge_clock("horloge de PostgreSQL", (told - now).total_seconds(), "la machine de PostgreSQL et celle-ci")


def jobs_clocks(beats: Iterable[Heartbeat]) -> Iterator[Finding]:
    """Each machine dates its ticks, and the database the heartbeat that tells of them, at most seconds later."""
    for beat in beats:
        runs = [run.at for run in service.runs(beat)]
        if runs:
            skew_s = (max(runs) - beat.beat_at).total_seconds()
            yield _judge_clock(f"horloge de {beat.host}", skew_s, f"{beat.host} et la machine de la base")


def _judge_clock(name: str, skew_s: float, whose: str) -> Finding:
    if abs(skew_s) <= SKEW_S:
        return Finding(name, note=f"à {abs(skew_s):.0f} s près")
    told = f"elle a {abs(skew_s):.0f} s {'d’avance' if skew_s > 0 else 'de retard'}."
    return Finding(name, wrong=told, mend=f"Mettez à l'heure {whose} (timedatectl set-ntp true).")


def _lines(numbers: list[int]) -> str:
    """« la ligne 3 », « les lignes 3, 8 »."""
    return f"{'la ligne' if len(numbers) == 1 else 'les lignes'} {', '.join(map(str, numbers))}"
