"""Receipts: signed reports a second through the real web server, against the same server checking signatures alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.accounts.models import Mode, Space
from app.carrier.protocol import Accepted
from app.clock import utc_now
from app.messaging import claims, outbox, settling
from app.messaging.models import Message
from app.messaging.status import Status
from app.runtime import Runtime
from bench import crowd, measure
from bench.ground import PUBLIC_URL, ground, variables
from bench.load import CONNECTIONS, Post, post_all
from bench.measure import Comparison
from bench.programs import Program, children, free_ports
from jobs.launching import launch_due_campaigns

MESSAGES = 1_000
WORDS = ("sent", "delivered")


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ground(kind, practice_rate_per_s="1000000") as runtime, ExitStack() as programs:
        space = crowd.populate(runtime, crowd.fictions(MESSAGES), mode=Mode.PRACTICE)
        web_port, bare_port = free_ports(2)
        web = _start(programs, runtime, "web", "app.cli web", web_port)
        _start(programs, runtime, "bare", "bench.signature_only", bare_port)
        file = runtime.settings.data_dir / "posts"
        bare_once(runtime, bare_port, file)  # once unmeasured: the first requests of a process load and compile
        web_once(runtime, space, web_port, file)
        try:
            yield Comparison(
                unit="receipts/s",
                value=lambda: web_once(runtime, space, web_port, file),
                limit=lambda: bare_once(runtime, bare_port, file),
                limit_is=f"same server and {CONNECTIONS} connections, signature check only",
                peak_mib=lambda: max(measure.peak_mib(pid) for pid in [web.pid, *children(web.pid)]),
            )
        except RuntimeError as error:
            error.add_note(web.last_words())
            raise


def _start(programs: ExitStack, runtime: Runtime, name: str, words: str, port: int) -> Program:
    settings = runtime.settings
    asked = variables(settings.data_dir, settings.database_url, port=str(port))
    program = Program(name, words, variables=asked, log=settings.data_dir / f"{name}.log", port=port)
    programs.callback(program.stop)
    program.start()
    program.wait_ready()
    return program


def web_once(runtime: Runtime, space: Space, port: int, file: Path) -> float:
    """Two reports a message: sent, then delivered. Every message must be so in the end."""
    mailing_id = _hand_over(runtime, space)
    with runtime.database.snapshot() as session:
        messages = session.scalars(select(Message).where(Message.mailing_id == mailing_id)).all()
    sid, token = space.carrier_account_sid or "", space.carrier_auth_token or ""
    posts = [
        Post(PUBLIC_URL, f"{claims.CALLBACK}{one.public_id}", _form(sid, one.carrier_sid or "", one.phone, word), token)
        for word in WORDS
        for one in messages
    ]
    rate = post_all(port, posts, file)
    with runtime.database.snapshot() as session:
        delivered = session.scalar(
            select(func.count()).where(Message.mailing_id == mailing_id, Message.status == Status.DELIVERED)
        )
    if delivered != MESSAGES:
        raise RuntimeError(f"{delivered} letters delivered of {MESSAGES}")
    return rate


def bare_once(runtime: Runtime, port: int, file: Path) -> float:
    settings = runtime.settings
    posts = [
        Post(
            PUBLIC_URL,
            f"{claims.CALLBACK}p{number:022d}",
            _form(settings.twilio_account_sid, f"SM{number:032x}", f"+33{digits}", word),
            settings.twilio_auth_token,
        )
        for word in WORDS
        for number, digits in enumerate(crowd.fictions(MESSAGES))
    ]
    return post_all(port, posts, file)


def _hand_over(runtime: Runtime, space: Space) -> int:
    """A mailing whose messages a carrier has accepted."""
    campaign = crowd.schedule(runtime, space)
    launch_due_campaigns(runtime)
    now = utc_now()
    with runtime.database.transaction() as session:
        claimed = outbox.claim(session, settings=runtime.settings, now=now, limit=MESSAGES)
        settling.settle(session, [(one, Accepted(f"SM{one.message_id:032x}")) for one in claimed], now=now)
    return campaign.mailing_id or 0


def _form(account_sid: str, carrier_sid: str, phone: str, word: str) -> dict[str, str]:
    return {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": crowd.SENDER,
        "MessageSid": carrier_sid,
        "MessageStatus": word,
        "SmsSid": carrier_sid,
        "SmsStatus": word,
        "To": phone,
    }
