"""What the trainer of a mass SMS workshop reads beside each step."""

from collections.abc import Mapping

from app.french.language import _
from app.workshops.kits.kit import Notes

NOTES: Mapping[str, Notes] = {
    "welcome": Notes(
        say=_("Aucun vrai SMS ne partira aujourd'hui : vous pouvez tout essayer, et vous tromper."),
        show=_("Votre liste à vous : qui a donné son numéro, quand, et pour quoi faire."),
        ask=_("À qui avez-vous le droit d'écrire ? Qui vous l'a dit ?"),
        stuck=_("Quelqu'un n'entre pas : il s'assoit à côté d'un autre, une place suffit pour deux."),
    ),
    "hold_a_phone": Notes(
        say=_("Vous serez des deux côtés : l'association qui écrit, et le bénévole qui reçoit."),
        show=_("Prenez vous-même un téléphone, et montrez-le à l'écran de la salle."),
        ask=_("Qui êtes-vous ? Dites le prénom de votre bénévole à votre voisin."),
        stuck=_("Le téléphone est déjà pris : on en choisit un autre dans la liste."),
    ),
    "import_list": Notes(
        say=_("Un fichier d'association n'est jamais propre, et ce n'est pas grave."),
        show=_("« Utiliser le fichier de l'atelier », puis ce que contient chaque colonne."),
        ask=_("Que se passe-t-il si on importe deux fois la même personne ?"),
        stuck=_("La page est longue : le bouton « Importer » est tout en bas."),
    ),
    "spot_bad_numbers": Notes(
        say=_("Une ligne refusée n'est pas perdue : elle dit ce qu'il faut demander."),
        show=_("Les lignes à corriger, sous le résultat de l'import."),
        ask=_("Un fixe, un numéro coupé, une case vide : qui appelez-vous, et comment ?"),
        stuck=_("« Bénévoles », « Importer », puis le nom du fichier."),
    ),
    "write_one_sms": Notes(
        say=_("Un SMS, c'est une affiche : une demande, une date, une signature."),
        show=_("Tapez « fête » : le compteur passe à 2 SMS. « Simplifier » le ramène à 1."),
        ask=_("Qui reconnaîtrait votre association sans le nom ?"),
        stuck=_("Dictez le texte, tout le monde le recopie. Personne ne peut répondre OUI à un nom d'expéditeur."),
    ),
    "see_the_price": Notes(
        say=_("On relit toujours trois choses : qui, combien, quel prix."),
        show=_("Les personnes qui ne le recevront pas, et la raison de chacune."),
        ask=_("Combien coûterait le même texte en deux SMS ?"),
        stuck=_("Aucune liste n'est cochée : remontez à « À qui »."),
    ),
    "stop_in_time": Notes(
        say=_("Tout le monde se trompe. Vous avez 30 secondes pour changer d'avis."),
        show=_("Le compte à rebours, le grand bouton « Arrêter », et le brouillon retrouvé."),
        ask=_("Qu'auriez-vous oublié, si c'était pour de bon ?"),
        stuck=_("Les 30 secondes sont passées : on recommence avec un nouvel envoi."),
    ),
    "send": Notes(
        say=_("Cette fois, on laisse partir. Levez les yeux."),
        show=_("L'écran de la salle : les téléphones s'allument un à un."),
        ask=_("Que ressent-on quand ce message arrive ?"),
        stuck=_("Le brouillon attend dans « Envoyer » : on l'ouvre, on relit, on envoie."),
    ),
    "follow": Notes(
        say=_("Un SMS parti n'est pas toujours arrivé, et la raison dit quoi faire."),
        show=_("« Pas arrivés », puis l'état d'une personne."),
        ask=_("Pour chacun : rappeler, corriger, ou laisser ?"),
        stuck=_("Tout est arrivé ? Prenez l'envoi de la semaine dernière, « Collecte de samedi »."),
    ),
    "read_reply": Notes(
        say=_("Une réponse attend quelqu'un. Décidez à l'avance qui la lit, et quand."),
        show=_("La réponse côté association, puis « C'est lu »."),
        ask=_("« Oui, mais pas avant 10 h » : que répondez-vous, et par quel moyen ?"),
        stuck=_(
            "On ne peut pas répondre à un nom : autorisez les réponses depuis l'écran du formateur, ou lisez celles "
            "qui attendent déjà."
        ),
    ),
    "handle_stop": Notes(
        say=_("Dire non doit être facile : c'est la loi, et c'est ce qui garde la confiance."),
        show=_("La page du lien, sur votre téléphone : deux gestes, sans mot de passe."),
        ask=_("Si c'était vous, seriez-vous rassuré ?"),
        stuck=_("Le téléphone n'a pas reçu le SMS : ouvrez-en un autre dans « Téléphones »."),
    ),
    "send_again": Notes(
        say=_("Le non est retenu : plus aucun envoi ne part à cette personne."),
        show=_("À la relecture, dépliez les personnes qui ne le recevront pas."),
        ask=_("Merci, nous sommes assez nombreux : à qui l'écrire, et à qui non ?"),
        stuck=_("Un nouveau SMS, la même liste : on ne renvoie pas le même texte."),
    ),
    "set_reminder": Notes(
        say=_("Le rappel de la veille fait venir ceux qui avaient oublié."),
        show=_("Une collecte après-demain à 9 h, un rappel un jour avant, à une liste."),
        ask=_("À quelle heure lisez-vous vos SMS ?"),
        stuck=_("Le rappel part à ceux qui viennent, et personne n'a répondu : sous « À qui », prenez une liste."),
    ),
    "reminder_leaves": Notes(
        say=_("Personne n'a rien à faire demain : c'est prêt."),
        show=_("Avancez le temps depuis votre écran : les téléphones sonnent."),
        ask=_("Qui prévenez-vous si la collecte est annulée ?"),
        stuck=_("Rien ne part : sur la page de la mission, le rappel est-il là, et à une liste ?"),
    ),
    "monday": Notes(
        say=_("On ne repart pas sans une date, un nom et un texte."),
        show=_("« Commencer pour de bon » : les points à régler avant le premier vrai SMS."),
        ask=_("Qui tiendra la liste ? Qui paie ? Qui prévient les bénévoles ? Votre premier vrai SMS, à qui ?"),
        stuck=_("Personne ne décide seul : notez qui demander, et quand vous vous rappelez."),
    ),
}
