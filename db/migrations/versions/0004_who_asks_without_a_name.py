"""Who asks without a name: whether those who coordinate are left out, and figures that do not move"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "help_requests",
        sa.Column("without_coordinators", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("rounds", sa.Column("digest", sa.JSON(none_as_null=True), nullable=True))
