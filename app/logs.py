"""Logs as JSON lines: a constant event, ids as fields, no text of a message and no phone number."""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Ties the lines of one request, or one turn of a tick, together."""

_INVISIBLE = r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SEP = rf"[\s.\-‐-―−/(){_INVISIBLE}]{{0,3}}"
_PHONE_LIKE = re.compile(
    rf"(?:\+|(?<!\d)00|%2[Bb]){_SEP}[1-9](?:{_SEP}\d){{6,14}}"  # international
    rf"|(?<![\w.-])0{_SEP}[1-9](?:{_SEP}\d){{8}}(?!\d)"  # national
    r"|(?<![\w.-])\d{9,15}(?![\w-])"  # bare digits, as a spreadsheet or an E.164 without its plus
)
_LINK = re.compile(r"(/(?:r|bienvenue)/)[\w-]+")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def mask_phone(text: str) -> str:
    """``text`` with anything like a phone number cut to its last two digits: a log line must name nobody."""
    return _PHONE_LIKE.sub(lambda match: f"[tel …{match[0][-2:]}]", text)


def mask(text: str) -> str:
    """``text`` without what could be a phone number or a personal link."""
    return _LINK.sub(r"\1…", mask_phone(text))


class JsonLines(logging.Formatter):
    """One JSON object a line; whatever ``extra`` holds becomes a field."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": mask(record.getMessage()),
            "logger": record.name,
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = mask(value) if isinstance(value, str) else value
        if record.exc_info:
            line["trace"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(*, level: int = logging.INFO) -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("twilio", "aiohttp", "apscheduler", "werkzeug", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
