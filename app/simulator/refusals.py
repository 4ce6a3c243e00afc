"""What the carrier refuses, in Twilio's own codes and words."""


class Refused(Exception):
    """A request turned down: ``status`` is HTTP's, ``code`` Twilio's; ``retry_after_s`` says when to come back."""

    def __init__(self, code: int, message: str, *, status: int = 400, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, object]:
        """The JSON that Twilio would answer."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}


def not_authenticated() -> Refused:
    return Refused(20003, "Authenticate", status=401)


def not_found(path: str) -> Refused:
    return Refused(20404, f"The requested resource {path} was not found", status=404)


def landline(to: str) -> Refused:
    return Refused(21614, f"To number: {to}, is not a mobile number")


def unsubscribed() -> Refused:
    return Refused(21610, "Attempt to send to unsubscribed recipient")


def busy() -> Refused:
    return Refused(20429, "Too Many Requests", status=429, retry_after_s=1)


def day_spent(account_sid: str, limit: int) -> Refused:
    """Twilio says no hour to come back at (its page of the error 63038)."""
    return Refused(63038, f"Account {account_sid} exceeded the {limit} daily messages limit", status=429)


def broken() -> Refused:
    return Refused(20500, "An internal server error has occurred", status=500)


class Misasked(Exception):
    """A request of the classroom that cannot be obeyed, with a French ``sentence`` that says how to mend it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
