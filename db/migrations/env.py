"""How Alembic finds the database: by the connection that `db.shape` hands over, in its transaction."""

from typing import Any, Literal

from alembic import context

from db.models import Base, Utc
from db.models.indexed import Word
from db.models.sealed import Sealed, SealedWord


def _without_our_types(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Return what a migration says for a type of ours; False leaves others to Alembic. A migration makes the
    same for ever, so it knows nothing of the models."""
    if kind == "type" and isinstance(thing, Sealed):
        return "sa.JSON(none_as_null=True)"
    if kind == "type" and isinstance(thing, SealedWord):
        return "sa.Text()"
    if kind == "type" and isinstance(thing, Word):
        return "sa.String(length=16)"
    return "sa.DateTime()" if kind == "type" and isinstance(thing, Utc) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_server_default=True,
    render_item=_without_our_types,
    on_version_apply=context.config.attributes.get("made", ()),
)
with context.begin_transaction():
    context.run_migrations()
