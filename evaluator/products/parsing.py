"""A contestant's file to columns: fast where it is plain, careful where it is not.

The fast way cuts the file between units, decodes some hundred at a time and checks whole columns.
Cuts are guessed: if the pieces are JSON objects each, the whole is one of all their members, for a
comma inside a string or a deeper value would leave no object. A piece that holds anything unusual
is read again unit by unit, carefully; a file that can't be cut is read carefully from its start.
How a file holds its units' predictions is a task's `Shape`.
"""

import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluator import columns, json_cursor, strict_json
from evaluator.errors import InvalidSubmission, Notes, Problems, quoted
from evaluator.json_cursor import Cursor
from evaluator.products.collecting import Collected, Lookup
from evaluator.products.prediction import PAIR_KEYS, Prediction
from evaluator.strict_json import NotJsonError

CHUNK_BYTES = 160_000  # decoded at once, or some more: few enough for the processor's cache
MOST_PROBLEMS = 100_000  # counted before reading stops

PredictionT = TypeVar("PredictionT", bound=Prediction)
Index = NDArray[np.int64]
Raws = dict[str, msgspec.Raw]


class Shape(ABC, Generic[PredictionT]):
    """How a task's file holds the predictions of one unit; `keys` are those of each prediction.

    `boundary` finds the comma between two units, as its first group; it may be wrong.
    """

    unit: str
    keys: tuple[str, ...]
    boundary: re.Pattern[bytes]

    @abstractmethod
    def split(self, data: bytes, colons: int) -> Raws | None:
        """Return the bytes of each unit; None if they are unusual, or would take much memory."""

    @abstractmethod
    def decode(self, blob: bytes) -> tuple[list[str], list[PredictionT], Sequence[int] | None]:
        """Decode a JSON object of units: ids, all predictions, and how many each has.

        The last is None where each has one.
        """

    @abstractmethod
    def values(self, cursor: Cursor) -> Iterator[tuple[str, object]]:
        """Read one unit's value at a cursor: the path below the unit and value of each part."""

    @abstractmethod
    def check(
        self, value: object, path: str, row: int, problems: Problems, notes: Notes
    ) -> PredictionT | None:
        """Return a careful reader's value as a prediction; None, with problems, if it is none."""

    @abstractmethod
    def spans(self, rows: Index, found: list[PredictionT]) -> Index | None:
        """Return what predictions say of time, (n, 2) start and end; None if some can't be."""

    def oversized(self, size: int) -> str:
        """Return what is wrong with a unit of so many bytes, if anything is."""
        del size
        return ""


def parse(
    data: bytes, units: columns.Ids, shape: Shape[PredictionT], lookup: Lookup, notes: Notes
) -> Collected[PredictionT]:
    """Read a file's JSON against the known units' ids; InvalidSubmission names every problem."""
    try:
        data = strict_json.utf8(data)
    except NotJsonError as error:
        raise InvalidSubmission.because(str(error)) from error
    with strict_json.collector_off():
        reader = Reader(units, shape, lookup, notes)
        if not reader.read_fast(data):
            notes.clear()
            reader = Reader(units, shape, lookup, notes)
            reader.read_carefully(data)
    problems = reader.problems
    if not problems.total and not reader.found.predictions:
        problems.add("", f"the submission is empty; predict at least one {shape.unit}")
    problems.refuse(InvalidSubmission)
    return reader.found


class Reader(Generic[PredictionT]):
    """One reading of one file, into `found` and `problems`."""

    def __init__(
        self, units: columns.Ids, shape: Shape[PredictionT], lookup: Lookup, notes: Notes
    ) -> None:
        self.units = units
        self.shape = shape
        self.notes = notes
        self.problems = Problems()
        self.found = Collected(shape.spans, lookup, notes)
        self._rows = array("q")  # of the units that were read

    def read_fast(self, data: bytes) -> bool:
        """Read a file that can be cut between its units; False if it can't, or one is twice."""
        data = data.strip(strict_json.SPACE)
        if not (data.startswith(b"{") and data.endswith(b"}")):
            return False
        at, end = 1, len(data) - 1
        while at <= end:
            found = self.shape.boundary.search(data, at + CHUNK_BYTES, end)
            cut = found.start(1) if found else end
            if not self._chunk(b"{" + data[at:cut] + b"}"):
                return False
            at = cut + 1
        return len(np.unique(self._rows)) == len(self._rows)

    def read_carefully(self, data: bytes) -> None:
        """Read a file from its start, value by value, until it ends or is no JSON any more."""
        rows = {unit.decode(): row for row, unit in enumerate(self.units.tolist())}
        seen: set[str] = set()
        cursor = Cursor(data)
        try:
            for key in cursor.members():
                if key in seen:
                    self.problems.add(
                        quoted(key), f"this {self.shape.unit} is given twice; keep one"
                    )
                seen.add(key)
                self._unit(key, cursor, rows.get(key, -1))
                if self._too_many():
                    return
            cursor.finish()
        except NotJsonError as error:
            self.problems.add(quoted(error.key), str(error))

    def _chunk(self, blob: bytes) -> bool:
        """Read some units; False if they are no JSON object, or one of them stands twice."""
        colons = blob.count(b":")
        if len(blob) <= json_cursor.LARGEST and self._plain(blob, colons):
            return True
        raws = self.shape.split(blob, colons)
        if raws is None or ":" in "".join(raws):
            return False
        rows = columns.lookup(self.units, list(raws)).tolist()
        for (key, raw), row in zip(raws.items(), rows, strict=True):
            part = bytes(raw)
            colons -= 1 + part.count(b":")
            self._raw(key, part, row)
        self._rows.extend(row for row in rows if row >= 0)
        return colons == 0

    def _plain(self, blob: bytes, colons: int) -> bool:
        """Take a chunk in if nothing in it is unusual: no problem, and no key that is not ours."""
        try:
            keys, decoded, counts = self.shape.decode(blob)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        pairs = sum([len(one.result) for one in decoded])
        expected = len(keys) + len(decoded) * len(self.shape.keys) + pairs * len(PAIR_KEYS)
        rows = columns.lookup(self.units, keys)
        if colons != expected or (rows < 0).any() or not self._take(keys, rows, decoded, counts):
            return False
        self._rows.frombytes(rows.tobytes())
        return True

    def _take(
        self,
        keys: list[str],
        rows: Index,
        decoded: list[PredictionT],
        counts: Sequence[int] | None,
    ) -> bool:
        """Take decoded units in if no column shows a problem."""
        if counts is None:
            return self.found.add(rows, decoded, lambda n: quoted(keys[n]))
        owner = np.repeat(np.arange(len(rows)), counts)
        first = np.cumsum(counts) - counts

        def path(number: int) -> str:
            unit = int(owner[number])
            return f"{quoted(keys[unit])}[{number - int(first[unit])}]"

        return self.found.add(rows[owner], decoded, path)

    def _raw(self, key: str, data: bytes, row: int) -> None:
        """Read one unit's bytes carefully."""
        if self._too_many():
            return
        oversized = self.shape.oversized(len(data))
        if oversized:
            self.problems.add(quoted(key), self._unknown() if row < 0 else oversized)
            return
        try:
            self._unit(key, Cursor(data), row)
        except NotJsonError as error:
            self.problems.add(quoted(key), str(error))

    def _unit(self, key: str, cursor: Cursor, row: int) -> None:
        """Check one unit's value and take it in."""
        if row < 0:
            self.problems.add(quoted(key), self._unknown())
        for below, value in self.shape.values(cursor):
            if self._too_many():
                return
            path = quoted(key) + below
            checked = self.shape.check(value, path, row, self.problems, self.notes)
            if checked is not None and row >= 0:
                self.found.add(np.array([row], dtype=np.int64), [checked], partial(_at, path))

    def _too_many(self) -> bool:
        """Whether there are so many problems that nobody needs more of them counted."""
        return self.problems.total > MOST_PROBLEMS

    def _unknown(self) -> str:
        unit = self.shape.unit
        return f"no such {unit} in this phase; use the {unit} ids of its data"


def _at(path: str, number: int) -> str:
    """Return the place of a single prediction."""
    del number
    return path
