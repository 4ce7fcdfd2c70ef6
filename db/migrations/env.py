"""How Alembic finds the database: always by the engine that `db.store` hands over."""

from alembic import context

from db.models import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
        user_module_prefix="models.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
