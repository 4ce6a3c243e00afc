"""Several names in one sentence. Pure."""

from collections.abc import Sequence

from app.french.language import _, ngettext

NAMED_MAX = 3
"""How many names a line tells before it counts the others."""


def joined(names: Sequence[str]) -> str:
    """« Former, Mobiliser et Gouverner »."""
    *first, last = names
    return _("%(first)s et %(last)s", first=", ".join(first), last=last) if first else last


def listed(names: Sequence[str]) -> str:
    """« A, B, C. » of three at most, « A, B, C et 2 autres. » of more: a sentence, with its full stop."""
    words, more = ", ".join(names[:NAMED_MAX]), len(names) - NAMED_MAX
    if more <= 0:
        return f"{words}."
    return _("%(words)s et %(others)s.", words=words, others=ngettext("%(n)s autre", "%(n)s autres", more))
