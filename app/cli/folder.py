"""The file of settings: secrets made once at random; a demonstration's addresses are written at each start."""

import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

from app.cli.start import CannotStart
from app.settings import SETTINGS_FILE

_HEADER = "# Écrit par « make run ». Les secrets restent ; les adresses sont refaites à chaque démarrage."


def prepare_folder(data_dir: Path, *, port: int, lan: bool) -> None:
    """Make ``settings.env`` whole. What it holds is kept, but for the addresses: they follow ``port`` and ``lan``."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / SETTINGS_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else [_HEADER]
    held = {line.partition("=")[0].strip() for line in lines if not line.startswith("#")}
    made = {name: value for name, value in {"TAMBOUR_DEMO": "1", **fresh_secrets()}.items() if name not in held}
    bind = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104 - asked for, so that phones beside it reach it
    addresses = _addresses(port, host=lan_address() if lan else "127.0.0.1", bind=bind)
    kept = [line for line in lines if line.partition("=")[0].strip() not in addresses]
    write_settings(path, [*kept, *as_lines(made), *as_lines(addresses)])


def lan_address() -> str:
    """This machine's address on the local network, the one a phone beside it can reach."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket sends nothing until asked: this only picks a way out
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        raise CannotStart("cette machine n'est sur aucun réseau local : branchez-la, ou démarrez sans LAN=1.")
    return address


def fresh_secrets() -> dict[str, str]:
    """By setting, of nobody else; the carrier's account is one that the simulator takes."""
    return {
        "TAMBOUR_SECRET_KEY": secrets.token_urlsafe(48),
        "TAMBOUR_FINGERPRINT_KEY": secrets.token_urlsafe(48),
        "TAMBOUR_TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TAMBOUR_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TAMBOUR_METRICS_TOKEN": secrets.token_urlsafe(24),
    }


def _addresses(port: int, *, host: str, bind: str) -> dict[str, str]:
    simulator = f"http://127.0.0.1:{port + 1}"
    return {
        "TAMBOUR_PORT": str(port),
        "TAMBOUR_BIND": bind,
        "TAMBOUR_PUBLIC_URL": f"http://{host}:{port}",
        "TAMBOUR_SIMULATOR_URL": simulator,
        "TAMBOUR_CARRIER_URL": simulator,
    }


def as_lines(values: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in values.items()]


def write_settings(path: Path, lines: list[str]) -> None:
    """All or nothing, and readable by its owner alone from the first byte."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    fresh.replace(path)
