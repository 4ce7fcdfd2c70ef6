"""How Alembic finds the database: always by the connection that `db.store` hands over, in its transaction."""

from alembic import context

from db.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_server_default=True,
    user_module_prefix="models.",
)
with context.begin_transaction():
    context.run_migrations()
