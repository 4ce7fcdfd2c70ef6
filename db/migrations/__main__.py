"""`python -m db.migrations WORDS`: write a migration from the newest one to what the models say. The words
tell what changes; they and the next number name the file."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.command import revision
from alembic.script import Script

from db import shape, store


def write(words: str) -> Path:
    """Write a migration and return its file. Where the models say nothing new it does nothing yet: what is to
    be done with rows is written into it by hand."""
    with TemporaryDirectory() as folder, store.connected(f"sqlite:///{folder}/db") as engine:
        shape.migrate(engine)
        with store.reached(engine) as connection:
            config = shape.alembic_config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            config.set_main_option("truncate_slug_length", "80")
            number = f"{int(shape.newest()) + 1:04}"
            made = revision(config, words, autogenerate=True, rev_id=number)
    assert isinstance(made, Script), "one migration was asked for"
    path = Path(made.path)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), "utf-8")  # Alembic's remarks
    return path


if __name__ == "__main__":
    if not (words := " ".join(sys.argv[1:]).strip()):
        sys.exit('What changes? As in: make migration NAME="a person has a nickname"')
    write(words)
