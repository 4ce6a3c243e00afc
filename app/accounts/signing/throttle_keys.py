"""Whose wrong tries are counted together: one counter for each thing that can be tried, and for each who tries."""

from enum import StrEnum


class Throttled(StrEnum):
    """What somebody may try wrongly; two things never share a counter."""

    LINK_FROM = "link-from"
    """Personal links, by address."""
    WELCOME_FROM = "welcome-from"
    """Links of invitation and recovery, by address."""
    JOIN_FROM = "join-from"
    """Codes of workshops, by address."""
    SIGN_UP_FROM = "sign-up-from"
    """Public sign-ups, by address; right ones count too."""
    SIGN_UP_PHONE = "sign-up-phone"
    """The same, by the number they are for."""
    SIGN_UP_TO = "sign-up-to"
    """The same, by space."""
    TOOL_WORD_FROM = "tool-word-from"
    """Tools proposed and errors told without an account, by address; right ones count too."""
    APPLY_FROM = "apply-from"
    """Applications begun or taken up while many others are, by address; right ones count too."""
    APPLY_GUESS = "apply-guess"
    """Numbers of associations that have no application, or have one already, by address."""
    APPLY_PHONE = "apply-phone"
    """The same, by the number they are for."""
    APPLY_TO = "apply-to"
    """The same, all of them."""
    APPLY_LINK_FROM = "apply-link-from"
    """Links of applications that open nothing, by address."""
    ANSWER_LINK_FROM = "answer-link-from"
    """Links of those who answer a diagnostic that open nothing, by address."""

    def by(self, who: str) -> str:
        """The key under which ``throttle`` counts what ``who`` tries."""
        return f"{self.value}:{who}"
