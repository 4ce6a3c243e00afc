"""What is done to resources, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

SAVED = Act("resource.saved", _("a écrit dans une ressource"), _("une ressource"))
PUBLISHED = Act("resource.published", _("a publié une ressource"), _("une ressource"))
WITHDRAWN = Act("resource.withdrawn", _("a retiré une ressource"), _("une ressource"))
FILE_ADDED = Act("resource.file_added", _("a joint un fichier à une ressource"), _("une ressource"))
FILE_REMOVED = Act("resource.file_removed", _("a retiré un fichier d'une ressource"), _("une ressource"))

ACTS = declared(globals())
