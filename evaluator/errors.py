"""What is wrong with a file or with settings, each problem by its place; and what is odd.

Readers collect problems here and raise one exception that lists the first fifty and counts the
rest. Text that comes from a file passes through `quoted` before it is echoed. Nothing here reads
files or knows a task.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LISTED = 50
QUOTED_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is (`066212.result[0].item_box`) and what to do about it."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidFile(ValueError):  # noqa: N818 -- the public name
    """A file that can't be used: `problems` holds the first 50 of `total`."""

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        listed = tuple(problems)
        self.total = len(listed) if total is None else total
        self.problems = listed[:LISTED]
        super().__init__(summary(self.problems, self.total))

    @classmethod
    def because(cls, message: str, path: str = "") -> "InvalidFile":
        """Make the exception for a single problem, by default of the file as a whole."""
        return cls((Problem(path, message),))


class InvalidTruth(InvalidFile):
    """A truth, or a compiled truth, that can't be used."""


class InvalidSubmission(InvalidFile):
    """A contestant's file that can't be scored."""


class InvalidSettings(ValueError):  # noqa: N818 -- the public name
    """Scoring settings that make no sense; every problem is named in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(summary(self.problems, len(self.problems)))


class Problems:
    """The problems found so far: the first 50 in full, all of them in `total`."""

    def __init__(self) -> None:
        self.listed: list[Problem] = []
        self.total = 0

    def add(self, path: str, message: str) -> None:
        """Count a problem, and keep it while fewer than 50 are kept."""
        self.total += 1
        if len(self.listed) < LISTED:
            self.listed.append(Problem(path, message))

    def refuse(self, kind: type[InvalidFile]) -> None:
        """Raise `kind` if there is any problem."""
        if self.total:
            raise kind(self.listed, self.total)


class Notes:
    """What is odd but not refused: how often, and where first."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, sentence: str, path: str, count: int = 1) -> None:
        """Count an oddity under its sentence."""
        self._counts[sentence] = self._counts.get(sentence, 0) + count
        self._first.setdefault(sentence, path)

    def clear(self) -> None:
        """Forget everything."""
        self._counts.clear()
        self._first.clear()

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence a kind, with its count and its first place."""
        return tuple(
            f"{count:,} {sentence} (first: {self._first[sentence]})"
            for sentence, count in self._counts.items()
        )


def summary(problems: tuple[Problem, ...], total: int) -> str:
    """Put problems on one line each, and say how many more there are."""
    lines = [str(problem) for problem in problems]
    if total > len(problems):
        lines.append(f"... and {total - len(problems)} more")
    return "\n".join(lines)


def quoted(text: str, length: int = QUOTED_LENGTH) -> str:
    """Make text from a file fit to print: at most `length` characters, each of them printable."""
    cut = text[:length]
    shown = cut if cut.isprintable() else "".join(map(_escaped, cut))
    if len(text) > length or len(shown) > length:
        return shown[:length] + "..."
    return shown


def _escaped(character: str) -> str:
    return character if character.isprintable() else f"\\u{ord(character):04x}"
