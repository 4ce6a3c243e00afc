"""What is done to spaces, teams and accounts, as the journal tells it."""

from app.accounts.activity import Act, declared
from app.french.language import _

SPACE_MADE = Act("space.made", _("a créé l'espace"), _("un espace"))
SETTINGS_CHANGED = Act("space.settings_changed", _("a changé les réglages"), _("un espace"))
SPACE_OPENED = Act("space.opened", _("a donné accès à une personne du programme"), _("un espace"))
SPACE_CLOSED = Act("space.closed", _("a retiré l'accès d'une personne du programme"), _("un espace"))
SPACE_ENTERED = Act("space.entered", _("a visité l'espace"), _("un espace"))
MEMBER_INVITED = Act("member.invited", _("a invité quelqu'un"), _("un compte"))
INVITATION_CANCELLED = Act("member.invitation_cancelled", _("a annulé une invitation"), _("un compte"))
MEMBER_JOINED = Act("member.joined", _("a rejoint l'équipe"), _("un compte"))
ROLE_CHANGED = Act("member.role_changed", _("a changé un rôle"), _("un compte"))
MEMBER_REMOVED = Act("member.removed", _("a retiré quelqu'un de l'équipe"), _("un compte"))
LINK_MADE = Act("member.link_made", _("a créé un lien pour un mot de passe perdu"), _("un compte"))
KEY_MADE = Act("key.made", _("a créé une clé pour un logiciel"), _("une clé"))
KEY_REVOKED = Act("key.revoked", _("a supprimé une clé pour un logiciel"), _("une clé"))
CODE_SENT = Act("code.sent", _("a demandé un code par SMS"), _("un compte"))
CODES_USED_UP = Act(
    "code.day_used_up",
    _("n'envoie plus de codes par SMS avant demain : les %(codes)s du jour sont partis"),
    _("un compte"),
)
USER_MADE = Act("user.made", _("a créé un compte"), _("un compte"))
USER_RENAMED = Act("user.renamed", _("a changé son nom"), _("un compte"))
USER_STAFFED = Act("user.staffed", _("a fait entrer quelqu'un dans l'équipe du programme"), _("un compte"))
SIGNED_IN = Act("user.signed_in", _("a ouvert une session"), _("un compte"))
SESSION_CLOSED = Act("user.session_closed", _("a fermé une de ses connexions"), _("un compte"))
PASSWORD_CHOSEN = Act("user.password_chosen", _("a choisi un mot de passe"), _("un compte"))
ACCOUNT_RECOVERED = Act("user.recovered", _("a retrouvé son compte par un code"), _("un compte"))
FACTOR_SET = Act("user.factor_set", _("a mis en place la double vérification"), _("un compte"))
FACTOR_REMOVED = Act("user.factor_removed", _("a retiré sa double vérification"), _("un compte"))
FACTOR_CODES_MADE = Act("user.factor_codes_made", _("a fait d'autres codes de secours"), _("un compte"))
FACTOR_CODE_USED = Act("user.factor_code_used", _("s'est connecté par un code de secours"), _("un compte"))
FACTOR_RESET = Act("user.factor_reset", _("a levé la double vérification d'un compte : %(name)s"), _("un compte"))
PHONE_VERIFIED = Act("user.phone_verified", _("a vérifié son téléphone"), _("un compte"))
PHONE_REMOVED = Act("user.phone_removed", _("a retiré son téléphone"), _("un compte"))

ACTS = declared(globals())
