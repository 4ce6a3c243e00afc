"""A change of many people in words: asked before it is done, told afterwards. Pure."""

from app.contacts.bulk.models import Change
from app.french.language import _, ngettext


def question(change: Change, name: str, shown: str, n: int) -> str:
    """« Ajouter l'étiquette « permis B » à 42 personnes ? »"""
    return {
        Change.TAG: ngettext(
            "Ajouter l'étiquette « %(name)s » à %(n)s personne ?",
            "Ajouter l'étiquette « %(name)s » à %(n)s personnes ?", n, name=name),
        Change.UNTAG: ngettext(
            "Enlever l'étiquette « %(name)s » à %(n)s personne ?",
            "Enlever l'étiquette « %(name)s » à %(n)s personnes ?", n, name=name),
        Change.PUT_ON: ngettext(
            "Mettre %(n)s personne sur la liste « %(name)s » ?",
            "Mettre %(n)s personnes sur la liste « %(name)s » ?", n, name=name),
        Change.TAKE_OFF: ngettext(
            "Retirer %(n)s personne de la liste « %(name)s » ?",
            "Retirer %(n)s personnes de la liste « %(name)s » ?", n, name=name),
        Change.ARCHIVE: ngettext("Archiver %(n)s personne ?", "Archiver %(n)s personnes ?", n),
        Change.NOTE: ngettext(
            "Noter « %(name)s : %(shown)s » pour %(n)s personne ?",
            "Noter « %(name)s : %(shown)s » pour %(n)s personnes ?", n, name=name, shown=shown),
        Change.FORGET: ngettext(
            "Effacer « %(name)s » de la fiche de %(n)s personne ?",
            "Effacer « %(name)s » des fiches de %(n)s personnes ?", n, name=name),
    }[change]  # fmt: skip


def told(change: Change, name: str, shown: str, n: int) -> str:
    """« Étiquette « permis B » ajoutée à 40 personnes. »"""
    if not n:
        return _("Rien n'a changé : c'était déjà ainsi.")
    return {
        Change.TAG: ngettext(
            "Étiquette « %(name)s » ajoutée à %(n)s personne.",
            "Étiquette « %(name)s » ajoutée à %(n)s personnes.", n, name=name),
        Change.UNTAG: ngettext(
            "Étiquette « %(name)s » enlevée à %(n)s personne.",
            "Étiquette « %(name)s » enlevée à %(n)s personnes.", n, name=name),
        Change.PUT_ON: ngettext(
            "%(n)s personne mise sur la liste « %(name)s ».",
            "%(n)s personnes mises sur la liste « %(name)s ».", n, name=name),
        Change.TAKE_OFF: ngettext(
            "%(n)s personne retirée de la liste « %(name)s ».",
            "%(n)s personnes retirées de la liste « %(name)s ».", n, name=name),
        Change.ARCHIVE: ngettext("%(n)s personne archivée.", "%(n)s personnes archivées.", n),
        Change.NOTE: ngettext(
            "« %(name)s : %(shown)s » noté pour %(n)s personne.",
            "« %(name)s : %(shown)s » noté pour %(n)s personnes.", n, name=name, shown=shown),
        Change.FORGET: ngettext(
            "« %(name)s » effacé de la fiche de %(n)s personne.",
            "« %(name)s » effacé des fiches de %(n)s personnes.", n, name=name),
    }[change]  # fmt: skip


def kept(names: list[str], n: int) -> str:
    """« Pour Léa Petit et 2 autres, la fiche a changé depuis : elle reste comme elle est. »"""
    some, rest = ", ".join(names), n - len(names)
    if rest:
        return ngettext(
            "Pour %(some)s et %(n)s autre, la fiche a changé depuis : elle reste comme elle est.",
            "Pour %(some)s et %(n)s autres, la fiche a changé depuis : elle reste comme elle est.",
            rest,
            some=some,
        )
    return ngettext(
        "Pour %(some)s, la fiche a changé depuis : elle reste comme elle est.",
        "Pour %(some)s, les fiches ont changé depuis : elles restent comme elles sont.",
        n,
        some=some,
    )
