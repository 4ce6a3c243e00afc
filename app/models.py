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
from app.programme.cohorts import models as programme
from app.signup import models as sign_ups
from app.workshops import models as workshops

__all__ = [
    "Base",
    "accounts",
    "audiences",
    "bulk_edits",
    "campaigns",
    "consent",
    "contacts",
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
    "profile",
    "programme",
    "quotas",
    "sharing",
    "sign_ups",
    "standing",
    "workshops",
]
