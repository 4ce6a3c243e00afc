"""A copy of a practice space knows who said no in the model; the ledger of who wrote it down stays there."""

from app.accounts.copies import Copied, of_space
from app.consent.models import OptOut

COPIED = (Copied(table=OptOut, rows=of_space(OptOut)),)
