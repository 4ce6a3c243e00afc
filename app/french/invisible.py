"""Signs that nobody sees: marks of direction, blanks of no width, soft hyphens. They come with what is pasted. Pure."""

import re
import unicodedata

from app.french.language import _

_JOINERS = "\u200c\u200d"
"""They shape Persian letters and emoji: kept between signs that are not Latin, invisible anywhere else."""
_STRAY_JOINER = re.compile(rf"(?<![\u02b0-\U0010ffff])[{_JOINERS}]+|[{_JOINERS}]+(?![\u02b0-\U0010ffff])")


def is_invisible(character: str) -> bool:
    """Whether the character shows nothing of its own."""
    return unicodedata.category(character) == "Cf"


def without_invisible(text: str) -> str:
    """``text`` without the signs that nobody sees."""
    visible = "".join(one for one in text if one in _JOINERS or not is_invisible(one))
    return _STRAY_JOINER.sub("", visible)


def show(sign: str) -> str:
    """``sign`` as a page names it: itself, or « signe invisible » when nobody would see what is meant."""
    return _("signe invisible") if all(map(is_invisible, sign)) else sign
