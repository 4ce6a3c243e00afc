"""The ticks of applications: decisions whose thirty seconds are over, files not looked through, people to tell."""

from app.programme.applications import alerts, files, publishing
from jobs.batches import Queue

publish_decisions = Queue("publication", publishing.is_due, publishing.claim_due, publishing.publish)
tell_of_applications = Queue("application_alert", alerts.is_due, alerts.claim_due, alerts.tell)
check_files = Queue("application_file", files.is_due, files.claim_due, files.check)
