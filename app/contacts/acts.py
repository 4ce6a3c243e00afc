"""What is done to contacts, lists and imports, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

CONTACT_ADDED = Act("contact.added", _("a ajouté une personne"), _("une personne"))
CONTACT_EDITED = Act("contact.edited", _("a modifié une fiche"), _("une personne"))
CONTACT_REMOVED = Act("contact.removed", _("a supprimé la fiche d'une personne"), _("une personne"))
CONTACT_ARCHIVED = Act("contact.archived", _("a archivé une personne"), _("une personne"))
CONTACT_BROUGHT_BACK = Act("contact.brought_back", _("a remis une personne parmi les bénévoles"), _("une personne"))
CONTACT_TAGGED = Act("contact.tagged", _("a changé les étiquettes d'une personne"), _("une personne"))
CONTACTS_MERGED = Act("contact.merged", _("a réuni deux fiches d'une personne"), _("une personne"))
MERGE_UNDONE = Act("contact.merge_undone", _("a séparé de nouveau deux fiches réunies"), _("une personne"))
PAIR_PROPOSED = Act("contact.pair_proposed", _("a dit que deux fiches sont peut-être une personne"), _("une personne"))
PAIR_DISMISSED = Act("contact.pair_dismissed", _("a dit que deux fiches sont bien deux personnes"), _("une personne"))
PEOPLE_CHANGED = Act(
    "people.changed", _("a modifié plusieurs fiches (%(people)s)"), _("une modification"), is_former=True
)
PEOPLE_TAGGED = Act(
    "people.tagged", _("a ajouté une étiquette à plusieurs personnes (%(people)s)"), _("une modification")
)
PEOPLE_UNTAGGED = Act(
    "people.untagged", _("a enlevé une étiquette à plusieurs personnes (%(people)s)"), _("une modification")
)
PEOPLE_PUT_ON_LIST = Act(
    "people.put_on_list", _("a mis plusieurs personnes sur une liste (%(people)s)"), _("une modification")
)
PEOPLE_TAKEN_OFF_LIST = Act(
    "people.taken_off_list", _("a retiré plusieurs personnes d'une liste (%(people)s)"), _("une modification")
)
PEOPLE_ARCHIVED = Act("people.archived", _("a archivé plusieurs personnes (%(people)s)"), _("une modification"))
PEOPLE_NOTED = Act(
    "people.noted", _("a noté un renseignement de plusieurs personnes (%(people)s)"), _("une modification")
)
PEOPLE_FORGOTTEN = Act(
    "people.forgotten", _("a effacé un renseignement de plusieurs personnes (%(people)s)"), _("une modification")
)
CHANGE_UNDONE = Act(
    "people.change_undone", _("a annulé une modification de plusieurs personnes (%(people)s)"), _("une modification")
)
PUT_ON_LIST = Act("contact.put_on_list", _("a mis une personne sur une liste"), _("une personne"))
TAKEN_OFF_LIST = Act("contact.taken_off_list", _("a retiré une personne d'une liste"), _("une personne"))
FIELD_MADE = Act("field.made", _("a créé un renseignement à noter"), _("un renseignement"))
FIELD_EDITED = Act("field.edited", _("a modifié un renseignement à noter"), _("un renseignement"))
FIELD_ARCHIVED = Act("field.archived", _("a archivé un renseignement à noter"), _("un renseignement"))
LIST_MADE = Act("list.made", _("a créé une liste"), _("une liste"))
LIST_RENAMED = Act("list.renamed", _("a renommé une liste"), _("une liste"))
LIST_MADE_LIKE_FILE = Act("list.made_like_file", _("a rendu une liste pareille à un fichier"), _("une liste"))
LIST_REMOVED = Act("list.removed", _("a supprimé une liste"), _("une liste"))
IMPORT_STARTED = Act("import.started", _("a lancé un import"), _("un import"))
IMPORT_FINISHED = Act("import.finished", _("a terminé un import"), _("un import"))
IMPORT_REFUSED = Act("import.refused", _("a lancé un import qui n'a pas pu être lu"), _("un import"))
IMPORT_DROPPED = Act("import.dropped", _("a abandonné un import"), _("un import"))
PEOPLE_EXPORTED = Act("export.made", _("a exporté des bénévoles (fiches : %(people)s)"), _("un export"))
REFUSALS_READ = Act("import.refusals_read", _("a lu les lignes à corriger d'un import"), _("un import"))

ACTS = declared(globals())
