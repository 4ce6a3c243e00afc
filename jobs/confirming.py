"""The sign-ups tick: whoever filled in a public page gets the SMS of their link."""

from app.runtime import Runtime
from app.signup import asking
from jobs.batches import drain
from jobs.ending import NEVER, Ending


def ask_new_sign_ups(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Write every SMS that is due, until asked to end."""
    drain(asking.is_due, asking.claim_due, asking.write, name="sign_up", runtime=runtime, ending=ending)
