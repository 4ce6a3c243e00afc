"""Where the carrier brings what people answer to each live number: a STOP that goes elsewhere is never obeyed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing

from sqlalchemy.exc import SQLAlchemyError

from app.accounts import spaces
from app.carrier.carriers import CarrierAccount, Carriers
from app.carrier.protocol import CarrierSilent, InboundRoute
from app.cli.doctor.findings import Finding
from app.database.engine import Database
from app.settings import Settings

PATH = "/webhooks/twilio/inbound"
PATIENCE_S = 5.0
Said = InboundRoute | CarrierSilent | None


def inbound(settings: Settings) -> Iterator[Finding]:
    """One finding a number; none when no live space writes from one."""
    try:
        with closing(Database(settings.database_url)) as found, found.snapshot() as session:
            numbers = spaces.live_numbers(session)
    except SQLAlchemyError:
        return  # the check of the database has said so
    if numbers:
        for number, said in zip(numbers, asyncio.run(_ask(settings, numbers)), strict=True):
            yield judge(number, said, url=f"{settings.public_url.rstrip('/')}{PATH}")


def judge(number: str, said: Said, *, url: str) -> Finding:
    """What the carrier ``said`` of a number whose texts must come to ``url``."""
    name = f"réponses au {number}"
    if isinstance(said, CarrierSilent):
        return Finding(name, note=f"l'opérateur n'a pas dit où elles vont. Elles doivent aller à {url}")
    if said is None:
        wrong = "ce numéro n'est pas de ce compte d'opérateur : ni envoi, ni réponse."
        return Finding(name, wrong=wrong, mend="Changez l'expéditeur de l'espace, ou le compte dans les réglages.")
    wrong, mend = _astray(said, url)
    return Finding(name, wrong=wrong, mend=mend) if wrong else Finding(name, note=url)


def _astray(route: InboundRoute, url: str) -> tuple[str, str]:
    """Why what follows ``route`` does not come to ``url``, and what mends it; empty when it does."""
    mend = f"Console de Twilio, page de ce numéro, « A message comes in » : Webhook, {url}, HTTP POST."
    if route.is_elsewhere:
        wrong = "une application TwiML décide où elles vont, et l'opérateur ne dit pas où."
        return wrong, f"Retirez-la de ce numéro, ou donnez-lui cette adresse : {url}."
    if not route.url:
        wrong = "elles ne vont nulle part, sauf si un Messaging Service les prend : un STOP pourrait se perdre."
        return wrong, f"{mend} Dans un Messaging Service, la même adresse sous « Integration »."
    if route.url != url:
        return f"elles vont à {route.url}, et non à {url}.", mend
    if route.method != "POST":
        return f"elles viennent en {route.method}, que Tambour n'ouvre pas.", mend
    return "", ""


async def _ask(settings: Settings, numbers: Sequence[str]) -> list[Said]:
    carriers = Carriers(
        carrier_url=settings.carrier_url, simulator_url=settings.simulator_url, timeout_s=PATIENCE_S, in_flight=4
    )
    carrier = carriers.open(CarrierAccount(settings.twilio_account_sid, settings.twilio_auth_token, practice=False))

    async def one(number: str) -> Said:
        try:
            return await carrier.inbound_route(number)
        except CarrierSilent as silence:
            return silence

    try:
        return list(await asyncio.gather(*(one(number) for number in numbers)))
    finally:
        await carrier.close()
