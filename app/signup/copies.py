"""A copy of a practice space has the model's page; those who have not confirmed yet stay there."""

from app.accounts.copies import Copied, of_space
from app.contacts.models import ContactList
from app.signup.models import SignUpPage

COPIED = (Copied(table=SignUpPage, rows=of_space(SignUpPage), keys={"list_id": ContactList}),)
