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
TOWN = {
    "equals": _(
        "de la commune %(value)s | dans la commune %(value)s | habitant %(value)s | habitant à %(value)s"
        " | habitent à %(value)s | dont la commune est %(value)s | commune %(value)s"
    ),
    "starts_with": _("dont la commune commence par %(value)s"),
    "known": _("dont la commune est renseignée | avec une commune"),
    "unknown": _("dont la commune n'est pas renseignée | sans commune"),
}
