"""What is said about being texted, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

OPTED_OUT = Act("contact.opted_out", _("a noté qu'une personne ne veut plus de SMS"), _("une personne"))
RESTORED = Act("contact.restored", _("a noté qu'une personne veut de nouveau des SMS"), _("une personne"))
CONSENT_GIVEN = Act("consent.given", _("a noté l'accord d'une personne"), _("une personne"))
CONSENT_WITHDRAWN = Act("consent.withdrawn", _("a noté qu'une personne retire son accord"), _("une personne"))

ACTS = declared(globals())
