"""Logs as JSON lines: a constant event, ids as fields, no text of a message and no phone number."""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Ties the lines of one request, or one turn of a tick, together."""

_PHONE = re.compile(r"\+?\d[\d .\-]{7,16}\d")
_LINK = re.compile(r"(/(?:r|bienvenue)/)[\w-]+")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def mask(text: str) -> str:
    """``text`` without what could be a phone number or a personal link."""
    return _LINK.sub(r"\1…", _PHONE.sub(lambda m: m.group()[:4] + "…", text))


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
