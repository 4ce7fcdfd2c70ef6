"""what a network knows together"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "shelf_grams",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("gram", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_shelf_grams_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "gram", "term", name=op.f("pk_shelf_grams")),
    )
    op.create_table(
        "shelf_looked_for",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_shelf_looked_for_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "month", "what", "topic", name=op.f("pk_shelf_looked_for")),
    )
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("months", sa.Integer(), server_default="12", nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("helped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["people.id"], name=op.f("fk_shelf_asked_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_shelf_checked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["people.id"], name=op.f("fk_shelf_given_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_shelf_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("shelf", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_asked_id"), ["asked_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shelf_checked_by_id"), ["checked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shelf_given_by_id"), ["given_by_id"], unique=False)
        batch_op.create_index("ix_shelf_link", ["network_id", "link"], unique=False)
        batch_op.create_index(
            "ix_shelf_new",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("state = 'new'"),
            postgresql_where=sa.text("state = 'new'"),
        )
        batch_op.create_index("ix_shelf_newest", ["network_id", "id"], unique=False)
        batch_op.create_index(
            "ix_shelf_shared",
            ["network_id"],
            unique=False,
            sqlite_where=sa.text("shared = 1"),
            postgresql_where=sa.text("shared"),
        )
        batch_op.create_index("ix_shelf_topic", ["network_id", "topic", "id"], unique=False)

    op.create_table(
        "shelf_opinions",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["shelf.id"], name=op.f("fk_shelf_opinions_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_shelf_opinions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "person_id", name=op.f("pk_shelf_opinions")),
    )
    with op.batch_alter_table("shelf_opinions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_opinions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shelf_words",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["shelf.id"], name=op.f("fk_shelf_words_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_shelf_words_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "term", "item_id", name=op.f("pk_shelf_words")),
    )
    with op.batch_alter_table("shelf_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_words_item_id"), ["item_id"], unique=False)

    op.create_table(
        "shelf_cards",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("helper_id", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spared", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["people.id"], name=op.f("fk_shelf_cards_helper_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["shelf.id"], name=op.f("fk_shelf_cards_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_requests.id"], name=op.f("fk_shelf_cards_request_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_shelf_cards")),
    )
    with op.batch_alter_table("shelf_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_cards_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shelf_cards_request_id"), ["request_id"], unique=False)
