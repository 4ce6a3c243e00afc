"""Migrations over rows: what an older release wrote is found where this one looks for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Insert, MetaData, Table, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Activity, ApiKey, Association
from app.campaigns.models import Campaign
from app.contacts.history_models import ContactActivity
from app.contacts.models import ContactList, Tag
from app.database import migrations
from app.database.engine import Database
from app.programme.diagnostic.models import DiagnosticMovement
from app.workshops.models import RealStart, Scenario, Workshop
from app.workshops.path import scenarios
from tests.factories import NOON
from tests.test_migrations import bare

__all__ = ["bare"]


class Older:
    """Writes rows as the release at this revision did; what a row does not say is 0, empty or noon."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tables = MetaData()

    def add(self, name: str, /, **words: Any) -> int:
        """Its id."""
        table, row = self._row(name, words)
        return int(self.session.scalar(row.returning(table.c.id)) or 0)

    def put(self, name: str, /, **words: Any) -> None:
        """Of a table whose rows have no id."""
        self.session.execute(self._row(name, words)[1])

    def _row(self, name: str, words: dict[str, Any]) -> tuple[Table, Insert]:
        table = Table(name, self.tables, autoload_with=self.session.connection(), resolve_fks=False)
        values = {
            column.name: self._blank(column.type.python_type)
            for column in table.columns
            if not (column.nullable or column.primary_key or column.server_default)
        }
        return table, insert(table).values({**values, **words})

    @staticmethod
    def _blank(kind: type) -> object:
        if kind in (datetime, date):
            return NOON if kind is datetime else NOON.date()
        return {} if kind in (dict, object) else kind()  # a JSON column


def plan(older: Older, association: str, space_id: int | None = None) -> int:
    event = older.add("events", space_id=1, state="planned")
    return older.add(
        "workshops",
        space_id=1,
        event_id=event,
        scenario_id=1,
        kind="mass_sms",
        association=association,
        association_space_id=space_id,
    )


def test_associations_are_named_and_the_trails_states_kept(bare: Database) -> None:
    migrations.upgrade(bare, "0004")
    with bare.transaction() as session:
        older = Older(session)
        spaces = [older.add("spaces", slug=f"s{n}", mode="live", rate_per_s=1) for n in range(3)]
        user = older.add("users", email="odile@exemple.fr", name="Odile")
        older.add("scenarios", title="x", kind="mass_sms", steps=[])
        workshops = [
            plan(older, "Les Amis"),
            plan(older, "les  AMIS ", spaces[1]),
            plan(older, "Amis du Quai", spaces[1]),
            plan(older, "Canal", spaces[2]),
        ]
        keys = [older.add("api_keys", space_id=1, role="referente", digest=str(n)) for n in range(2)]
        for verb, words in (
            ("key.made", {"subject_id": keys[0], "principal": "user", "principal_id": user}),
            ("workshop.weather_changed", {"subject_id": workshops[0], "detail": {"weather": "storm"}}),
            ("workshop.weather_changed", {"subject_id": workshops[1], "detail": {"weather": "limit"}}),
            ("workshop.reset", {"subject_id": workshops[1]}),
            ("workshop.phone_reached", {"subject_id": workshops[0], "principal": "job", "principal_name": "phone"}),
            ("workshop.phone_reached", {"subject_id": workshops[0], "principal": "job", "principal_name": "phone"}),
            ("real.first_sms", {"space_id": spaces[1], "subject_id": 77}),
        ):
            older.add("activities", **{"space_id": 1, "verb": verb, "subject": verb.partition(".")[0], **words})
    migrations.upgrade(bare)
    with bare.snapshot() as session:
        rows = session.scalars(select(Workshop).order_by(Workshop.id)).all()
        known = session.scalars(select(Association).order_by(Association.id)).all()
        assert [(one.name, one.folded, one.space_id) for one in known] == [
            ("Les Amis", "les amis", spaces[1]),
            ("Canal", "canal", spaces[2]),
        ]
        assert [row.association_id for row in rows] == [known[0].id] * 3 + [known[1].id]
        assert [(row.weather, row.phones_reached) for row in rows] == [("storm", 2), ("", 0), ("", 0), ("", 0)]
        assert [row.phone_reached_at for row in rows] == [NOON, None, None, None]
        assert session.scalars(select(ApiKey.made_by_id).order_by(ApiKey.id)).all() == [user, None]
        start = session.scalars(select(RealStart)).one()
        assert (start.space_id, start.message_id, start.started_at) == (spaces[1], None, NOON)
        names = session.scalars(select(Activity.principal_name).where(Activity.principal == "job")).all()
        assert set(names) == {"Un téléphone de la salle"}
    with bare.transaction() as session:
        later = plan(Older(session), "Les Amis")
    with bare.snapshot() as session:
        assert session.get_one(Workshop, later).association_id is None, "the previous release plans on"


def test_the_houses_scenario_is_found_again_and_no_other_takes_its_place(bare: Database) -> None:
    migrations.upgrade(bare, "0004")
    with bare.transaction() as session:
        older = Older(session)
        user = older.add("users", email="odile@exemple.fr", name="Odile")
        older.add("scenarios", title="À moi", kind="mass_sms", owner_id=user, steps=[])
        house = [older.add("scenarios", title=title, kind="mass_sms", steps=[]) for title in ("Première", "Seconde")]
    migrations.upgrade(bare)
    with bare.transaction() as session:
        assert scenarios.house(session, now=NOON).id == house[0]
        Older(session).add("scenarios", title="D'avant", kind="mass_sms", steps=[])
    with bare.snapshot() as session:
        assert len(session.scalars(select(Scenario.house_kind).where(Scenario.house_kind.is_not(None))).all()) == 1


def test_twins_among_lists_and_tags_stay_and_the_oldest_has_their_key(bare: Database) -> None:
    migrations.upgrade(bare, "0010")
    names = ["Bénévoles", "be\u0301ne\u0301voles", "BÉNÉVOLES", "Conducteurs"]
    keys = ["bénévoles", None, None, "conducteurs"]
    with bare.transaction() as session:
        older = Older(session)
        space = older.add("spaces", slug="s", mode="live", rate_per_s=1)
        for table in ("lists", "tags"):
            for name in names:
                older.add(table, space_id=space, name=name)
    migrations.upgrade(bare)
    with bare.snapshot() as session:
        for table in (ContactList, Tag):
            kept = session.execute(select(table.name, table.folded).order_by(table.id)).all()
            assert [tuple(row) for row in kept] == list(zip(names, keys, strict=True))


def test_a_blank_draft_is_its_maker_s(bare: Database) -> None:
    migrations.upgrade(bare, "0010")
    with bare.transaction() as session:
        older = Older(session)
        space = older.add("spaces", slug="s", mode="live", rate_per_s=1)
        drafts = [older.add("campaigns", space_id=space, family="charitable", stage="draft") for _ in range(2)]
        older.add(
            "activities", space_id=space, verb="campaign.drafted", subject="campaign", subject_id=drafts[0],
            principal="user", principal_id=12,
        )  # fmt: skip
    migrations.upgrade(bare)
    with bare.snapshot() as session:
        assert session.scalars(select(Campaign.maker).order_by(Campaign.id)).all() == ["user:12", ""]


def test_other_columns_of_spreadsheets_become_fields_and_go_back(bare: Database) -> None:
    """0017: {column: value} as JSON so far."""
    migrations.upgrade(bare, "0016")
    with bare.transaction() as session:
        older = Older(session)
        spaces = [older.add("spaces", slug=slug) for slug in "ab"]
        said: list[dict[str, Any]] = [{"Taille": "Éxtra", "Œuvre": " x  y "}, {"taille": "L", "Vide": ""}, {}]
        for at in range(4):
            custom = said[at] if at < 3 else {"Taille": "M"}
            older.add("contacts", space_id=spaces[at == 3], phone=f"+3363998000{at}", custom=custom)
    migrations.upgrade(bare, "0017")
    new = MetaData()
    new.reflect(bare.engine)
    fields, values, contacts = (new.tables[name] for name in ("contact_fields", "contact_values", "contacts"))
    with bare.snapshot() as session:
        query = select(fields.c.space_id, fields.c.name, values.c.contact_id, values.c.text_key, values.c.text)
        query = query.join(values, values.c.field_id == fields.c.id).order_by(values.c.contact_id, fields.c.name)
        assert [tuple(row) for row in session.execute(query)] == [
            (spaces[0], "oeuvre", 1, "x y", "x y"),
            (spaces[0], "taille", 1, "extra", "Éxtra"),
            (spaces[0], "taille", 2, "l", "L"),
            (spaces[1], "taille", 4, "m", "M"),
        ]
        assert session.scalars(select(contacts.c.custom)).all() == [{}] * 4
    migrations.downgrade(bare, "0016")
    with bare.snapshot() as session:
        query = select(contacts.c.custom).order_by(contacts.c.id)
        assert session.scalars(query).all() == [
            {"Taille": "Éxtra", "Œuvre": "x y"},
            {"Taille": "L"},
            {},
            {"Taille": "M"},
        ]


def test_history_begins_with_what_was_written_before(bare: Database) -> None:
    migrations.upgrade(bare, "0022")
    with bare.transaction() as session:
        older = Older(session)
        space = older.add("spaces", slug="s", mode="live", rate_per_s=1, zone="Indian/Reunion")
        for name in ("texted", "came", "nothing"):
            older.add("contacts", space_id=space, phone=name, name_key=name, custom={})
        mailing = older.add("mailings", space_id=space, gate="open")
        for at, (status, sid, reason) in enumerate(
            (("failed", None, ""), ("undelivered", "SM1", ""), ("failed", None, "never_left"), ("queued", None, ""))
        ):
            words = {"mailing_id": mailing, "phone": str(at), "public_id": str(at), "space_id": space, "contact_id": 1}
            claimed_at = NOON + at * timedelta(hours=1)
            older.add("messages", status=status, carrier_sid=sid, reason=reason, claimed_at=claimed_at, **words)
        older.add("replies", space_id=space, contact_id=1, carrier_sid="1", raw={}, at=NOON)
        for day, attended in ((20, True), (21, True), (22, False)):
            event = older.add("events", space_id=space, starts_at=datetime(2026, 3, day, 21, tzinfo=UTC))
            words = {"event_id": event, "contact_id": 2, "answered_at": NOON + day * timedelta(hours=1)}
            older.add("registrations", space_id=space, attended=attended, **words)
    migrations.upgrade(bare)
    with bare.snapshot() as session:
        texted, came = session.scalars(select(ContactActivity).order_by(ContactActivity.contact_id)).all()
        assert (texted.last_contacted_at, texted.undelivered_count) == (NOON + timedelta(hours=1), 2)
        assert (texted.last_answered_at, texted.times_came, texted.last_came_on) == (NOON, 0, None)
        assert (came.last_answered_at, came.last_contacted_at) == (NOON + timedelta(hours=22), None)
        assert (came.times_came, came.last_came_on) == (2, date(2026, 3, 22)), "past midnight where it was held"


def test_movements_are_summed_of_what_was_settled_before(bare: Database) -> None:
    """0052, where the end words R4 otherwise, nobody knew R5 there, and F has two questions alone."""
    migrations.upgrade(bare, "0051")
    with bare.transaction() as session:
        older = Older(session)
        versions = [older.add("questionnaires", number=number) for number in (1, 2)]
        for version in versions:
            for at, key in enumerate(("R1", "R2", "R3", "R4", "R5", "F1", "F2"), 1):
                words = {"words": f"{key} {version if key == 'R4' else ''}", "weight": at, "position": at}
                older.add("questions", questionnaire_id=version, key=key, axis=key[0], **words)
        cohort = older.add("cohorts", name="2026", folded="2026")
        known = [older.add("associations", name=name, folded=name) for name in "abc"]
        ids = [
            older.add(
                "diagnostics", association_id=one, cohort_id=cohort, moment=moment, questionnaire_id=version,
                agreed_at=settled,
            )
            for one, instants in zip(known, ((NOON, NOON), (None, NOON), (NOON, None)), strict=True)
            for moment, version, settled in zip(("T0", "T1"), versions, instants, strict=True)
        ]  # fmt: skip
        for one in ids:
            for key in ("R1", "R2", "R3", "R4", "R5", "F1", "F2"):
                said = 3 if key == "R3" else 1 + (one + 1) % 2
                value = None if key == "R5" and one % 2 == 0 else said
                older.put("diagnostic_agreed", diagnostic_id=one, key=key, value=value)
    migrations.upgrade(bare, "0052")
    with bare.snapshot() as session:
        [kept] = session.scalars(select(DiagnosticMovement)).all()
        assert (kept.diagnostic_id, kept.compared, kept.asked) == (ids[1], 5, 7), "R1 to R3, F1 and F2"
        assert kept.axes == {"R": [67, 83]}, "(1x1 + 1x2 + 3x3) / 18, then (2x1 + 2x2 + 3x3) / 18"
