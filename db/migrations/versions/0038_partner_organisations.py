"""partner organisations"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    again = {"sqlite_autoincrement": True}  # SQLite makes the tables anew, and their numbers stay unused
    op.create_table(
        "partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("shows_progress", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("year_from", sa.DateTime(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("network_says", sa.String(length=16), nullable=True),
        sa.Column("partner_says", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_partners_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.create_index("ix_partners_folded", ["network_id", "folded"], unique=False)

    with op.batch_alter_table("cohorts", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("partner_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_cohorts_partner_id",
            ["partner_id", "id"],
            unique=False,
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_cohorts_partner_id"), "partners", ["partner_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("invitations", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("partner_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_invitations_partner_id",
            ["partner_id"],
            unique=False,
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invitations_partner_id"), "partners", ["partner_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("members", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("speaks_for_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_members_speaks_for",
            ["speaks_for_id"],
            unique=False,
            sqlite_where=sa.text("speaks_for_id IS NOT NULL"),
            postgresql_where=sa.text("speaks_for_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_members_speaks_for_id"), "partners", ["speaks_for_id"], ["id"], ondelete="SET NULL"
        )
