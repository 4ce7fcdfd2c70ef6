"""A role is offered, and taken by the one who is asked"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("offered_role", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "offered_role")
