"""The words by which a handset stops a sender, or lets it speak again."""

STOP_WORDS = frozenset({"stop", "stopall", "arret", "arrêt", "unsubscribe", "cancel", "end", "quit"})
START_WORDS = frozenset({"start", "unstop"})


def heard(body: str) -> str | None:
    """STOP or START when ``body`` is that word alone, whatever its case and punctuation; else None."""
    keyword = body.strip(" \t\r\n\u00a0.,;:!?…\"'«»").casefold()
    if keyword in STOP_WORDS:
        return "STOP"
    return "START" if keyword in START_WORDS else None
