"""What a task lets a person choose, described for forms and command lines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting of a task, for whoever asks a person for it: a number, or one of `choices`.

    `path` is where it stands in the mapping that `Task.settings` takes.
    """

    path: tuple[str, ...]
    label: str
    help: str
    default: float | str
    choices: tuple[str, ...] = ()
