"""What is done to workshops, and in them, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

PLANNED = Act("workshop.planned", _("a préparé un atelier"), _("un atelier"))
OPENED = Act("workshop.opened", _("a ouvert un atelier"), _("un atelier"))
RESET = Act("workshop.reset", _("a tout remis au départ dans un atelier"), _("un atelier"))
CLOSED = Act("workshop.closed", _("a terminé un atelier"), _("un atelier"))
CANCELLED = Act("workshop.cancelled", _("a annulé un atelier"), _("un atelier"))
TOLD = Act("workshop.told", _("a envoyé les invitations d'un atelier (SMS : %(people)s)"), _("un atelier"))
TRAINER_ADDED = Act("workshop.trainer_added", _("a ajouté quelqu'un pour mener un atelier"), _("un atelier"))
STEP_TICKED = Act("workshop.step_ticked", _("a coché une étape pour toute la salle"), _("un atelier"))
LIST_DISGUISED = Act(
    "workshop.list_disguised", _("a préparé la liste de l'association, sans les vrais numéros"), _("un atelier")
)
REPLIES_STORMED = Act(
    "workshop.replies_stormed", _("a fait répondre les téléphones de la salle (réponses : %(count)s)"), _("un atelier")
)
NUMBERS_SPOILT = Act(
    "workshop.numbers_spoilt",
    _("a mis de mauvais numéros dans les listes de la salle (personnes : %(count)s)"),
    _("un atelier"),
)
WEATHER_CHANGED = Act("workshop.weather_changed", _("a changé la panne simulée dans la salle"), _("un atelier"))
PHONE_REACHED = Act("workshop.phone_reached", _("a ouvert la page d'essai"), _("un atelier"))
SEAT_JOINED = Act("seat.joined", _("a pris un poste à l'atelier"), _("un poste"))
SEAT_FREED = Act("seat.freed", _("a libéré un poste à l'atelier"), _("un poste"))
FORM_REFUSED = Act("seat.refused", _("a envoyé une page qui a été refusée"), _("un poste"))
HINT_GIVEN = Act("seat.hint_given", _("a soufflé un indice"), _("un poste"))
HANDSET_HELD = Act("handset.held", _("a pris en main un téléphone de la salle"), _("un téléphone"))
HANDSET_REPLIED = Act("handset.replied", _("a répondu depuis un téléphone de la salle"), _("un téléphone"))
ALONE_BEGUN = Act("alone.begun", _("a commencé à s'entraîner seul"), _("un entraînement"))
ALONE_ENDED = Act("alone.ended", _("a terminé son entraînement"), _("un entraînement"))
MONDAY_SAID = Act("alone.monday_said", _("a répondu à « Et lundi ? »"), _("un entraînement"))
ANSWERS_CHANGED = Act(
    "workshop.answers_changed", _("a changé la façon de répondre aux SMS de la salle"), _("un atelier")
)
REAL_TICKED = Act("real.ticked", _("a coché un point de « Passer au réel »"), _("un espace"))
REAL_UNTICKED = Act("real.unticked", _("a décoché un point de « Passer au réel »"), _("un espace"))
FIRST_SMS_SENT = Act("real.first_sms", _("a envoyé le premier vrai SMS"), _("un SMS"))

ACTS = declared(globals())
