"""Whose mailings stand in the list of all that was sent, in the order of its filters."""

from app.campaigns import sent_pages as campaigns
from app.events.web import sent_pages as events
from app.workshops.real import sent_pages as first_sms

OWNERS = (campaigns.OWNER, *events.OWNERS, first_sms.OWNER)
