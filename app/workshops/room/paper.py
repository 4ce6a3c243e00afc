"""What a trainer prints: the words of « Un bon SMS », and who a certificate is for. Pure but for the reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.database.ids import EventId
from app.events import service as events
from app.french.language import _
from app.workshops import service
from app.workshops.models import Workshop

EXAMPLES = (
    _("Bonjour Odile, besoin de bras samedi 9h à la collecte, place Gambetta. Jeanne, Amis du Quai"),
    _("Bonjour Karim, distribution mardi 18h: il manque 2 personnes. Tu peux ? Jeanne, Amis du Quai"),
    _("Bonjour, le local est fermé lundi. On se retrouve mardi 18h. Jeanne, Amis du Quai"),
    _("Rappel: c'est demain samedi 9h, place Gambetta. Prenez des gants. Jeanne, Amis du Quai"),
    _("Merci à vous ! 212 repas samedi. Prochaine collecte le 12 mars. Jeanne, Amis du Quai"),
)
COSTLY = ("ê", "â", "î", "ô", "û", "ë", "ï", "ç", "œ", "’", "…", "emoji")
"""Characters that make an SMS hold 70 instead of 160."""

PREPARATION = (
    (
        _("Une semaine avant"),
        (
            _("Répéter l'atelier en entier, seul, avec « Répéter l'atelier » : comptez une heure."),
            _("Demander à l'association un fichier de bénévoles, ou décider de prendre celui de l'atelier."),
            _("Inviter les participants, et noter qui tient la liste et qui décide de payer."),
            _("Demander une salle avec un vidéoprojecteur, des prises, et savoir si le Wi-Fi laisse entrer."),
        ),
    ),
    (
        _("La veille"),
        (
            _("Envoyer le rappel, et ajouter l'atelier à votre agenda."),
            _("Imprimer : affiche, déroulé, « Un bon SMS », sept points, feuille de présence."),
            _("Charger un second téléphone, qui prêtera sa connexion si le Wi-Fi manque."),
            _("Relire les notes de chaque étape."),
        ),
    ),
    (
        _("Une heure avant"),
        (
            _("Démarrer l'atelier, puis ouvrir l'écran de la salle sur le vidéoprojecteur."),
            _("S'asseoir au dernier rang : l'adresse et le code se lisent-ils ?"),
            _("Entrer avec votre propre téléphone, comme un participant, et recevoir un SMS inventé."),
            _("Poser « Un bon SMS » sur chaque table, et l'affiche sur la porte."),
        ),
    ),
)
"""What a trainer checks before a workshop, by moment."""
WITHOUT_NETWORK = (
    _("Partagez la connexion d'un téléphone : les pages sont légères, une dizaine de participants y tiennent."),
    _("Aucune connexion : un seul ordinateur, projeté. À chaque étape, une personne tape, les autres dictent."),
    _("Tambour sur votre propre ordinateur n'a besoin d'aucun Internet : lancé pour la salle (« make run LAN=1 »), il "
      "donne son adresse à qui est sur la même borne Wi-Fi."),
    _("Distribuez les téléphones de papier. Quand un envoi part à l'écran, chacun lit à voix haute ce que répond le "
      "sien, et vous le notez ensemble dans « Réponses »."),
)  # fmt: skip
"""What a trainer does in a room where the participants' phones cannot come in."""
CARDS = (
    (_("Odile"), _("Je viens, avec ma voiture.")),
    (_("Karim"), _("Oui, mais pas avant 10 h. Qui lit cette réponse ?")),
    (_("Fatou"), _("Je ne peux pas.")),
    (_("Bernard"), _("Mon téléphone est éteint : l'envoi dira « Pas arrivé ».")),
    (_("Inès"), _("Je touche le lien et je ne veux plus de SMS.")),
    (_("Théo"), _("Ce n'est pas Théo, c'est un faux numéro. Que faites-vous ?")),
    (_("Jeanne"), _("Je viens. C'est où, déjà ?")),
    (_("Michel"), _("Je n'ai pas Internet sur mon téléphone : comment vous répondre ?")),
    (_("Louise"), _("Nous partageons ce téléphone à deux : qui avez-vous invité ?")),
    (_("Amine"), _("Je lis, je ne réponds pas. Me relancez-vous ?")),
)
"""Pretend phones on paper: a name, and what its owner does with the SMS."""


@dataclass(frozen=True)
class Guests:
    """``invited`` are the names of the list; ``present`` those noted there, or the nicknames of the seats."""

    invited: Sequence[str]
    present: Sequence[str]


def guests(session: Session, workshop: Workshop) -> Guests:
    """Who is expected, and who was there."""
    people = events.people(session, EventId(workshop.event_id))
    noted = [person.name for registration, person in people if registration.attended and person.name]
    seats = [seat.nickname for seat in service.seats(session, workshop)]
    return Guests([person.name or person.phone for _registration, person in people], noted or seats)
