"""What is done in the programme, as the journal tells it."""

from app.programme.cohorts import acts as cohorts

ACTS = (*cohorts.ACTS,)
