"""a course group knows who invited it"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    again = {"sqlite_autoincrement": True}  # SQLite makes the table anew, and its numbers stay unused
    with op.batch_alter_table("cohorts", schema=None, table_kwargs=again) as batch_op:
        batch_op.add_column(sa.Column("made_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_cohorts_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_cohorts_made_by_id"), "people", ["made_by_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_expires_at"), ["expires_at"], unique=False)
