"""what networks have reached, and who helped with a goal"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "roadmap_reached",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("lost_at", sa.DateTime(), nullable=True),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_roadmap_reached_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "name", name=op.f("pk_roadmap_reached")),
    )
    op.create_table(
        "goal_helpers",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goals.id"], name=op.f("fk_goal_helpers_goal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_goal_helpers_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("goal_id", "person_id", name=op.f("pk_goal_helpers")),
    )
    with op.batch_alter_table("goal_helpers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_helpers_person_id"), ["person_id"], unique=False)
