"""The registry of tasks: all that the platform knows of them.

A new kind of contest is one more line here and one package beside.
"""

from typing import Any

from evaluator.tasks.base import Task
from evaluator.tasks.clips import ClipsTask
from evaluator.tasks.streams import StreamsTask

AnyTask = Task[Any, Any, Any]

_TASKS: dict[str, AnyTask] = {task.name: task for task in (ClipsTask(), StreamsTask())}


def get(name: str) -> AnyTask:
    """Return a task by name; KeyError, with the names there are, if it is unknown."""
    try:
        return _TASKS[name]
    except KeyError:
        raise KeyError(f"no task {name!r}; there are: {', '.join(names())}") from None


def names() -> tuple[str, ...]:
    """Return the names of all tasks."""
    return tuple(_TASKS)
