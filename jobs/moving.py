"""The moving tick: what a program of the release before wrote in its own way is brought where it stands now."""

from app.clock import utc_now
from app.contacts.profile.moving import move_custom
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

BATCH = 500


def move_old_fields(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Other columns of spreadsheets, from the JSON of contacts to the fields of their space."""
    while not ending:
        with runtime.database.transaction() as session:
            if move_custom(session, limit=BATCH, now=utc_now()) < BATCH:
                return
