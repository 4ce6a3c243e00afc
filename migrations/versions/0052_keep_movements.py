"""How each axis of a diagnostic moved from the start to the end, kept with the end: summed once, not at each reading.

An older release that settles or reopens an end meanwhile writes none: its axes wait until it is settled again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

SUMS = """
SELECT
    ending.id,
    own.axis,
    SUM(CASE WHEN now_said.value IS NOT NULL THEN then_said.value * own.weight END),
    SUM(now_said.value * own.weight),
    SUM(CASE WHEN now_said.value IS NOT NULL THEN own.weight END),
    COUNT(now_said.value),
    COUNT(*)
FROM diagnostics AS ending
JOIN diagnostics AS beginning
    ON beginning.association_id = ending.association_id
    AND beginning.cohort_id = ending.cohort_id
    AND beginning.moment = 'T0'
    AND beginning.agreed_at IS NOT NULL
JOIN questions AS own ON own.questionnaire_id = ending.questionnaire_id
LEFT JOIN questions AS former
    ON former.questionnaire_id = beginning.questionnaire_id
    AND former.key = own.key
    AND former.words = own.words
LEFT JOIN diagnostic_agreed AS then_said
    ON then_said.diagnostic_id = beginning.id
    AND then_said.key = former.key
    AND then_said.value IS NOT NULL
LEFT JOIN diagnostic_agreed AS now_said
    ON now_said.diagnostic_id = ending.id
    AND now_said.key = then_said.key
WHERE ending.moment = 'T1' AND ending.agreed_at IS NOT NULL
GROUP BY ending.id, own.axis
ORDER BY ending.id
"""
"""By end and axis: what the questions answered both times weigh, then, now and in all; how many, of how many."""
FEWEST = 3
"""Under so many questions an axis has no score."""


def upgrade() -> None:
    made = op.create_table(
        "diagnostic_movements",
        sa.Column("diagnostic_id", sa.Integer(), nullable=False),
        sa.Column("axes", sa.JSON(), nullable=False),
        sa.Column("compared", sa.SmallInteger(), nullable=False),
        sa.Column("asked", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["diagnostic_id"], ["diagnostics.id"], name="fk_diagnostic_movements_diagnostic_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("diagnostic_id", name="pk_diagnostic_movements"),
    )
    rows: dict[int, dict[str, Any]] = {}
    for one, axis, then, now, weight, compared, asked in op.get_bind().execute(sa.text(SUMS)):
        row = rows.setdefault(one, {"diagnostic_id": one, "axes": {}, "compared": 0, "asked": 0})
        row["compared"] += compared
        row["asked"] += asked
        if compared >= FEWEST:
            row["axes"][axis] = [_score(then, weight), _score(now, weight)]
    if rows:
        op.bulk_insert(made, list(rows.values()))


def _score(reached: int, weight: int) -> int:
    """Of 100, half rounded up; an answer is 3 at most."""
    return int((200 * reached + 3 * weight) // (6 * weight))


def downgrade() -> None:
    op.drop_table("diagnostic_movements")
