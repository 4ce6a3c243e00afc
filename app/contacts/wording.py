"""An import in one sentence. Pure."""

from app.contacts.models import Import, ImportStatus
from app.language import _, ngettext


def import_words(one: Import) -> str:
    """« 480 bénévoles ajoutés. 20 lignes à corriger, rien n'est perdu. »"""
    if one.status is ImportStatus.UPLOADED:
        return _("À vérifier avant d'importer.")
    if one.status is ImportStatus.REFUSED:
        return one.reason
    if one.status is not ImportStatus.FINISHED:
        return ngettext(
            "%(done)s ligne lue sur %(total)s…",
            "%(done)s lignes lues sur %(total)s…",
            one.rows_done,
            done=one.rows_done,
            total=one.rows_total,
        )
    return " ".join(_results(one))


def _results(one: Import) -> list[str]:
    said = []
    if one.created:
        said.append(ngettext("%(n)s bénévole ajouté.", "%(n)s bénévoles ajoutés.", one.created))
    if one.updated:
        said.append(ngettext("%(n)s fiche complétée.", "%(n)s fiches complétées.", one.updated))
    if not said:
        said.append(_("Rien de nouveau dans ce fichier.") if one.unchanged else _("Aucun bénévole ajouté."))
    if one.refused:
        said.append(
            ngettext(
                "%(n)s ligne à corriger, rien n'est perdu.", "%(n)s lignes à corriger, rien n'est perdu.", one.refused
            )
        )
    return said
