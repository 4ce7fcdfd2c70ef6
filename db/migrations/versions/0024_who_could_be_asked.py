"""Who could be asked among very many is found in the order of an index"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_members_asked", "members")
    op.create_index("ix_members_asked", "members", ["network_id", "last_asked_at", "id"])
    op.create_index("ix_member_topics_topic", "member_topics", ["topic", "member_id"])
