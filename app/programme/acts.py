"""What is done in the programme, as the journal tells it."""

from app.programme.applications import acts as applications
from app.programme.cohorts import acts as cohorts
from app.programme.diagnostic import acts as diagnostic
from app.programme.partners import acts as partners
from app.programme.recommendations import acts as recommendations
from app.programme.resources import acts as resources
from app.programme.sharing import acts as sharing
from app.programme.tools import acts as tools
from app.programme.trainings import acts as trainings

ACTS = (
    *applications.ACTS,
    *cohorts.ACTS,
    *diagnostic.ACTS,
    *trainings.ACTS,
    *tools.ACTS,
    *recommendations.ACTS,
    *resources.ACTS,
    *partners.ACTS,
    *sharing.ACTS,
)
