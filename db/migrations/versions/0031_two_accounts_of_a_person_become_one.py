"""two accounts of a person become one"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("moved", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changed", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_id"], ["people.id"], name=op.f("fk_merges_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_merges_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("other_id", name=op.f("uq_merges_other_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index("ix_merges_at", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_person_id"), ["person_id"], unique=False)

    op.create_table(
        "link_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("typed_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_link_codes_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["typed_by_id"], ["identities.id"], name=op.f("fk_link_codes_typed_by_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_link_codes_code_hash")),
        sa.UniqueConstraint("person_id", name=op.f("uq_link_codes_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_codes_typed_by_id"), ["typed_by_id"], unique=False)

    op.add_column("people", sa.Column("preferred", sa.Text(), nullable=True))
