"""A progress bar on the terminal, only for work that takes more than a second."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

PATIENCE = 1.0  # seconds before anything is shown


class Steps:
    """Counts the steps of a piece of work."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.name = ""

    def begin(self, name: str) -> None:
        """Say which step begins; the one before is done."""
        self.done += bool(self.name)
        self.name = name


@contextmanager
def steps(total: int) -> Iterator[Steps]:
    """Show a bar on standard error while the work lasts, if that is a terminal."""
    found = Steps(total)
    if not sys.stderr.isatty():
        yield found
        return
    ended = threading.Event()
    shower = threading.Thread(target=_show, args=(found, ended), daemon=True)
    shower.start()
    try:
        yield found
    finally:
        ended.set()
        shower.join()


def _show(found: Steps, ended: threading.Event) -> None:
    """Wait for a second, then follow the steps until they end."""
    if ended.wait(PATIENCE):
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(found.name, total=found.total)
        while not ended.wait(0.1):
            bar.update(task, description=found.name, completed=found.done)
