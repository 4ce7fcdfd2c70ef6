"""A dialogue keeps its network, and which messages brought its answers; messages that were used"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

DEFAULTS = {"kept": "{}", "takes": "choice", "heard": "{}"}
"""What is right for the questions that are open now: of the messages that brought their answers nothing is known."""

NUMBERED = {"sqlite_autoincrement": True}
"""What SQLite is told where a table is made anew."""


def upgrade() -> None:
    with op.batch_alter_table("conversations", table_kwargs=NUMBERED) as batch_op:
        batch_op.drop_column("heard")
        batch_op.add_column(sa.Column("network_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("kept", sa.JSON(), nullable=False, server_default=DEFAULTS["kept"]))
        batch_op.add_column(
            sa.Column("takes", sa.String(length=16), nullable=False, server_default=DEFAULTS["takes"])
        )
        batch_op.add_column(sa.Column("asked_by", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_conversations_network_id"), ["network_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_conversations_network_id"), "networks", ["network_id"], ["id"], ondelete="CASCADE"
        )
    with op.batch_alter_table("conversations", table_kwargs=NUMBERED) as batch_op:
        batch_op.add_column(sa.Column("heard", sa.JSON(), nullable=False, server_default=DEFAULTS["heard"]))
    with op.batch_alter_table("conversations", table_kwargs=NUMBERED) as batch_op:
        for column in DEFAULTS:
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("relays", table_kwargs=NUMBERED) as batch_op:
        batch_op.add_column(sa.Column("last_letter", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("relays", table_kwargs=NUMBERED) as batch_op:
        batch_op.alter_column("last_letter", server_default=None)
    op.execute(
        "UPDATE conversations SET network_id = "
        "(SELECT people.network_id FROM people WHERE people.id = conversations.person_id)"
    )
    op.create_table(
        "used",
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_used")),
    )
    with op.batch_alter_table("used", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_used_at"), ["at"], unique=False)
