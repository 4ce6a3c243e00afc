"""« Passer au réel »: what is missing before a live space texts its volunteers, and who does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Mode, Space, User
from app.accounts.principal import Principal
from app.carrier.carriers import is_loopback
from app.clock import PARIS
from app.consent.families import Family
from app.consent.hours import window_on
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_date, show_money, show_time
from app.settings import Settings
from app.workshops import acts
from app.workshops.models import RealTick

PAYER, HOURS, NOTICE = "payer", "hours", "notice"
BY_HAND = (PAYER, HOURS, NOTICE)
OWN_PHONE = "phone"
REFERENTE = _("Vous, la référente")
KEEPER = _("La personne qui tient le serveur")
BOARD = _("Votre bureau, avec vous")


@dataclass(frozen=True)
class Point:
    """One line of the page: what, who does it, where, and what is known of it."""

    key: str
    title: str
    text: str
    who: str
    is_done: bool
    known: str = ""
    endpoint: str = ""
    link_words: str = ""
    is_ticked: bool = False

    @property
    def by_hand(self) -> bool:
        return self.key in BY_HAND


def points(session: Session, space: Space, user: User, *, settings: Settings, today: date) -> list[Point]:
    """Everything that must be true, in the order in which it is best done."""
    ticks = {tick.key: tick for tick in session.scalars(select(RealTick).where(RealTick.space_id == space.id))}
    return _points(space, user, ticks, settings=settings, today=today)


def lacking(session: Session, space: Space, *, settings: Settings, today: date) -> list[str]:
    """The titles of what still lacks in a live space, whoever asks: their own phone is another matter."""
    if space.mode is not Mode.LIVE:
        return []
    found = missing(points(session, space, User(), settings=settings, today=today))
    return [point.title for point in found if point.key != OWN_PHONE]


def on_paper(*, settings: Settings, today: date) -> list[Point]:
    """The same lines for whoever has done nothing yet: what a trainer hands out."""
    return _points(Space(), User(), {}, settings=settings, today=today)


def missing(found: Sequence[Point]) -> list[Point]:
    return [point for point in found if not point.is_done]


def tick(
    session: Session, space: Space, key: str, *, note: str, done_on: date | None, by: Principal, now: datetime
) -> None:
    """Say by hand that a point is done. Said again, the last word counts. Raises RuleBroken."""
    note = " ".join(note.split())[:120]
    if key not in BY_HAND:
        raise RuleBroken("point_unknown", _("Ce point ne se coche pas à la main."))
    if key == PAYER and not note:
        sentence = _("Écrivez qui paie : « l'association », « le programme »…")
        raise RuleBroken("payer_empty", sentence, fields={"note": sentence})
    if done_on is None or done_on > now.astimezone(ZoneInfo(space.zone)).date():
        sentence = _("Choisissez le jour où c'était fait, aujourd'hui ou avant.")
        raise RuleBroken("day_wrong", sentence, fields={"done_on": sentence})
    spaces.lock(session, space.id)
    found = session.scalar(select(RealTick).where(RealTick.space_id == space.id, RealTick.key == key))
    row = found or RealTick(space_id=space.id, key=key)
    row.note, row.done_on, row.ticked_by, row.ticked_at = note, done_on, by.name, now
    session.add(row)
    activity.record(session, space.id, acts.REAL_TICKED, by=by, now=now, subject_id=space.id, point=key)


def untick(session: Session, space: Space, key: str, *, by: Principal, now: datetime) -> None:
    """It was not done after all."""
    session.execute(delete(RealTick).where(RealTick.space_id == space.id, RealTick.key == key))
    activity.record(session, space.id, acts.REAL_UNTICKED, by=by, now=now, subject_id=space.id, point=key[:24])


def notice_text(space: Space) -> str:
    """What to tell the people whose numbers are kept: to be printed, or copied into a message."""
    question = _("auprès de nous")
    if space.contact_phone:
        question = _(
            "auprès de %(name)s, au %(phone)s", name=space.contact_name or space.name, phone=space.contact_phone
        )
    return _(
        "Vous êtes bénévole à %(association)s et vous nous avez laissé votre numéro de mobile. Nous nous en servons "
        "pour vous écrire par SMS : appels à bénévoles, rappels de vos missions, assemblées.\n\n"
        "Vous pouvez dire non à tout moment, gratuitement et sans vous justifier : par le lien de chaque "
        "SMS, ou %(question)s. Vous resterez bénévole comme avant.\n\n"
        "Nous revoyons notre liste chaque année et nous effaçons les numéros des personnes que nous n'avons pas vues "
        "depuis trois ans. Nous ne les donnons à personne ; seul l'opérateur qui achemine les SMS les reçoit. Pour "
        "voir, corriger ou effacer ce que nous gardons de vous, demandez-le %(question)s. Vous pouvez aussi écrire à "
        "la CNIL (cnil.fr).",
        association=space.name,
        question=question,
    )


def _points(space: Space, user: User, ticks: Mapping[str, RealTick], *, settings: Settings, today: date) -> list[Point]:
    return [
        _sender(space),
        _contact(space),
        _payer(space, ticks.get(PAYER), settings),
        _hours(ticks.get(HOURS), today),
        _notice(ticks.get(NOTICE)),
        _own_phone(user),
        _carrier(settings),
    ]


def _sender(space: Space) -> Point:
    return Point(
        "sender",
        _("Le nom d'expéditeur"),
        _("Le nom que vos bénévoles verront en haut du SMS, celui de votre association."),
        REFERENTE,
        bool(space.sender),
        space.sender,
        "spaces.settings",
        _("Choisir le nom"),
    )


def _contact(space: Space) -> Point:
    return Point(
        "contact",
        _("Une personne à appeler"),
        _("Tout le monde n'a pas Internet : un nom et un numéro pour répondre, ou pour dire non."),
        REFERENTE,
        bool(space.contact_name and space.contact_phone),
        ", ".join(word for word in (space.contact_name, space.contact_phone) if word),
        "spaces.settings",
        _("Donner son nom"),
    )


def _payer(space: Space, ticked: RealTick | None, settings: Settings) -> Point:
    cap = show_money(space.budget_micros, settings.currency) if space.budget_micros is not None else ""
    known = [ticked.note] if ticked else []
    known += [_("%(cap)s par mois au plus", cap=cap)] if cap else []
    return Point(
        PAYER,
        _("Qui paie, et combien par mois au plus"),
        _(
            "Un SMS coûte environ %(price)s. Au-delà du plafond, plus rien ne part.",
            price=show_money(settings.part_price_micros, settings.currency),
        ),
        BOARD,
        bool(ticked and cap),
        ", ".join(known),
        "" if cap else "spaces.settings",
        _("Fixer le plafond"),
        is_ticked=ticked is not None,
    )


def _hours(ticked: RealTick | None, today: date) -> Point:
    calls, service = window_on(Family.CHARITABLE, today), window_on(Family.SERVICE, today)
    return Point(
        HOURS,
        _("Les heures sont connues de l'équipe"),
        _(
            "Appels : du lundi au samedi, de %(a)s à %(b)s, jamais un jour férié. Rappels : tous les jours, de %(c)s à "
            "%(d)s. Un SMS écrit la nuit attend le matin.",
            a=_hour(today, calls.opens),
            b=_hour(today, calls.closes),
            c=_hour(today, service.opens),
            d=_hour(today, service.closes),
        ),
        REFERENTE,
        ticked is not None,
        _since(ticked),
        is_ticked=ticked is not None,
    )


def _notice(ticked: RealTick | None) -> Point:
    return Point(
        NOTICE,
        _("Vos bénévoles sont prévenus"),
        _("Chacun sait que vous gardez son numéro, pour quoi, et comment dire non. Le texte est prêt dans Tambour."),
        REFERENTE,
        ticked is not None,
        _since(ticked),
        is_ticked=ticked is not None,
    )


def _own_phone(user: User) -> Point:
    return Point(
        OWN_PHONE,
        _("Votre propre téléphone"),
        _("Le premier vrai SMS ira à vous seule : un code montre que ce numéro est le vôtre."),
        REFERENTE,
        bool(user.phone and user.phone_verified_at),
        "",
        "own_phone.ask",
        _("Vérifier mon téléphone"),
    )


def _carrier(settings: Settings) -> Point:
    """Without an account no process starts; what may still lack is an address where receipts arrive."""
    simulated = settings.carrier_is_simulator
    return Point(
        "carrier",
        _("Le compte chez l'opérateur"),
        _("Il envoie les SMS et dit lesquels sont arrivés. Vous n'avez rien à faire, sinon le demander."),
        KEEPER,
        simulated or not is_loopback(settings.public_url),
        _("Démonstration : le simulateur en tient lieu, aucun vrai SMS ne part.") if simulated else "",
    )


def _since(ticked: RealTick | None) -> str:
    if ticked is None:
        return ""
    return _("depuis le %(day)s, dit %(name)s", day=show_date(ticked.done_on), name=ticked.ticked_by)


def _hour(day: date, hour: time) -> str:
    return show_time(datetime.combine(day, hour, PARIS), PARIS)
