"""`tambour run`: the whole house in one terminal, as the Procfile says, for a demonstration or for developing."""

import shlex
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path

import click
from honcho.environ import parse_procfile
from honcho.manager import Manager

from app.cli import sign_ins
from app.cli.demo import prepare_demo
from app.cli.folder import lan_address
from app.cli.start import require_free_port

_APP = Path(__file__).resolve().parents[1]
PROCFILE = next(one for one in (_APP / "Procfile", _APP.parent / "Procfile") if one.is_file())
"""Inside the program once it is installed, beside it in a checkout."""
ASKED_TO_STOP = {128 + signal.SIGINT, 128 + signal.SIGTERM}
READY_WITHIN_S = 60


@click.command("run")
@click.option("--data-dir", envvar="TAMBOUR_DATA_DIR", default="var", type=click.Path(path_type=Path), hidden=True)
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, help="Port du web ; le simulateur prend le suivant."
)
@click.option("--lan", envvar="LAN", is_flag=True, help="Ouvrir au réseau local.")
def run(data_dir: Path, port: int, lan: bool) -> None:
    """Préparer la démonstration, puis tout démarrer jusqu'à Ctrl-C."""
    for each in (port, port + 1):
        require_free_port("127.0.0.1", each, mend=f"Choisissez-en un autre : make run PORT={port + 100}")
    prepare_demo(data_dir.absolute(), port=port, lan=lan)
    room = f"http://{lan_address()}:{port}" if lan else ""
    threading.Thread(target=_announce, args=(port, data_dir.absolute(), room), daemon=True).start()
    sys.exit(_together())


class _Programs(Manager):
    """Honcho's, which may be told to stop while it starts: it would look for the pid of a program that has none."""

    _stops_early = False

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:
            self._stops_early = True

    def _any_stopped(self) -> bool:
        """Asked after each word of a program; once they have all started, honcho ends them when one has stopped."""
        return self._stops_early or bool(super()._any_stopped())


def _together() -> int:
    """0 when the person stopped it; otherwise the status of the program that ended by itself."""
    manager = _Programs()
    programs = shlex.quote(str(Path(sys.executable).parent))
    for name, words in parse_procfile(PROCFILE.read_text(encoding="utf-8")).processes.items():
        manager.add_process(name, f'export PATH={programs}:"$PATH"; exec {words}')
    manager.loop()
    return 0 if manager.returncode in ASKED_TO_STOP else manager.returncode or 1


def ready(address: str, room: str) -> str:
    """What is said once the first page can be opened; ``room``, unless empty, is the address for the phones around."""
    lines = [f"Tambour est prêt : {address}   (Ctrl-C pour arrêter)"]
    if room:
        lines.append(f"Pour les téléphones du même Wi-Fi : {room}/rejoindre")
    return "\n".join(("", *lines, ""))


def _announce(port: int, data_dir: Path, room: str) -> None:
    """Say when the first page can be opened, where from, and who may sign in."""
    address = f"http://127.0.0.1:{port}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(READY_WITHIN_S * 5):
        try:
            with direct.open(f"{address}/healthz", timeout=2):
                click.secho(ready(address, room), bold=True)
                if found := sign_ins.read(data_dir):
                    click.echo("\n".join(f"  {line}" for line in sign_ins.table(found)) + "\n")
                return
        except OSError:
            time.sleep(0.2)
