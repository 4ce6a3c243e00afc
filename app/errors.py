"""What may go wrong, said twice: a code for machines, a French sentence for a volunteer."""

from collections.abc import Mapping


class AppError(Exception):
    """A refusal that its reader can do something about.

    ``code`` is a stable snake_case word for programs, ``sentence`` says in French what is wrong and how to mend it,
    ``fields`` ties sentences to the form fields they are about: ``{"phone": "…"}``.
    """

    def __init__(self, code: str, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fields = dict(fields or {})


class RuleBroken(AppError):
    """What was asked is against a rule; the same request will be refused again (HTTP 422)."""


class Conflict(AppError):
    """What was asked no longer fits the state of the thing, a second click for one (HTTP 409)."""


class NotFound(AppError):
    """No such thing in this space, or none that this principal may see (HTTP 404)."""


class Forbidden(AppError):
    """The principal is known and lacks the role (HTTP 403)."""


class NotSignedIn(AppError):
    """Nobody is signed in, or the key is not known (HTTP 401)."""


class Elsewhere(Exception):
    """What was asked for is over; whoever asked is taken to ``address``, from a part of a page too."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class TooMany(AppError):
    """Too many failures in too short a time (HTTP 429). ``retry_after_s`` says when to come back."""

    def __init__(self, code: str, sentence: str, *, retry_after_s: int) -> None:
        super().__init__(code, sentence)
        self.retry_after_s = retry_after_s
