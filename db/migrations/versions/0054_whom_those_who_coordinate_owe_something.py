"""what those who coordinate owe is found at once, and whom it names"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

NOBODYS = "helper_id IS NULL"
OWED = f"{NOBODYS} AND answered_at IS NULL AND handed_at IS NOT NULL"
UNSEEN = "wants = 'meta_mentor' AND seen_at IS NULL"


def upgrade() -> None:
    op.drop_index("ix_help_requests_nobodys", "help_requests")
    told = "network_id", "closed_at", "without_coordinators", "anonymous", "asker_id"
    _index("help_requests", "nobodys", told, NOBODYS)
    _index("help_requests", "owed", ("network_id", "closed_at", "handed_at"), OWED)
    _index("check_ins", "unseen_of", ("member_id", "id"), UNSEEN)


def _index(table: str, name: str, columns: tuple[str, ...], where: str) -> None:
    op.create_index(
        f"ix_{table}_{name}",
        table,
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
