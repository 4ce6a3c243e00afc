"""The settings: one frozen value, read once at the start from the environment and from the data folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from ipaddress import ip_address
from itertools import combinations
from math import inf
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SETTINGS_FILE = "settings.env"
"""In the data folder: ``NAME=value`` lines. The environment has the last word."""

LEGAL = ("legal_publisher", "legal_director", "legal_host", "legal_contact")
"""What the law asks a site to say of itself."""


class SettingsError(Exception):
    """One sentence that names the setting which is missing or wrong."""


@dataclass(frozen=True)
class Settings:
    """Each field is ``TAMBOUR_<FIELD>``; units stand in the names, money in millionths of ``currency``."""

    data_dir: Path
    secret_key: str
    fingerprint_key: str
    twilio_account_sid: str
    twilio_auth_token: str
    database_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    link_url: str = ""
    carrier_url: str = "https://api.twilio.com"
    simulator_url: str = "http://127.0.0.1:8001"
    trusted_proxies: str = ""
    metrics_token: str = ""
    bind: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    demo: bool = False
    programme_space: str = "programme"
    part_price_micros: int = 75_000
    currency: str = "EUR"
    live_rate_per_s: int = 10
    practice_rate_per_s: int = 50
    practice_together_per_s: int = 40
    carrier_timeout_s: float = 15.0
    inbound_wait_s: float = 8.0
    sends_in_flight: int = 32
    doubt_after_s: float = 60.0
    doubt_again_s: float = 60.0
    ask_after_s: float = 3 * 3600.0
    finish_after_s: float = 24 * 3600.0
    codes_per_day: int = 100
    second_factor: str = "off"
    foreign_countries: str = ""
    postcodes: str = ""
    legal_publisher: str = ""
    legal_director: str = ""
    legal_host: str = ""
    legal_contact: str = ""

    @property
    def legal_missing(self) -> list[str]:
        """The settings that the page « Mentions légales » still lacks, by name."""
        return [f"TAMBOUR_{name.upper()}" for name in LEGAL if not getattr(self, name)]

    @property
    def carrier_is_simulator(self) -> bool:
        """Whether even live spaces reach the simulator, which every page then says."""
        return urlsplit(self.carrier_url).netloc == urlsplit(self.simulator_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether people reach the site by https: its cookies then travel by nothing else."""
        return self.public_url.startswith("https:")

    @property
    def simulator_port(self) -> int:
        return urlsplit(self.simulator_url).port or 80


def read_settings(variables: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises SettingsError with one sentence naming the first setting that is missing or wrong.
    """
    asked = dict(environ if variables is None else variables)
    data_dir = Path(asked.get("TAMBOUR_DATA_DIR", "") or "var").absolute()
    found = {**_file_lines(data_dir / SETTINGS_FILE), **asked}
    if "PORT" in found and "TAMBOUR_PORT" not in found:
        found["TAMBOUR_PORT"] = found["PORT"]
    _refuse_unknown(found)
    values: dict[str, Any] = {"data_dir": data_dir}
    for field in fields(Settings):
        name = f"TAMBOUR_{field.name.upper()}"
        if field.name != "data_dir" and found.get(name, "") != "":
            values[field.name] = _convert(name, found[name], field.type)
    for name, why in _REQUIRED.items():
        if name not in values:
            raise SettingsError(f"Il manque le réglage TAMBOUR_{name.upper()} : {why}")
    values.setdefault("database_url", f"sqlite:///{data_dir / 'tambour.sqlite3'}")
    values.setdefault("link_url", values.get("public_url", Settings.public_url))
    return _checked(Settings(**values))


def keeper_address() -> str:
    """The socket on which systemd hears of this process; empty when something else started it."""
    return environ.get("NOTIFY_SOCKET", "")


_REQUIRED = {
    "secret_key": "32 caractères au hasard ou plus, qui signent les formulaires.",
    "fingerprint_key": "32 caractères au hasard ou plus, gardés hors de la base : l'empreinte des oppositions.",
    "twilio_account_sid": "l'identifiant du compte Twilio (AC…).",
    "twilio_auth_token": "le jeton du compte Twilio.",
}


_COUNTS = tuple(field.name for field in fields(Settings) if field.type in (int, float))
"""Zero of any of them would silence something."""
_SECRETS = ("secret_key", "fingerprint_key", "twilio_auth_token", "metrics_token")
_DATABASES = ("sqlite", "postgresql", "postgres")
_SECOND_FACTOR = ("off", "staff", "all")
_SEEN_BY_PEOPLE = ("public_url", "link_url")
_OTHERS = {"TAMBOUR_REQUIRE_BROWSER"}
"""Names that the tests read, not the programs."""


def _file_lines(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {
        name.strip(): value.strip()
        for name, equals, value in (line.partition("=") for line in lines if not line.startswith("#"))
        if equals
    }


def _convert(name: str, value: str, kind: Any) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[value.lower()]
        return kind(value)
    except (ValueError, KeyError):
        raise SettingsError(f"Le réglage {name} vaut « {value} », qui n'est pas lisible ({kind.__name__}).") from None


def _checked(settings: Settings) -> Settings:
    for name in _COUNTS:
        value = getattr(settings, name)
        if not 0 < value < inf:
            raise SettingsError(f"Le réglage TAMBOUR_{name.upper()} vaut {value} : il doit être plus grand que zéro.")
    for name in ("secret_key", "fingerprint_key"):
        if len(getattr(settings, name)) < 32:
            raise SettingsError(f"Le réglage TAMBOUR_{name.upper()} est trop court : 32 caractères au moins.")
    for one, other in combinations(_SECRETS, 2):
        if getattr(settings, one) and getattr(settings, one) == getattr(settings, other):
            names = f"TAMBOUR_{one.upper()} et TAMBOUR_{other.upper()}"
            raise SettingsError(f"Les réglages {names} sont le même secret : donnez à chacun le sien.")
    _check_database(settings)
    for country in settings.foreign_countries.replace(" ", "").split(","):
        if country and not (len(country) == 2 and country.isascii() and country.isupper()):
            raise SettingsError("Le réglage TAMBOUR_FOREIGN_COUNTRIES s'écrit en codes de pays : BE,LU.")
    if settings.doubt_after_s <= settings.carrier_timeout_s:
        raise SettingsError("Le réglage TAMBOUR_DOUBT_AFTER_S doit dépasser TAMBOUR_CARRIER_TIMEOUT_S.")
    if settings.postcodes and not Path(settings.postcodes).is_file():
        raise SettingsError(f"Le réglage TAMBOUR_POSTCODES vaut {settings.postcodes} : ce fichier n'existe pas.")
    if settings.second_factor not in _SECOND_FACTOR:
        raise SettingsError("Le réglage TAMBOUR_SECOND_FACTOR s'écrit « off », « staff » ou « all ».")
    _check_addresses(settings)
    return settings


def _check_database(settings: Settings) -> None:
    engine, colon, _ = settings.database_url.partition("://")
    if not colon or engine.partition("+")[0] not in _DATABASES:
        raise SettingsError("Le réglage TAMBOUR_DATABASE_URL doit commencer par « sqlite:/// » ou « postgresql:// ».")
    try:
        make_url(settings.database_url)
    except (ArgumentError, ValueError):  # of its port, for one
        raise SettingsError(
            "Le réglage TAMBOUR_DATABASE_URL ne se lit pas : postgresql://compte:mot-de-passe@machine:5432/base, "
            "où un mot de passe qui contient @, : ou / les écrit %40, %3A, %2F."
        ) from None


def _check_addresses(settings: Settings) -> None:
    if settings.port > 65_535:
        raise SettingsError(f"Le réglage TAMBOUR_PORT vaut {settings.port} : un port va de 1 à 65535.")
    for name in ("public_url", "link_url", "carrier_url", "simulator_url"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SettingsError(
                f"Le réglage TAMBOUR_{name.upper()} doit être une adresse http(s) complète : https://…."
            )
        if name in _SEEN_BY_PEOPLE and (parts.path.strip("/") or parts.query or parts.fragment):
            wrong = "doit s'arrêter au nom du site, sans chemin : Tambour en occupe la racine."
            raise SettingsError(f"Le réglage TAMBOUR_{name.upper()} {wrong}")
    if not is_this_machine(settings.simulator_url):
        raise SettingsError("Le réglage TAMBOUR_SIMULATOR_URL doit rester sur cette machine (127.0.0.1).")
    for name in _SEEN_BY_PEOPLE:
        if is_this_machine(getattr(settings, name)) and not is_this_machine(settings.carrier_url):
            wrong = f"vaut {getattr(settings, name)} : aucun téléphone n'ouvrirait les liens des vrais SMS."
            raise SettingsError(f"Le réglage TAMBOUR_{name.upper()} {wrong}")


def is_this_machine(url: str) -> bool:
    """Whether the address leads nowhere from another machine."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _refuse_unknown(names: Iterable[str]) -> None:
    """A mistyped name would be a setting that silently keeps its default."""
    known = [f"TAMBOUR_{field.name.upper()}" for field in fields(Settings)]
    for name in sorted(names):
        if name.startswith("TAMBOUR_") and name not in known and name not in _OTHERS:
            near = get_close_matches(name, known, n=1)
            mend = f"voulez-vous dire {near[0]} ?" if near else "le README les donne tous."
            raise SettingsError(f"Le réglage {name} n'existe pas : {mend}")
