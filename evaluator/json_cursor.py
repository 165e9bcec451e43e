"""A careful reader that walks through large JSON one value at a time, in bounded memory.

Only containers that hold many values are walked; each value inside is decoded whole, and may be
`LARGEST` bytes at most. What the values should be is for others.
"""

import re
from collections.abc import Iterator
from json import JSONDecodeError

from evaluator.strict_json import DECODER, DEEP, NotJsonError, bytes_of, complaint

WINDOWS = (1 << 8, 1 << 13, 1 << 16, 1 << 20)  # bytes tried for one value
LARGEST = WINDOWS[-1]
_SPACE = re.compile(rb"[ \t\n\r]*")


class Cursor:
    """A place in a JSON text; `key` is the member that is being read, for NotJsonError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.key = ""
        self._at = 0

    def members(self) -> Iterator[str]:
        """Yield each key of the object here, repeats included; read its value before the next."""
        if self._next() != b"{":
            raise NotJsonError(f"must be a JSON object, not {self._kind()}")
        yield from self._parts(b"}", keyed=True)

    def elements(self) -> Iterator[int]:
        """Yield 0, 1... for each element of the list here; read its value before the next."""
        found = self._parts(b"]", keyed=False)
        yield from (number for number, _ in enumerate(found))

    def at_list(self) -> bool:
        """Whether a list begins here."""
        return self._next() == b"["

    def value(self) -> object:
        """Read the value here; NotJsonError if it is no JSON or larger than LARGEST bytes."""
        self._next()
        failed_at = -1
        for window in WINDOWS:
            text = self.data[self._at : self._at + window].decode("utf-8", "ignore")
            whole = self._at + window >= len(self.data)
            try:
                value, end = DECODER.raw_decode(text, 0)
            except JSONDecodeError as error:
                # A cut text fails at its end, so at another place in the next window.
                cut = error.pos != failed_at or error.msg.startswith("Unterminated")
                if not cut or whole:
                    raise self._error(error.msg, bytes_of(text, error.pos)) from None
                failed_at = error.pos
            except RecursionError:
                raise NotJsonError(DEEP, self.key) from None
            else:
                if end < len(text) or whole:
                    self._at += bytes_of(text, end)
                    return value
        raise NotJsonError(f"takes more than {LARGEST:,} bytes; shorten it", self.key)

    def finish(self) -> None:
        """Check that nothing follows."""
        if self._next():
            raise self._error("Extra text after the JSON", 0)

    def _parts(self, end: bytes, *, keyed: bool) -> Iterator[str]:
        """Walk through a container whose first bracket is here."""
        outside = self.key
        self._at += 1
        if self._next() == end:
            self._at += 1
            return
        while True:
            if keyed:
                self.key = outside
                self.key = self._key()
            yield self.key
            found = self._next()
            if found not in {b",", end}:
                raise self._error(f"Expecting ',' or '{end.decode()}'", 0)
            self._at += 1
            if found == end:
                break
        self.key = outside

    def _key(self) -> str:
        if self._next() != b'"':
            raise self._error("Expecting a key in double quotes", 0)
        key = str(self.value())
        if self._next() != b":":
            self.key = key
            raise self._error("Expecting ':'", 0)
        self._at += 1
        return key

    def _next(self) -> bytes:
        """Skip white space, and return the byte that follows, none at the end."""
        match = _SPACE.match(self.data, self._at)
        self._at = match.end() if match else self._at
        return self.data[self._at : self._at + 1]

    def _error(self, message: str, further: int) -> NotJsonError:
        return NotJsonError(complaint(message, self.data, self._at + further), self.key)

    def _kind(self) -> str:
        first = self.data[self._at : self._at + 1]
        return {b"[": "a list", b'"': "a string"}.get(first, "a single value or other text")
