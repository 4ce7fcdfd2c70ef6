"""Whom somebody does not want to meet, how often somebody did something, and what deleting looks for"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STRANGER = "consent_at IS NULL"
REASON = "ended_because IS NOT NULL"
INDEXES = (
    ("conversations", "asked_at"),
    ("invitations", "made_by_id"),
    ("journal", "by_id"),
    ("journal", "about_id"),
)


def upgrade() -> None:
    op.drop_table("exclusions")  # nothing has written into it so far
    op.create_table(
        "exclusions",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["people.id"], name=op.f("fk_exclusions_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_exclusions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "other_id", "named", name=op.f("pk_exclusions")),
    )
    op.create_index("ix_exclusions_other_id", "exclusions", ["other_id"])
    op.create_table(
        "tallies",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_tallies_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "what", name=op.f("pk_tallies")),
    )
    op.create_index("ix_tallies_since", "tallies", ["since"])
    op.add_column("identities", sa.Column("told_at", sa.DateTime(), nullable=True))
    op.add_column("relays", sa.Column("asker_words_at", sa.DateTime(), nullable=True))
    op.add_column("relays", sa.Column("helper_words_at", sa.DateTime(), nullable=True))
    op.add_column("relays", sa.Column("ended_by", sa.String(16), nullable=True))
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    where = sa.text(STRANGER)
    op.create_index(
        "ix_people_strangers", "people", ["created_at"], sqlite_where=where, postgresql_where=where
    )
    where = sa.text(REASON)
    op.create_index("ix_members_reasons", "members", ["ended_at"], sqlite_where=where, postgresql_where=where)
