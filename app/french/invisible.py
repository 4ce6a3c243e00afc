"""Signs that nobody sees: marks of direction, blanks of no width, soft hyphens. They come with what is pasted. Pure."""

import re

from app.french.language import _

_MARKS = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+")
_JOINERS = re.compile("(?<![\u02b0-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u02b0-\U0010ffff])")
"""They shape Persian letters and emoji: kept between signs that are not Latin, invisible anywhere else."""


def without_invisible(text: str) -> str:
    """``text`` without the signs that nobody sees."""
    return _JOINERS.sub("", _MARKS.sub("", text))


def show(sign: str) -> str:
    """``sign`` as a page names it: itself, or « signe invisible » when nobody would see what is meant."""
    return _("signe invisible") if not without_invisible(sign) else sign
