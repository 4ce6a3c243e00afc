"""An import in one sentence. Pure."""

from app.contacts.models import Import, ImportStatus
from app.french.language import _, ngettext
from app.french.typography import show_number


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
            done=show_number(one.rows_done),
            total=show_number(one.rows_total),
        )
    return " ".join(_results(one))


def _results(one: Import) -> list[str]:
    created, updated, refused = (show_number(n) for n in (one.created, one.updated, one.refused))
    said = []
    if one.is_objections:
        said.append(
            ngettext(
                "%(figure)s personne de plus ne recevra plus de SMS.",
                "%(figure)s personnes de plus ne recevront plus de SMS.",
                one.objected,
                figure=show_number(one.objected),
            )
        )
    if one.created:
        said.append(
            ngettext("%(figure)s bénévole ajouté.", "%(figure)s bénévoles ajoutés.", one.created, figure=created)
        )
    if one.updated:
        said.append(
            ngettext("%(figure)s fiche complétée.", "%(figure)s fiches complétées.", one.updated, figure=updated)
        )
    if one.brought_back:
        said.append(brought_back(one))
    if one.left:
        said.append(ngettext("%(n)s personne sortie de la liste.", "%(n)s personnes sorties de la liste.", one.left))
    if not said:
        said.append(_("Rien de nouveau dans ce fichier.") if one.unchanged else _("Aucun bénévole ajouté."))
    if one.refused:
        said.append(
            ngettext(
                "%(figure)s ligne à corriger, rien n'est perdu.",
                "%(figure)s lignes à corriger, rien n'est perdu.",
                one.refused,
                figure=refused,
            )
        )
    return said


def brought_back(one: Import) -> str:
    """How many of those met were archived and are no longer."""
    return ngettext(
        "%(n)s personne était archivée : la voilà de nouveau parmi vos bénévoles.",
        "%(n)s personnes étaient archivées : les voilà de nouveau parmi vos bénévoles.",
        one.brought_back,
    )


def second_names(n: int) -> str:
    """How many came with another first name to a phone that somebody known has."""
    return ngettext(
        "%(n)s personne a le même numéro que quelqu'un de déjà connu, sous un autre prénom : elle est ajoutée à part. "
        "Si c'est la même, réunissez les deux fiches depuis « Doublons possibles ».",
        "%(n)s personnes ont le même numéro que quelqu'un de déjà connu, sous un autre prénom : elles sont ajoutées à "
        "part. Si ce sont les mêmes, réunissez les fiches depuis « Doublons possibles ».",
        n,
    )


def change(label: str, before: str, after: str) -> str:
    """« Code postal : 80000 → 80090 »."""
    blank = _("vide")
    return _(
        "%(field)s : %(before)s → %(after)s", field=label, before=_cut(before) or blank, after=_cut(after) or blank
    )


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
