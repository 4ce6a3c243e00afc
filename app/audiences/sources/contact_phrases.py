"""How where people live is said and read, operator by operator: the first way is said, all are read."""

from app.french.language import _

POSTCODE = {
    "equals": _("du code postal %(value)s | code postal %(value)s | dont le code postal est %(value)s"),
    "contains": _("dont le code postal contient %(value)s"),
    "starts_with": _("dont le code postal commence par %(value)s | code postal en %(value)s"),
    "known": _("dont le code postal est connu | avec un code postal"),
    "unknown": _("dont le code postal est inconnu | sans code postal"),
}
DEPARTMENT = {
    "equals": _(
        "du département %(value)s | dans le département %(value)s | dans la %(value)s | dans le %(value)s"
        " | dans l'%(value)s | dans les %(value)s | dans %(value)s | de la %(value)s"
        " | département %(value)s"
    ),
    "one_of": _("des départements %(value)s | dans les départements %(value)s"),
    "known": _("dont le département est connu"),
    "unknown": _("dont le département est inconnu"),
}


POSTCODE = {
    "equals": _("du code postal %(value)s | code postal %(value)s | dont le code postal est %(value)s"),
    "contains": _("dont le code postal contient %(value)s"),
    "starts_with": _("dont le code postal commence par %(value)s | code postal en %(value)s"),
    "known": _("dont le code postal est connu | avec un code postal"),
    "unknown": _("dont le code postal est inconnu | sans code postal"),
}
