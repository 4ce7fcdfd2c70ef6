"""networks begin like others"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    again = {"sqlite_autoincrement": True}  # SQLite makes the tables anew, and their numbers stay unused
    op.create_table(
        "copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("taken", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_copies_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["networks.id"], name=op.f("fk_copies_origin_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copies_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_copies_origin_id"), ["origin_id"], unique=False)

    with op.batch_alter_table("networks", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("like_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_networks_like_id",
            ["like_id"],
            unique=False,
            sqlite_where=sa.text("like_id IS NOT NULL"),
            postgresql_where=sa.text("like_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_networks_like_id"), "networks", ["like_id"], ["id"], ondelete="SET NULL"
        )
