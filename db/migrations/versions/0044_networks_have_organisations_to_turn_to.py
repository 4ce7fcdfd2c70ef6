"""networks have organisations to turn to"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "organisation_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("is_guessed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_organisation_lists_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["people.id"], name=op.f("fk_organisation_lists_sent_by_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_lists")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisation_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_lists_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_lists_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_lists_sent_by_id"), ["sent_by_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alternate_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column(
            "folded_city", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("schedule_text", sa.Text(), nullable=False),
        sa.Column("fees_description", sa.Text(), nullable=False),
        sa.Column("eligibility_description", sa.Text(), nullable=False),
        sa.Column("application_process", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("assured_at", sa.DateTime(), nullable=False),
        sa.Column("assured_by_id", sa.Integer(), nullable=True),
        sa.Column("check_at", sa.DateTime(), nullable=False),
        sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("wrong_reports", sa.Integer(), server_default="0", nullable=False),
        sa.Column("helped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("do_not_list", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people.id"], name=op.f("fk_organisations_added_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assured_by_id"], ["people.id"], name=op.f("fk_organisations_assured_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["shelf.id"], name=op.f("fk_organisations_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_organisations_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("network_id", "uid", name=op.f("uq_organisations_network_id_uid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisations_added_by_id"), ["added_by_id"], unique=False)
        batch_op.create_index(
            "ix_organisations_assured_at",
            ["network_id", "assured_at"],
            unique=False,
            sqlite_where=sa.text("do_not_list = 0"),
            postgresql_where=sa.text("NOT do_not_list"),
        )
        batch_op.create_index(batch_op.f("ix_organisations_assured_by_id"), ["assured_by_id"], unique=False)
        batch_op.create_index(
            "ix_organisations_check_at",
            ["network_id", "check_at"],
            unique=False,
            sqlite_where=sa.text("do_not_list = 0"),
            postgresql_where=sa.text("NOT do_not_list"),
        )
        batch_op.create_index(batch_op.f("ix_organisations_item_id"), ["item_id"], unique=False)
        batch_op.create_index("ix_organisations_network_id", ["network_id", "id"], unique=False)
        batch_op.create_index(
            "ix_organisations_place",
            ["network_id", "folded_city", "id"],
            unique=False,
            sqlite_where=sa.text("do_not_list = 0"),
            postgresql_where=sa.text("NOT do_not_list"),
        )
        batch_op.create_index(
            "ix_organisations_shared",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("shared = 1"),
            postgresql_where=sa.text("shared"),
        )

    op.create_table(
        "organisation_marks",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_organisation_marks_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_marks_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "network_id", "kind", "value", "organisation_id", name=op.f("pk_organisation_marks")
        ),
    )
    with op.batch_alter_table("organisation_marks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_marks_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "organisation_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["organisation_lists.id"],
            name=op.f("fk_organisation_rows_list_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_rows_organisation_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_rows")),
        sa.UniqueConstraint("list_id", "line", name=op.f("uq_organisation_rows_list_id_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisation_rows", schema=None) as batch_op:
        batch_op.create_index("ix_organisation_rows_fate", ["list_id", "fate", "line"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organisation_rows_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "organisation_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_words_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_organisation_words_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_words")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisation_words", schema=None) as batch_op:
        batch_op.create_index("ix_organisation_words_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_organisation_words_organisation_id", ["organisation_id", "id"], unique=False
        )
        batch_op.create_index("ix_organisation_words_person_id", ["person_id", "at"], unique=False)

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(
            "ix_people_place",
            ["place"],
            unique=False,
            sqlite_where=sa.text("place IS NOT NULL"),
            postgresql_where=sa.text("place IS NOT NULL"),
        )
