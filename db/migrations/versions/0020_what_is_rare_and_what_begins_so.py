"""What is rare, and what begins so: indexes that find a few among very many"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

RARE: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("ix_members_names", "members", ("network_id", "folded", "id"), "state = 'active'"),
    ("ix_members_labels", "members", ("network_id", "label", "id"), "state = 'active'"),
    (
        "ix_members_uncontacted",
        "members",
        ("network_id", "joined_at"),
        "state = 'active' AND last_contact_at IS NULL",
    ),
    ("ix_members_coordinators", "members", ("network_id",), "role IN ('meta_mentor', 'deputy')"),
    ("ix_networks_active", "networks", ("folded", "id"), "confirmed_at IS NOT NULL"),
    ("ix_networks_waiting", "networks", ("founded_at", "id"), "confirmed_at IS NULL"),
    ("ix_people_pauses", "people", ("id",), "paused_at IS NOT NULL"),
    ("ix_help_requests_nobodys", "help_requests", ("network_id", "closed_at"), "helper_id IS NULL"),
    ("ix_asked_yes", "asked", ("answered_at", "member_id"), "answer = 'yes'"),
    ("ix_help_requests_helped", "help_requests", ("helper_id",), "state = 'taken'"),
    (
        "ix_check_ins_unseen",
        "check_ins",
        ("round_id", "member_id"),
        "wants = 'meta_mentor' AND seen_at IS NULL",
    ),
    ("ix_timers_stuck", "timers", ("id",), "attempts >= 5"),
)


def upgrade() -> None:
    for name, table, columns, where in RARE:
        condition = sa.text(where)
        op.create_index(name, table, [*columns], sqlite_where=condition, postgresql_where=condition)
    op.create_index(
        "ix_networks_shown",
        "networks",
        ["name", "id"],
        sqlite_where=sa.text("public = 1 AND confirmed_at IS NOT NULL"),
        postgresql_where=sa.text("public AND confirmed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_identities_lost",
        "identities",
        ["person_id"],
        sqlite_where=sa.text("reachable = 0"),
        postgresql_where=sa.text("NOT reachable"),
    )
    op.create_index("ix_help_requests_opened", "help_requests", ["network_id", "opened_at"])
    op.drop_index("ix_help_requests_network_id", "help_requests")
    op.create_index("ix_journal_latest", "journal", ["network_id", "id"])
    op.drop_index("ix_journal_network_id_at", "journal")
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (("timers", "about"), ("used", "message")):
            op.alter_column(table, column, type_=sa.Text(collation="C"))
        op.drop_index("ix_deliveries_oldest", "deliveries")
        waits = sa.text("state = 'waiting' AND id > 0")
        op.create_index("ix_deliveries_oldest", "deliveries", ["id"], postgresql_where=waits)
