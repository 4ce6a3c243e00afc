"""A message as the carrier is asked to send it, checked in the order and with the codes of Twilio."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.simulator.refusals import Refused
from app.simulator.segments import count_parts

BODY_LIMIT = 1600
VALIDITY_LIMIT_S = 36_000
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
# French numbers have nine digits after +33; elsewhere the E.164 bounds are enough for a classroom.
_PHONE = re.compile(r"\+(33[1-9][0-9]{8}|(?!33)[1-9][0-9]{6,14})")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}")


@dataclass(frozen=True, slots=True)
class Message:
    """One accepted request; ``parts`` are billable segments, ``callback_url`` is None when no receipt is wanted."""

    to: str
    sender: str
    body: str
    parts: int
    callback_url: str | None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def can_be_answered(sender: str) -> bool:
    """A name shows on the phone, but no reply can be written to it."""
    return is_phone(sender) or _SHORT_CODE.fullmatch(sender) is not None


def read_message(form: Mapping[str, str]) -> Message:
    """The message in a posted form, or the refusal that Twilio would answer."""
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        raise Refused(21604, "A 'To' phone number is required.")
    if not is_phone(to):
        raise Refused(21211, f"The 'To' number {to} is not a valid phone number.")
    _check_service(form)
    if not sender:
        raise Refused(21603, "A 'From' phone number is required.")
    if not can_be_answered(sender) and _NAME.fullmatch(sender) is None:
        problem = "is not a valid phone number, shortcode, or alphanumeric sender ID."
        raise Refused(21212, f"The 'From' number {sender} {problem}")
    if not body.strip():
        raise Refused(21602, "Message body is required.")
    if len(body) > BODY_LIMIT:
        raise Refused(21617, f"The concatenated message body exceeds the {BODY_LIMIT} character limit.")
    _check_validity(form.get("ValidityPeriod"))
    url = form.get("StatusCallback") or None
    if url is not None and not _is_web_address(url):
        raise Refused(21609, f"The 'StatusCallback' URL {url} is not a valid URL.")
    return Message(to=to, sender=sender, body=body, parts=count_parts(body), callback_url=url)


def _check_service(form: Mapping[str, str]) -> None:
    """No messaging service stands here, and nothing is scheduled without one (Twilio's errors 21701, 21705, 35118)."""
    service = form.get("MessagingServiceSid")
    if service:
        if _SERVICE.fullmatch(service) is None:
            raise Refused(21705, f"The Messaging Service Sid {service} is invalid.")
        raise Refused(21701, "The Messaging Service does not exist.")
    if form.get("ScheduleType") or form.get("SendAt"):
        raise Refused(35118, "MessagingServiceSid is required to schedule a message.")


def _check_validity(text: str | None) -> None:
    """Twilio's error 90007: whole seconds, from 1 to ten hours."""
    if text and not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= VALIDITY_LIMIT_S):
        raise Refused(90007, "Invalid validity period value.")


def _is_web_address(url: str) -> bool:
    try:
        split = urlsplit(url)
        return split.scheme in {"http", "https"} and bool(split.hostname) and split.port != 0
    except ValueError:
        return False
