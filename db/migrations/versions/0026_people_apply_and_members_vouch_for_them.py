"""people apply, and members vouch for them"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("code", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("noes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lets_in_at", sa.DateTime(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_applications_decided_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_applications_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_applications_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_applications_code_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_decided_at", ["decided_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(
            "ix_applications_mine",
            ["person_id", "network_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_applications_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_applications_waiting",
            ["network_id", "opened_at", "id"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "vouches",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_vouches_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_vouches_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("application_id", "member_id", name=op.f("pk_vouches")),
    )
    with op.batch_alter_table("vouches", schema=None) as batch_op:
        batch_op.create_index("ix_vouches_member_id_at", ["member_id", "at"], unique=False)

    op.add_column("networks", sa.Column("questions", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("networks", sa.Column("vouching", sa.Boolean(), server_default=sa.true(), nullable=False))
