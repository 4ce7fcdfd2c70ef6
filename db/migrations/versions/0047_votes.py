"""votes"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "recall_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("wisher", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"], ["members.id"], name=op.f("fk_recall_wishes_about_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_recall_wishes_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_wishes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("recall_wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_wishes_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_wishes_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_wishes_network_id"), ["network_id"], unique=False)

    op.create_table(
        "vacancies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acting_id"], ["members.id"], name=op.f("fk_vacancies_acting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["away_id"], ["members.id"], name=op.f("fk_vacancies_away_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_vacancies_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancies")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("vacancies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vacancies_acting_id"), ["acting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vacancies_away_id"), ["away_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vacancies_network_id"), ["network_id"], unique=False)
        batch_op.create_index(
            "ix_vacancies_open",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("state <> 'over'"),
            postgresql_where=sa.text("state <> 'over'"),
        )
        batch_op.create_index(batch_op.f("ix_vacancies_since"), ["since"], unique=False)

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("electorate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("appointed_id", sa.Integer(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointed_id"], ["members.id"], name=op.f("fk_votes_appointed_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_votes_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_votes_appointed_id"), ["appointed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_votes_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(
            "ix_votes_going_on",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('standing', 'open', 'counting', 'tied')"),
            postgresql_where=sa.text("state IN ('standing', 'open', 'counting', 'tied')"),
        )
        batch_op.create_index("ix_votes_network_id_opened_at", ["network_id", "opened_at"], unique=False)

    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("stands_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("together", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_candidates_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["votes.id"], name=op.f("fk_candidates_vote_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("vote_id", "member_id", name=op.f("uq_candidates_vote_id_member_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidates_member_id"), ["member_id"], unique=False)

    op.create_table(
        "vote_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_vote_papers_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["votes.id"], name=op.f("fk_vote_papers_vote_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_papers")),
        sa.UniqueConstraint("vote_id", "member_id", name=op.f("uq_vote_papers_vote_id_member_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("vote_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_papers_member_id"), ["member_id"], unique=False)
