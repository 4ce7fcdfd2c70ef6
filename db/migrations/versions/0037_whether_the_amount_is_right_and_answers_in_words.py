"""whether the amount is right, and answers in words"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "amounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("says", sa.String(length=16), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_amounts_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_amounts_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amounts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("amounts", schema=None) as batch_op:
        batch_op.create_index("ix_amounts_asked", ["asked_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_amounts_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_amounts_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            "ix_amounts_said",
            ["network_id", "answered_at", "id"],
            unique=False,
            sqlite_where=sa.text("says IS NOT NULL"),
            postgresql_where=sa.text("says IS NOT NULL"),
        )

    op.create_table(
        "check_in_words",
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_ins.id"], name=op.f("fk_check_in_words_check_in_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_in_id", "question", name=op.f("pk_check_in_words")),
    )
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_words", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_words", sa.JSON(none_as_null=True), nullable=True))
