"""How people and where they live are said and read, by operator: the first way is said, all are read."""

from app.french.language import _

POSTCODE = {
    "equals": _("du code postal %(value)s | code postal %(value)s | dont le code postal est %(value)s"),
    "contains": _("dont le code postal contient %(value)s"),
    "starts_with": _("dont le code postal commence par %(value)s | code postal en %(value)s"),
    "known": _("dont le code postal est connu | avec un code postal"),
    "unknown": _("dont le code postal est inconnu | sans code postal"),
    "fact": _("code postal %(value)s"),
    "no_fact": _("code postal inconnu"),
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
    "fact": _("%(value)s"),
    "no_fact": _("département inconnu"),
}
TOWN = {
    "equals": _(
        "de la commune %(value)s | dans la commune %(value)s | habitant %(value)s | habitant à %(value)s"
        " | habitent à %(value)s | dont la commune est %(value)s | commune %(value)s"
    ),
    "starts_with": _("dont la commune commence par %(value)s"),
    "known": _("dont la commune est renseignée | avec une commune"),
    "unknown": _("dont la commune n'est pas renseignée | sans commune"),
    "fact": _("commune : %(value)s"),
    "no_fact": _("commune inconnue"),
}
FIRST_NAME = {
    "equals": _("prénommés %(value)s | prénommées %(value)s | dont le prénom est %(value)s"),
    "contains": _("dont le prénom contient %(value)s"),
    "starts_with": _("dont le prénom commence par %(value)s"),
    "known": _("dont le prénom est connu | avec un prénom"),
    "unknown": _("dont le prénom est inconnu | sans prénom"),
}
LAST_NAME = {
    "equals": _("de la famille %(value)s | dont le nom est %(value)s"),
    "contains": _("dont le nom contient %(value)s"),
    "starts_with": _("dont le nom commence par %(value)s"),
    "known": _("dont le nom est connu | avec un nom"),
    "unknown": _("dont le nom est inconnu | sans nom"),
}
AGE = {
    "equals": _("de %(value)s ans | âgés de %(value)s ans"),
    "under": _("de moins de %(value)s ans | moins de %(value)s ans | âgés de moins de %(value)s ans"),
    "over": _("de plus de %(value)s ans | plus de %(value)s ans | âgés de plus de %(value)s ans"),
    "between": _("de %(value)s ans | entre %(value)s ans | ayant entre %(value)s ans | âgés de %(value)s ans"),
    "known": _("dont l'âge est connu"),
    "unknown": _("dont l'âge est inconnu | sans âge"),
    "fact": _("%(value)s ans"),
    "no_fact": _("âge inconnu"),
}
BIRTH_YEAR = {
    "equals": _("nés en %(value)s | nées en %(value)s"),
    "under": _("nés avant %(value)s | nées avant %(value)s"),
    "over": _("nés après %(value)s | nées après %(value)s"),
    "between": _("nés de %(value)s | nés entre %(value)s | nées entre %(value)s"),
    "known": _("dont l'année de naissance est connue"),
    "unknown": _("dont l'année de naissance est inconnue"),
    "fact": _("née en %(value)s"),
    "no_fact": _("année de naissance inconnue"),
}
TAGS = {
    "has": _("avec l'étiquette %(value)s | étiquetés %(value)s | avec le tag %(value)s | qui ont le %(value)s"),
    "has_not": _("sans l'étiquette %(value)s | sans %(value)s"),
    "fact": _("étiquettes : %(value)s"),
    "no_fact": _("aucune étiquette"),
    "known": _("avec une étiquette"),
    "unknown": _("sans étiquette"),
}
LISTS = {
    "has": _("de la liste %(value)s | sur la liste %(value)s | dans la liste %(value)s | liste %(value)s"),
    "has_not": _("hors de la liste %(value)s | pas dans la liste %(value)s | pas sur la liste %(value)s"),
    "fact": _("listes : %(value)s"),
    "no_fact": _("aucune liste"),
    "known": _("sur une liste"),
    "unknown": _("sur aucune liste"),
}
PLACE = {
    "within_km": _("à moins de %(value)s | à %(value)s | dans un rayon de %(value)s"),
    "fact": _("%(value)s"),
    "no_fact": _("on ne sait pas la situer"),
    "known": _("que l'on sait situer"),
    "unknown": _("que l'on ne sait pas situer"),
}
