"""What people allow and refuse. An opt-out is by phone and survives the contact; the ledger is never changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.consent import acts, ledger, refusals
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry, OptOut
from app.contacts.pairs import recognising
from app.database.functions import among
from app.database.ids import ContactId, SpaceId, id_of
from app.hooks import emitting
from app.hooks.events import Kind

OPTED_OUT = "opted_out"
ONLY_MISSIONS = "only_missions"
NO_CONSENT = "no_consent"
find, latest_objection, said_since = refusals.find, ledger.latest_objection, ledger.said_since


def blocked(session: Session, space_id: SpaceId, family: Family, fingerprints: Collection[str]) -> dict[str, str]:
    """Which of these phones must not get a text of ``family``, and why: {fingerprint: reason}."""
    reasons: dict[str, str] = {}
    if family is Family.COMMERCIAL:
        agreed = consenting(session, space_id, fingerprints)
        reasons = {phone: NO_CONSENT for phone in fingerprints if phone not in agreed}
    return reasons | refusing(session, space_id, family, fingerprints)


def refusing(session: Session, space_id: SpaceId, family: Family, fingerprints: Collection[str]) -> dict[str, str]:
    """Which of these phones refuse a text of ``family``, whatever they agreed to, and why: {fingerprint: reason}."""
    reasons: dict[str, str] = {}
    for phone, only_missions in session.execute(
        select(OptOut.fingerprint, OptOut.only_missions).where(
            OptOut.space_id == space_id, among(OptOut.fingerprint, fingerprints)
        )
    ):
        if not only_missions:
            reasons[phone] = OPTED_OUT
        elif family is not Family.SERVICE:
            reasons[phone] = ONLY_MISSIONS
    return reasons


def widened(session: Session, space_id: SpaceId) -> int:
    """How many times so far somebody of the space has become reachable for a text that did not reach them before."""
    entries = select(func.count()).where(
        ConsentEntry.space_id == space_id, ConsentEntry.act.in_((Act.GIVEN, Act.RESTORED))
    )
    return session.scalar(entries) or 0


def opted_out(session: Session, space_id: SpaceId, fingerprints: Collection[str]) -> set[str]:
    """Which of these phones want no SMS of any family."""
    return set(
        session.scalars(
            select(OptOut.fingerprint).where(
                OptOut.space_id == space_id, among(OptOut.fingerprint, fingerprints), OptOut.only_missions.is_(False)
            )
        )
    )


def opt_outs(session: Session, space_id: SpaceId, fingerprints: Collection[str]) -> Sequence[OptOut]:
    """The opt-outs in force among these phones."""
    return session.scalars(
        select(OptOut).where(OptOut.space_id == space_id, OptOut.fingerprint.in_(fingerprints))
    ).all()


def object_to(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    *,
    channel: Channel,
    by: Principal,
    now: datetime,
    contact_id: ContactId | None = None,
    wording: str = "",
    only_missions: bool = False,
) -> None:
    """No more SMS to this phone, or service texts only. Said twice, it is written in the ledger twice and holds.

    Whoever has another phone by now, their card merged into another's or their number changed, says so of that too.
    """
    milder = refusals.say(session, space_id, fingerprint, only_missions=only_missions, channel=channel, now=now)
    _write_objection(session, space_id, fingerprint, contact_id, channel, wording, by, now, only_missions)
    for phone in milder:
        _write_elsewhere(session, space_id, phone, Act.OBJECTED, channel, wording, by, now)
    refused = refusals.find(session, space_id, fingerprint)
    for one in recognising.known_elsewhere(session, space_id, fingerprint, contact_id) if refused else ():
        refuse_too(session, refused, one.fingerprint, contact_id=one.id, by=by, now=now)


def refuse_too(
    session: Session, refused: OptOut | None, fingerprint: str, *, contact_id: ContactId, by: Principal, now: datetime
) -> bool:
    """A phone refuses what another of the same person does, in the same words; whether it did not already."""
    if refused is None or not refusals.copy(session, refused, fingerprint, now=now):
        return False
    said = latest_objection(session, refused.space_id, refused.fingerprint)
    words = ledger.elsewhere(said.wording if said else "")
    channel = said.channel if said else refused.channel
    _write_objection(session, refused.space_id, fingerprint, contact_id, channel, words, by, now, refused.only_missions)
    return True


def _write_objection(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    contact_id: ContactId | None,
    channel: Channel,
    wording: str,
    by: Principal,
    now: datetime,
    only_missions: bool,
) -> None:
    ledger.write(session, space_id, fingerprint, Act.OBJECTED, contact_id, channel, wording, by, now)
    activity.record(session, space_id, acts.OPTED_OUT, by=by, now=now, subject_id=contact_id, channel=channel.value)
    emitting.emit(
        session, space_id, Kind.CONTACT_OPTED_OUT,
        now=now, contact_id=contact_id, channel=channel.value, only_missions=only_missions, at=now.isoformat(),
    )  # fmt: skip


def _write_elsewhere(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    act: Act,
    channel: Channel,
    wording: str,
    by: Principal,
    now: datetime,
) -> None:
    """What another number said of a copy of its refusal, for whom the copy was made."""
    copied = latest_objection(session, space_id, fingerprint)
    who = copied.contact_id if copied else None
    ledger.write(session, space_id, fingerprint, act, who, channel, ledger.elsewhere(wording), by, now)


def object_by_file(
    session: Session,
    space_id: SpaceId,
    people: Mapping[str, int | None],
    *,
    wording: str,
    by: Principal,
    now: datetime,
    only_missions: bool = False,
) -> None:
    """What an imported file says of phones that want no SMS: {fingerprint: contact id, if there is one}.

    ``only_missions`` widens no refusal known, and is written once.
    """
    said = {one.fingerprint for one in opt_outs(session, space_id, people)} if only_missions else set[str]()
    for fingerprint, contact_id in people.items():
        if fingerprint not in said:
            object_to(
                session, space_id, fingerprint, channel=Channel.IMPORT, by=by, now=now,
                contact_id=id_of(ContactId, contact_id), wording=wording, only_missions=only_missions,
            )  # fmt: skip


def restore(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    *,
    channel: Channel,
    by: Principal,
    now: datetime,
    contact_id: ContactId | None = None,
    wording: str = "",
) -> None:
    """« C'était une erreur »: the phone is reachable again, because its owner said so, and those that copied it."""
    _phone, *copies = refusals.lift(session, space_id, fingerprint)
    ledger.write(session, space_id, fingerprint, Act.RESTORED, contact_id, channel, wording, by, now)
    for phone in copies:
        _write_elsewhere(session, space_id, phone, Act.RESTORED, channel, wording, by, now)
    activity.record(session, space_id, acts.RESTORED, by=by, now=now, subject_id=contact_id, channel=channel.value)


def give_up(
    session: Session, copied: OptOut, *, wording: str, contact_id: ContactId, by: Principal, now: datetime
) -> None:
    """A contact's phone that copied the refusal of another turned out not to be the same person's."""
    space_id, channel = copied.space_id, Channel.FORM
    phone, *copies = refusals.give_up(session, copied)
    ledger.write(session, space_id, phone, Act.RESTORED, contact_id, channel, wording, by, now)
    for one in copies:
        _write_elsewhere(session, space_id, one, Act.RESTORED, channel, wording, by, now)
    activity.record(session, space_id, acts.RESTORED, by=by, now=now, subject_id=contact_id, channel=channel.value)


def agree(
    session: Session,
    space_id: SpaceId,
    fingerprint: str,
    *,
    family: Family,
    given: bool,
    channel: Channel,
    wording: str,
    by: Principal,
    now: datetime,
    contact_id: ContactId | None = None,
    evidence: str = "",
) -> None:
    """Write that the person gave, or took back, their consent to a family of texts."""
    act = Act.GIVEN if given else Act.WITHDRAWN
    ledger.write(session, space_id, fingerprint, act, contact_id, channel, wording, by, now, family, evidence)
    activity.record(
        session,
        space_id,
        acts.CONSENT_GIVEN if given else acts.CONSENT_WITHDRAWN,
        by=by,
        now=now,
        subject_id=contact_id,
        family=family.value,
    )


def consenting(session: Session, space_id: SpaceId, fingerprints: Collection[str]) -> set[str]:
    """Which of these phones agreed to be told of sales, as last said."""
    latest = ledger.acts_of_sales(session, space_id, fingerprints)
    return {phone for phone, act in latest.items() if act is Act.GIVEN}
