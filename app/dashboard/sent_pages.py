"""What the pages of sending ask of the rooms above them: whose mailings are in their list, what a live space lacks."""

from app.campaigns import review_pages
from app.campaigns import sent_pages as campaigns
from app.events.web import sent_pages as events
from app.messaging.web import sent_pages
from app.workshops.real import points
from app.workshops.real import sent_pages as first_sms

OWNERS = (campaigns.OWNER, *events.OWNERS, first_sms.OWNER)
"""In the order of the list's filters."""
FILLINGS = (sent_pages.OWNERS.filled_by(OWNERS), review_pages.LACKING.filled_by(points.lacking))
