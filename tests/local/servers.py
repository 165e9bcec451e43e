"""A PostgreSQL that a test starts by itself, without the supervisor."""

from pathlib import Path

import psycopg

from podium.local import processes
from podium.local.postgres import Postgres


class Started:
    """A PostgreSQL that a test started, and its child."""

    def __init__(self, postgres: Postgres, child: processes.Child) -> None:
        self.postgres = postgres
        self.child = child

    def ask(self, query: str) -> object:
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None


def make(folder: Path) -> Postgres:
    (folder / "s").mkdir(mode=0o700, exist_ok=True)
    return Postgres(folder / "postgres", folder / "s", folder / "log", throw_away=True)
