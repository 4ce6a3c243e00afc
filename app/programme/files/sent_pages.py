"""A file that a form sends, read no further than it may be long."""

from flask import request

from app.programme.files import kinds


def sent_file() -> tuple[bytes, str]:
    """What its field « file » holds, a byte more at most than is taken, and what it is called where it comes from."""
    sent = request.files.get("file")
    if not sent:
        return b"", ""
    content = sent.stream.read(kinds.MAX_BYTES + 1)
    sent.close()
    return content, sent.filename or ""
