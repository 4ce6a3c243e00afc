"""What the doctor looks at, one function for each check."""

import base64
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError
from urllib.error import HTTPError
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.carrier.carriers import is_loopback
from app.cli.doctor import backup_check, machine, number_checks
from app.cli.doctor.findings import Finding
from app.cli.sign_ins import FILE_NAME
from app.clock import PARIS, utc_now
from app.database.engine import Database
from app.database.labels import OtherKey, require_fit
from app.database.private import open_to_others
from app.database.revisions import EmptyDatabase, SchemaError
from app.french.typography import show_instant
from app.health import service
from app.messaging.restore.halt import ended
from app.settings import Settings

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Answer:
    """``status`` 0 is no answer at all, for ``reason``."""

    status: int
    headers: Mapping[str, str] | Message
    reason: object = ""


def examine(settings: Settings) -> Iterator[Finding]:
    yield folder(settings)
    yield database(settings)
    yield from machine.examine(settings)
    yield backup_check.last_backup(settings)
    yield jobs(settings)
    answer = _ask(
        f"{settings.carrier_url}/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json?PageSize=1",
        name=settings.twilio_account_sid,
        password=settings.twilio_auth_token,
    )
    yield carrier(settings, answer)
    yield demonstration(settings)
    yield legal(settings)
    yield public_address(settings)
    yield from number_checks.inbound(settings)
    yield clock(answer)


def folder(settings: Settings) -> Finding:
    """Its owner's alone."""
    name, found = "dossier de données", open_to_others(settings)
    if found:
        wrong = f"d'autres comptes de cette machine peuvent lire {', '.join(map(str, found))}."
        return Finding(name, wrong=wrong, mend=f"Lancez « chmod -R go= {settings.data_dir} ».")
    return Finding(name, note=str(settings.data_dir))


def database(settings: Settings) -> Finding:
    """Reachable, and of this program's version."""
    name = "base de données"
    try:
        with closing(Database(settings.database_url)) as found:
            with found.snapshot() as session:
                session.execute(text("SELECT 1"))
            require_fit(found, settings.fingerprint_key)
            return Finding(name, note=found.url.render_as_string())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        mend = "Vérifiez TAMBOUR_DATABASE_URL, et que le serveur tourne (ou que le dossier de données existe)."
        return Finding(name, wrong=f"elle ne répond pas ({reason}).", mend=mend)
    except OtherKey as error:
        mend = "Elle est dans le settings.env que vous gardez ailleurs que la base."
        return Finding(name, wrong=str(error), mend=mend)
    except EmptyDatabase as error:
        mend = "Une installation neuve : « tambour migrate ». Sinon : « tambour restore », de la dernière sauvegarde."
        return Finding(name, wrong=str(error), mend=mend)
    except SchemaError as error:
        return Finding(name, wrong=str(error), mend="Lancez « tambour migrate » avec ce programme à jour.")


def jobs(settings: Settings) -> Finding:
    """They beat, no tick fails, and what is due leaves."""
    name = "programme d'envoi"
    try:
        with closing(Database(settings.database_url)) as found, found.snapshot() as session:
            health = service.read(session, now=utc_now())
    except SQLAlchemyError:
        return Finding(name, note="non regardé, faute de base de données")
    if health.halted_at or health.stopped:
        return _held(name, health)
    if not health.alive:
        return Finding(name, wrong="il ne répond pas : rien ne part.", mend="Démarrez « tambour jobs ».")
    if health.failing:
        failing = ", ".join(f"{tick} ({error})" for tick, error in health.failing.items())
        return Finding(name, wrong=f"des tâches échouent : {failing}.", mend="Lisez le journal de « tambour jobs ».")
    if health.stuck:
        wrong = (
            f"un message de « {health.stuck[0].space_name} » devait partir et rien ne part ({len(health.stuck)} ainsi)."
        )
        return Finding(name, wrong=wrong, mend="Lisez le journal de « tambour jobs », et la page Santé.")
    doubts = f", {health.in_doubt} SMS incertains" if health.in_doubt else ""
    silent = f", {len(health.silent)} s'est tu sans s'arrêter proprement" if health.silent else ""
    return Finding(name, note=f"{len(health.alive)} en marche{doubts}{silent}")


def _held(name: str, health: service.Health) -> Finding:
    """Who holds all that leaves, and what lets it go: both may, and each is ended by its own command."""
    wrongs, mends = [], []
    if health.stopped:
        stopped = health.stopped
        wrongs.append(ended(f"{stopped.by} a tout arrêté le {show_instant(stopped.since, PARIS)} : {stopped.why}"))
        mends.append("Quand c'est réglé : « tambour resume-sending », ou la page Santé.")
    if health.halted_at:
        wrongs.append(f"rien ne part depuis le {show_instant(health.halted_at, PARIS)} : {health.halted_because}")
        mends.append("Lancez « tambour restored ».")
    return Finding(name, wrong=" ".join(wrongs), mend=" ".join(mends))


def carrier(settings: Settings, answer: Answer) -> Finding:
    """It answers, and knows our account."""
    name = "opérateur"
    if not answer.status:
        mend = (
            "Démarrez « tambour simulator »."
            if settings.carrier_is_simulator
            else "Vérifiez TAMBOUR_CARRIER_URL et que cette machine a le droit de sortir en HTTPS."
        )
        return Finding(name, wrong=f"{settings.carrier_url} ne répond pas.", mend=mend)
    if answer.status in (401, 403, 404) and not settings.carrier_is_simulator:
        mend = "Recopiez TAMBOUR_TWILIO_ACCOUNT_SID et TAMBOUR_TWILIO_AUTH_TOKEN depuis la console de Twilio."
        return Finding(name, wrong=f"le compte est refusé (HTTP {answer.status}).", mend=mend)
    if answer.status >= 500:
        return Finding(name, wrong=f"il est en panne (HTTP {answer.status}).", mend="Réessayez dans quelques minutes.")
    return Finding(name, note="simulateur" if settings.carrier_is_simulator else settings.carrier_url)


def demonstration(settings: Settings) -> Finding:
    """Pretend people and sign-ins shown in a file have no business where texts reach real phones."""
    name = "démonstration"
    if settings.demo and not settings.carrier_is_simulator:
        wrong = "elle est restée allumée alors que les SMS partent par un véritable opérateur."
        mend = (
            "Mettez TAMBOUR_DEMO=0 dans settings.env (ou l'environnement). Si ce dossier a servi à la démonstration,"
            f" effacez {FILE_NAME} et désactivez ses comptes (…@demo.example), dont le mot de passe y est écrit."
        )
        return Finding(name, wrong=wrong, mend=mend)
    return Finding(name, note="allumée, avec le simulateur" if settings.demo else "éteinte")


def legal(settings: Settings) -> Finding:
    """Who publishes and who hosts: the law asks for it as soon as real people open the pages."""
    name, missing = "mentions légales", settings.legal_missing
    if missing and not settings.carrier_is_simulator:
        mend = f"Donnez {', '.join(missing)} dans settings.env (ou l'environnement)."
        return Finding(name, wrong="la page ne dit pas tout ce que la loi demande.", mend=mend)
    return Finding(name, note="à remplir avant de vrais envois" if missing else "complètes")


def public_address(settings: Settings) -> Finding:
    """The carrier can bring its receipts there, and a volunteer's link opens."""
    name, url = "adresse publique", settings.public_url
    if not settings.carrier_is_simulator and (is_loopback(url) or urlsplit(url).scheme != "https"):
        mend = "Donnez à TAMBOUR_PUBLIC_URL l'adresse https:// par laquelle ce serveur se voit d'Internet."
        return Finding(name, wrong=f"l'opérateur ne peut pas y livrer ses accusés : {url}", mend=mend)
    return reached(url, _ask(f"{url.rstrip('/')}/healthz"), ready=_ask(f"{url.rstrip('/')}/readyz"))


def reached(url: str, answer: Answer, *, ready: Answer) -> Finding:
    """What stands at the public address: Tambour, whether it can serve, a proxy before it, or nobody."""
    name = "adresse publique"
    if answer.status == 200 and ready.status == 503:
        wrong = "« tambour web » y répond, mais ne peut plus servir (base effacée ou remplacée, disque plein…)."
        mend = f"{url.rstrip('/')}/readyz en dit la raison en un mot. Une fois réparé, relancez « tambour web »."
        return Finding(name, wrong=wrong, mend=mend)
    if answer.status == 200:
        return Finding(name, note=url)
    if isinstance(answer.reason, SSLCertVerificationError):
        wrong = f"{url} répond, mais son certificat n'est pas reconnu ({answer.reason.verify_message})."
        mend = "Lisez le journal du mandataire (journalctl -u caddy) : le nom mène-t-il ici, le port 80 est-il ouvert ?"
        return Finding(name, wrong=wrong, mend=mend)
    why = f"HTTP {answer.status}" if answer.status else answer.reason
    mend = "Démarrez « tambour web », et vérifiez que TAMBOUR_PUBLIC_URL (ou le mandataire) y mène."
    return Finding(name, wrong=f"{url} ne mène pas à Tambour ({why}).", mend=mend)


def clock(answer: Answer) -> Finding:
    """Compared with the carrier's, when it says the time."""
    date = answer.headers.get("Date")
    if not date:
        return Finding("horloge", note="non comparée, faute de réponse de l'opérateur")
    skew_s = (utc_now() - parsedate_to_datetime(date)).total_seconds()
    if abs(skew_s) > machine.SKEW_S:
        wrong = f"elle a {abs(skew_s):.0f} s {'d’avance' if skew_s > 0 else 'de retard'}."
        return Finding("horloge", wrong=wrong, mend="Mettez la machine à l'heure (timedatectl set-ntp true).")
    return Finding("horloge", note=f"à {abs(skew_s):.0f} s près")


def _ask(url: str, *, name: str = "", password: str = "") -> Answer:
    request = urllib.request.Request(url)  # noqa: S310 - the settings allow http and https alone
    if name:
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
    no_proxy = [urllib.request.ProxyHandler({})] if is_loopback(url) else []
    try:
        with urllib.request.build_opener(*no_proxy).open(request, timeout=PATIENCE_S) as response:
            return Answer(response.status, response.headers)
    except HTTPError as error:
        with error:
            return Answer(error.code, error.headers)
    except OSError as error:
        return Answer(0, {}, reason=getattr(error, "reason", error))
