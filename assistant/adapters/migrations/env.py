"""Runs the steps on the connection it is given, all in the transaction that is already open on it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
