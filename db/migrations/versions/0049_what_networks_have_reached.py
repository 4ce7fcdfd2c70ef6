"""what networks have reached"""

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
        sa.Column("told", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_roadmap_reached_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "name", name=op.f("pk_roadmap_reached")),
    )
