"""Associations answer a diagnostic at the start and at the end, and say which tools they use."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _questionnaires()
    _diagnostics()
    _answers()
    op.create_table(
        "inventory_tools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(240), nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("yearly_micros", sa.BigInteger(), nullable=True),
        sa.Column("licence", sa.String(24), nullable=False),
        sa.Column("hosting", sa.String(24), nullable=False),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name="fk_inventory_tools_association_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inventory_tools"),
        sa.UniqueConstraint("association_id", "folded", name="uq_inventory_tools_association_id_folded"),
    )


def _questionnaires() -> None:
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_questionnaires"),
        sa.UniqueConstraint("number", name="uq_questionnaires_number"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(8), nullable=False),
        sa.Column("axis", sa.String(24), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("short", sa.String(120), nullable=False),
        sa.Column("help", sa.String(300), nullable=False),
        sa.Column("whom", sa.String(120), nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaires.id"], name="fk_questions_questionnaire_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.UniqueConstraint("questionnaire_id", "key", name="uq_questions_questionnaire_id_key"),
    )


def _diagnostics() -> None:
    op.create_table(
        "diagnostics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(24), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.String(80), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name="fk_diagnostics_association_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_diagnostics_cohort_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"], name="fk_diagnostics_questionnaire_id"),
        sa.ForeignKeyConstraint(["former_id"], ["questionnaires.id"], name="fk_diagnostics_former_id"),
        sa.PrimaryKeyConstraint("id", name="pk_diagnostics"),
        sa.UniqueConstraint(
            "association_id", "cohort_id", "moment", name="uq_diagnostics_association_id_cohort_id_moment"
        ),
    )
    for column in ("cohort_id", "questionnaire_id", "former_id"):
        op.create_index(f"ix_diagnostics_{column}", "diagnostics", [column])
    op.create_table(
        "diagnostic_respondents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diagnostic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(240), nullable=False),
        sa.Column("function", sa.String(24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=True),
        sa.Column("texted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["diagnostic_id"], ["diagnostics.id"], name="fk_diagnostic_respondents_diagnostic_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["association_people.id"], name="fk_diagnostic_respondents_person_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_diagnostic_respondents"),
        sa.UniqueConstraint("diagnostic_id", "folded", name="uq_diagnostic_respondents_diagnostic_id_folded"),
        sa.UniqueConstraint("token_digest", name="uq_diagnostic_respondents_token_digest"),
    )
    op.create_index("ix_diagnostic_respondents_person_id", "diagnostic_respondents", ["person_id"])


def _answers() -> None:
    for name, of, table, words in (
        ("diagnostic_answers", "respondent_id", "diagnostic_respondents", ()),
        (
            "diagnostic_agreed",
            "diagnostic_id",
            "diagnostics",
            (sa.Column("written_by", sa.String(80), nullable=False),),
        ),
    ):
        op.create_table(
            name,
            sa.Column(of, sa.Integer(), nullable=False),
            sa.Column("key", sa.String(8), nullable=False),
            sa.Column("value", sa.SmallInteger(), nullable=True),
            sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
            *words,
            sa.ForeignKeyConstraint([of], [f"{table}.id"], name=f"fk_{name}_{of}", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint(of, "key", name=f"pk_{name}"),
        )
    op.create_table(
        "diagnostic_mendings",
        sa.Column("diagnostic_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(8), nullable=False),
        sa.Column("how", sa.String(300), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["diagnostic_id"], ["diagnostics.id"], name="fk_diagnostic_mendings_diagnostic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("diagnostic_id", "key", name="pk_diagnostic_mendings"),
    )


def downgrade() -> None:
    for name in (
        "inventory_tools", "diagnostic_mendings", "diagnostic_agreed", "diagnostic_answers", "diagnostic_respondents",
        "diagnostics", "questions", "questionnaires",
    ):  # fmt: skip
        op.drop_table(name)
