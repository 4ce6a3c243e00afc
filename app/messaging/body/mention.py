"""The way out that stands in every text, in as few characters as say it: « Stop : {lien} »."""

import re
from collections.abc import Collection

from app.french.language import _
from app.messaging.body.text import FIELDS, around_place, fields_of

LINK_TAIL = _("Stop : {lien}")
ANSWER_TAIL = _("Réponse ou stop : {lien}")
"""Of a text whose link opens a question."""
FORMER_TAILS = (_("Plus de SMS : {lien}"),)
"""How texts of earlier releases end, in phones and in what waits."""
_SAYS_STOP = re.compile(r"\bstop\W*$|\bplus (?:de|recevoir d[e']) ?sms\W*$", re.IGNORECASE)


def with_link(body: str, *, known: Collection[str] = FIELDS) -> str:
    """``body`` with a way out: every text carries the personal link, at its end unless placed elsewhere."""
    return body if "lien" in fields_of(body, known=known) else f"{body.rstrip()}\n{LINK_TAIL}"


def with_mention(body: str, *, asks: bool = False, known: Collection[str] = FIELDS) -> str:
    """``body`` with a way out that says so: wherever its link is placed, words stand before it.

    ``asks`` when the link opens a question, where the way out stands too.
    """
    if "lien" not in fields_of(body, known=known):
        return f"{body.rstrip()}\n{ANSWER_TAIL if asks else LINK_TAIL}"
    before, place, after = around_place(body, "lien")
    if _SAYS_STOP.search(before):
        return body
    return f"{before}{(ANSWER_TAIL if asks else LINK_TAIL).replace('{lien}', place)}{after}"


def wholes(template: str, *, known: Collection[str]) -> tuple[str, ...]:
    """What ``with_link`` makes of a text, now and in earlier releases: what somebody has read may end either way."""
    whole = with_link(template, known=known)
    if whole == template:
        return (template,)
    return whole, *(f"{template.rstrip()}\n{tail}" for tail in FORMER_TAILS)
