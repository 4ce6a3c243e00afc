"""Where somebody of the room is, in the words of the trainer's screen."""

from app.french.language import _

ARRIVING = _("Arrive")
"""Of who has just sat down and whose first page has not come yet."""
PAGES = {
    "campaign_progress.follow": _("Suivre"),
    "campaign_progress.message": _("Un SMS"),
    "campaign_questions.answers": _("Qui vient"),
    "campaigns.browse": _("Envoyer"),
    "contacts.browse": _("Bénévoles"),
    "contacts.new": _("Ajouter une personne"),
    "event_choice.choose": _("Choisir des listes"),
    "event_invite.review": _("Relire l'invitation"),
    "event_news.show": _("Prévenir d'un changement"),
    "event_people.choose": _("Choisir des bénévoles"),
    "event_people.sheet": _("Feuille de présence"),
    "events.begin": _("Ajouter une mission"),
    "events.browse": _("Missions"),
    "handsets.wall": _("Téléphones"),
    "holding.choose": _("Prendre un téléphone"),
    "home.home": _("Accueil"),
    "imports.begin": _("Importer"),
    "imports.show": _("Un import"),
    "lists.browse": _("Listes"),
    "segments.browse": _("Sélections"),
    "singles.to_phone": _("Liste à téléphoner"),
}
"""Pages that a blueprint's own word would not tell."""
PLACES = {
    "agreeing": _("Accord pour les ventes"),
    "alone": _("S'entraîner seul"),
    "api_keys": _("Clés pour les logiciels"),
    "bulk": _("Modifier plusieurs fiches"),
    "campaign_progress": _("Suivre"),
    "campaign_questions": _("Demander qui vient"),
    "campaign_review": _("Relire"),
    "campaigns": _("Écrire"),
    "contacts": _("Une fiche"),
    "duplicates": _("Doublons"),
    "event_choice": _("Une mission"),
    "event_invite": _("Une mission"),
    "event_news": _("Une mission"),
    "event_people": _("Une mission"),
    "events": _("Une mission"),
    "exports": _("Exporter"),
    "handsets": _("Un téléphone"),
    "holding": _("Un téléphone en main"),
    "home": _("Accueil"),
    "hooks": _("Prévenir un logiciel"),
    "imports": _("Importer"),
    "journal": _("Journal"),
    "lists": _("Une liste"),
    "openings": _("Équipe"),
    "own_diagnostic": _("Diagnostic"),
    "own_fields": _("Ce que vous notez"),
    "own_programme": _("Notre programme"),
    "own_recommendations": _("Outils recommandés"),
    "own_trainings": _("Formations"),
    "real": _("Commencer pour de bon"),
    "replies": _("Réponses"),
    "same_person": _("Doublons"),
    "seat": _("Son bilan"),
    "segment_conditions": _("Une sélection"),
    "segment_people": _("Une sélection"),
    "segments": _("Une sélection"),
    "sendings": _("Suivre"),
    "sharing": _("Chiffres partagés"),
    "sign_up_settings": _("Page d'inscription"),
    "singles": _("Un SMS"),
    "spaces": _("Réglages de l'espace"),
    "story": _("Une histoire"),
    "team": _("Équipe"),
}
"""By blueprint, whatever the page."""


def page_word(endpoint: str) -> str:
    """The word of a page by its endpoint; « – » for one that has none, which no page of a space is."""
    if not endpoint:
        return ARRIVING
    return PAGES.get(endpoint) or PLACES.get(endpoint.partition(".")[0], "–")
