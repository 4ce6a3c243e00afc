"""What is done to the sign-up page and through it, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

PAGE_OPENED = Act("sign_up_page.opened", _("a ouvert la page d'inscription"), _("une page d'inscription"))
PAGE_CLOSED = Act("sign_up_page.closed", _("a fermé la page d'inscription"), _("une page d'inscription"))
PAGE_CHANGED = Act("sign_up_page.changed", _("a changé la page d'inscription"), _("une page d'inscription"))
SIGNED_UP = Act("contact.signed_up", _("a confirmé son inscription par la page publique"), _("une personne"))

ACTS = declared(globals())
