"""Every table, imported once so that the metadata is whole. No code lives here."""

from app.accounts import factor_models as factors
from app.accounts import models as accounts
from app.accounts import quota_models as quotas
from app.audiences import models as audiences
from app.campaigns import models as campaigns
from app.consent import models as consent
from app.contacts import history_models as history
from app.contacts import models as contacts
from app.contacts.bulk import models as bulk_edits
from app.contacts.finding import models as finding
from app.contacts.merging import models as merges
from app.contacts.pairs import models as pairs
from app.contacts.profile import models as profile
from app.database.tables import Base
from app.events import models as events
from app.health import models as health
from app.hooks import models as hooks
from app.links import models as links
from app.messaging import models as messaging
from app.messaging.restore import models as standing
from app.messaging.sharing import models as sharing
from app.programme.applications import models as applications
from app.programme.cohorts import models as programme
from app.programme.diagnostic import models as diagnostic
from app.programme.partners import models as partners
from app.programme.recommendations import models as recommendations
from app.programme.resources import models as resources
from app.programme.sharing import models as shared_counts
from app.programme.tools import models as tools
from app.programme.trainings import models as trainings
from app.signup import models as sign_ups
from app.workshops import models as workshops

__all__ = [
    "Base",
    "accounts",
    "applications",
    "audiences",
    "bulk_edits",
    "campaigns",
    "consent",
    "contacts",
    "diagnostic",
    "events",
    "factors",
    "finding",
    "health",
    "history",
    "hooks",
    "links",
    "merges",
    "messaging",
    "pairs",
    "partners",
    "profile",
    "programme",
    "quotas",
    "recommendations",
    "resources",
    "shared_counts",
    "sharing",
    "sign_ups",
    "standing",
    "tools",
    "trainings",
    "workshops",
]
