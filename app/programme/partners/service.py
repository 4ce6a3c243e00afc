"""Partners: which there are, made, changed, and attached to trainings, tools and resources."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import activity, associations
from app.accounts.principal import Principal
from app.database.engine import insert_missing
from app.database.ids import PartnerId, SpaceId
from app.errors import NotFound, RuleBroken
from app.french.folding import without_accents
from app.french.language import _
from app.programme.partners import acts, rules
from app.programme.partners.models import Kind, Partner, PartnerTie, Subject
from app.programme.partners.rules import Terms


def everyone(session: Session) -> Sequence[Partner]:
    """Every partner, those that left among them, by name."""
    return _by_name(session.scalars(select(Partner)).all())


def by_kind(session: Session, *, today: date) -> tuple[Mapping[Kind, Sequence[Partner]], Sequence[Partner]]:
    """Those of today by what they bring, and those that left."""
    known = everyone(session)
    gone = [one for one in known if has_left(one, today=today)]
    here = {kind: [one for one in known if one.kind is kind and one not in gone] for kind in Kind}
    return {kind: some for kind, some in here.items() if some}, gone


def has_left(partner: Partner, *, today: date) -> bool:
    """Whether its last day is past."""
    return partner.until is not None and partner.until < today


def get(session: Session, partner_id: PartnerId, *, lock: bool = False) -> Partner:
    """One partner. Raises NotFound."""
    query = select(Partner).where(Partner.id == partner_id)
    partner = session.scalar(query.with_for_update() if lock else query)
    if partner is None:
        raise NotFound("partner_unknown", _("Ce partenaire n'existe pas."))
    return partner


def of_subject(session: Session, subject: Subject, subject_id: int) -> Sequence[Partner]:
    """Who takes part in one thing, by name; those that left since too, for they did."""
    return of_subjects(session, subject, [subject_id]).get(subject_id, [])


def of_subjects(session: Session, subject: Subject, subject_ids: Collection[int]) -> Mapping[int, Sequence[Partner]]:
    """{thing: its partners by name} of these things of one kind; a thing without any is left out."""
    rows = session.execute(
        select(PartnerTie.subject_id, Partner)
        .join(Partner, Partner.id == PartnerTie.partner_id)
        .where(PartnerTie.subject == subject, PartnerTie.subject_id.in_(subject_ids))
    )
    found: dict[int, list[Partner]] = {}
    for subject_id, partner in rows:
        found.setdefault(subject_id, []).append(partner)
    return {subject_id: _by_name(some) for subject_id, some in found.items()}


def every_tie(session: Session) -> Sequence[PartnerTie]:
    """What all of them take part in."""
    return session.scalars(select(PartnerTie)).all()


def ties_of(session: Session, partner_id: PartnerId) -> Sequence[PartnerTie]:
    """What a partner takes part in, by kind."""
    query = select(PartnerTie).where(PartnerTie.partner_id == partner_id)
    return session.scalars(query.order_by(PartnerTie.subject, PartnerTie.subject_id)).all()


def make(session: Session, terms: Terms, *, space_id: SpaceId | None, by: Principal, now: datetime) -> Partner:
    """A partner attached to nothing. ``space_id`` is the programme's own space, whose journal tells it.

    Raises RuleBroken.
    """
    terms = rules.check(terms)
    row = {**vars(terms), "folded": associations.fold(terms.name), "created_at": now, "updated_at": now}
    made = insert_missing(session, Partner, [row], unique=[Partner.folded], returning=Partner.id)
    if not made:
        raise _same_name(terms.name)
    partner = session.get_one(Partner, made[0])
    activity.record(session, space_id, acts.MADE, by=by, now=now, subject_id=partner.id, note=partner.name)
    return partner


def change(
    session: Session, partner_id: PartnerId, terms: Terms, *, space_id: SpaceId | None, by: Principal, now: datetime
) -> Partner:
    """Other words, another kind, a last day. Raises NotFound or RuleBroken."""
    terms = rules.check(terms)
    partner = get(session, partner_id, lock=True)
    folded = associations.fold(terms.name)
    if session.scalar(select(Partner.id).where(Partner.folded == folded, Partner.id != partner.id)) is not None:
        raise _same_name(terms.name)
    wanted = {**vars(terms), "folded": folded}
    if any(getattr(partner, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(partner, name, value)
        partner.updated_at = now
        activity.record(session, space_id, acts.CHANGED, by=by, now=now, subject_id=partner.id, note=partner.name)
    return partner


def set_of(
    session: Session,
    subject: Subject,
    subject_id: int,
    partner_ids: Collection[PartnerId],
    *,
    space_id: SpaceId | None,
    by: Principal,
    now: datetime,
) -> None:
    """Attach these partners to one thing, and no others; an id that is nobody's is left out."""
    known = set(session.scalars(select(Partner.id).where(Partner.id.in_(partner_ids))))
    held = {one.id for one in of_subject(session, subject, subject_id)}
    if known == held:
        return
    gone = delete(PartnerTie).where(PartnerTie.subject == subject, PartnerTie.subject_id == subject_id)
    session.execute(gone.where(PartnerTie.partner_id.not_in(known)))
    rows = [
        {"partner_id": one, "subject": subject, "subject_id": subject_id, "created_at": now}
        for one in sorted(known - held)
    ]
    unique = [PartnerTie.partner_id, PartnerTie.subject, PartnerTie.subject_id]
    insert_missing(session, PartnerTie, rows, unique=unique, returning=PartnerTie.id)
    activity.record(
        session, space_id, acts.TIED, by=by, now=now, subject_id=subject_id, about=subject.value, partners=len(known)
    )


def _by_name(some: Collection[Partner]) -> Sequence[Partner]:
    return sorted(some, key=lambda one: (without_accents(one.name.lower()), one.id))


def _same_name(name: str) -> RuleBroken:
    sentence = _("« %(name)s » est déjà parmi les partenaires.", name=name)
    return RuleBroken("partner_twice", sentence, fields={"name": sentence})
