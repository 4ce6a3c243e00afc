"""What the form of a resource sends, read at the border."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from app.french.language import _
from app.programme.files import kinds
from app.programme.resources.rules import AUTHOR_MAX, BODY_MAX, SUMMARY_MAX, TITLE_MAX, Content, Kind, Reuse, Topic

_CHOOSE: dict[str, Any] = {"unknown": _("Choisissez dans la liste.")}
_DAY = _("Écrivez un jour, comme 25/11/2026.")


class _Form(Schema):
    """Unknown fields are the page's own affair. NUL is in no text: PostgreSQL takes none."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def clean(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {
            name: value.replace("\0", "").replace("\r\n", "\n").strip() if isinstance(value, str) else value
            for name, value in data.items()
        }


def _line(most: int) -> fields.String:
    too_long = _("C'est trop long : %(most)s caractères au plus.", most=most)
    return fields.String(load_default="", validate=validate.Length(max=most, error=too_long))


class ResourceForm(_Form):
    """Everything that is written of a resource; ``seen`` is the version that its writer had before them."""

    title = _line(TITLE_MAX)
    kind = fields.Enum(Kind, by_value=True, load_default=Kind.GUIDE, error_messages=_CHOOSE)
    summary = _line(SUMMARY_MAX)
    body = _line(BODY_MAX)
    topics = fields.List(fields.String(), load_default=list)
    author = _line(AUTHOR_MAX)
    reuse = fields.Enum(Reuse, by_value=True, load_default=Reuse.CC_BY, error_messages=_CHOOSE)
    checked_on = fields.Date(load_default=None, error_messages={"invalid": _DAY})
    seen = fields.String(load_default="0")

    @pre_load
    def without_day(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "checked_on" or value}

    @post_load
    def as_words(self, data: dict[str, Any], **_words: Any) -> dict[str, Any]:
        checked_on: date | None = data["checked_on"]
        content = Content(
            title=" ".join(data["title"].split()),
            kind=data["kind"],
            summary="\n".join(" ".join(line.split()) for line in data["summary"].splitlines() if line.strip()),
            body=data["body"],
            topics=tuple(topic for topic in Topic if topic.value in data["topics"]),
            author=" ".join(data["author"].split()),
            reuse=data["reuse"],
            checked_on=checked_on,
        )
        seen = data["seen"]
        return {"content": content, "seen": int(seen) if seen.isdecimal() and len(seen) < 9 else 0}


class FileForm(_Form):
    """What a file is called; the file itself comes beside."""

    label = _line(kinds.LABEL_MAX)
