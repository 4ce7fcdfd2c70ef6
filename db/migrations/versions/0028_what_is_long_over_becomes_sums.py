"""What is long over becomes sums"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "months",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("within_a_day", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("waits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_months_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "first", name=op.f("pk_months")),
    )
    op.create_table(
        "pasts",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("check_ins", sa.Integer(), nullable=False),
        sa.Column("check_in_answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_pasts_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_pasts")),
    )
    for table, flag in (("help_requests", "counted"), ("rounds", "summed")):
        op.add_column(table, sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("rounds", sa.Column("sums", sa.JSON(none_as_null=True), nullable=True))
    op.create_index("ix_help_requests_closed", "help_requests", ["closed_at"])
    for name, table, columns, sqlite, postgresql in (
        ("ix_help_requests_live", "help_requests", ["network_id", "opened_at"], "counted = 0", "NOT counted"),
        ("ix_help_requests_uncounted", "help_requests", ["closed_at"], "counted = 0", "NOT counted"),
        ("ix_relays_apart", "relays", ["closed_at"], "request_id IS NULL", "request_id IS NULL"),
        ("ix_rounds_unsummed", "rounds", ["id", "day"], "summed = 0", "NOT summed"),
    ):
        op.create_index(
            name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql)
        )
