"""roles pass on"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    again = {"sqlite_autoincrement": True}  # SQLite makes the table anew, and its numbers stay unused
    op.create_table(
        "handover_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("writer_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("opened_for_id", sa.Integer(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_handover_notes_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opened_for_id"],
            ["people.id"],
            name=op.f("fk_handover_notes_opened_for_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["people.id"], name=op.f("fk_handover_notes_writer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_notes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handover_notes", schema=None) as batch_op:
        batch_op.create_index("ix_handover_notes_network_id_at", ["network_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_notes_opened_for_id"), ["opened_for_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_notes_writer_id"), ["writer_id"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("stayed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["members.id"], name=op.f("fk_handovers_giver_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_handovers_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["members.id"], name=op.f("fk_handovers_taker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(
            "ix_handovers_network_id_offered_at", ["network_id", "offered_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_handovers_offered_at"), ["offered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_taker_id"), ["taker_id"], unique=False)

    with op.batch_alter_table("members", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("role_until", sa.DateTime(), nullable=True))
        batch_op.create_index(
            "ix_members_role_until",
            ["role_until"],
            unique=False,
            sqlite_where=sa.text("role_until IS NOT NULL"),
            postgresql_where=sa.text("role_until IS NOT NULL"),
        )
