"""JSON as the files must be: UTF-8, no key twice, no NaN, nothing that can hurt the reader.

Three ways to read. `split` is fast and tells nothing: it gives each member's bytes, or None when
anything is unusual. `members` is careful and streams: one member of a large object at a time, in
bounded memory. `loads` is careful and takes all at once. The careful ones keep what a plain reader
would lose, and `faults` names it by its path. What a member should look like is for others.

A repeated key is found by counting: every key is followed by a colon, so an object that has as
many colons as keys were kept has no key twice, and none that nobody asked for.
"""

import gc
import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

import msgspec

from evaluator.errors import quoted

BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
LONGEST_INTEGER = 300  # digits; longer ones need not be finite as float64
SPACE = b" \t\n\r"
WHITE = SPACE.decode()
WINDOWS = (1 << 13, 1 << 16, 1 << 20)  # bytes tried for one member of a streamed object
LARGEST_MEMBER = WINDOWS[-1]
DEEP = "nested too deeply; the format needs only a few levels"

_RAW_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class NotJsonError(ValueError):
    """Text that is not JSON; `key` is the member that was being read, if one was."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class Repeating(dict[str, object]):
    """An object in which some keys stood more than once; the last value of each was kept."""

    repeated: tuple[str, ...] = ()


def utf8(data: bytes) -> bytes:
    """Return the text's bytes without a byte order mark; NotJsonError if it is not UTF-8."""
    if data.startswith(WIDE_BOMS):
        raise NotJsonError("the file is UTF-16; save it as UTF-8")
    data = data.removeprefix(BOM)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotJsonError(
                f"byte {error.start:,} is not UTF-8; save the file as UTF-8"
            ) from None
    if not data.strip(SPACE):
        raise NotJsonError("the file is empty; upload a JSON object")
    return data


def split(data: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    """Return each member's bytes of a JSON object; None if it is not plainly one.

    A repeated key is NOT seen here: compare colons, as the module's docstring says.
    """
    try:
        return _RAW_MEMBERS.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def loads(data: bytes) -> object:
    """Return the value of a JSON text, repeats kept as `Repeating`; NotJsonError if it is none."""
    text = data.decode("utf-8")
    try:
        value, end = _DECODER.raw_decode(text, _skip(text, 0))
    except JSONDecodeError as error:
        raise NotJsonError(_complaint(error.msg, data, _bytes(text, error.pos))) from None
    except RecursionError:
        raise NotJsonError(DEEP) from None
    end = _skip(text, end)
    if end != len(text):
        raise NotJsonError(_complaint("Extra text after the JSON", data, _bytes(text, end)))
    return value


def members(data: bytes) -> Iterator[tuple[str, object]]:
    """Yield key and value of each member of a JSON object, in order, repeats included.

    Memory stays near the size of one member. Raises NotJsonError at the first place that is not
    JSON, or where one member is larger than LARGEST_MEMBER bytes.
    """
    at = _skip_bytes(data, 0)
    if data[at : at + 1] != b"{":
        raise NotJsonError(f"must be a JSON object, not {_kind_at(data, at)}")
    at = _skip_bytes(data, at + 1)
    more = data[at : at + 1] != b"}"
    while more:
        key, value, at, more = _member(data, at)
        yield key, value
    at = _skip_bytes(data, at + 1)
    if at < len(data):
        raise NotJsonError(_complaint("Extra text after the JSON", data, at))


def faults(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and message of each thing in a careful reader's value that JSON should not hold.

    Repeated keys, numbers that are not finite, text that is not Unicode, wherever they are.
    """
    waiting = [(path, value)]
    while waiting:
        here, found = waiting.pop()
        if isinstance(found, dict):
            if isinstance(found, Repeating):
                for key in found.repeated:
                    yield below(here, key), "this key is given twice; keep one"
            waiting += [(below(here, key), part) for key, part in reversed(found.items())]
            for key in found:
                if not is_text(key):
                    yield below(here, key), "the key is not Unicode text (half a surrogate pair)"
        elif isinstance(found, list):
            waiting += [(f"{here}[{n}]", found[n]) for n in reversed(range(len(found)))]
        elif isinstance(found, float) and not math.isfinite(found):
            yield here, "must be a finite number (NaN, infinity and larger than 1e308 are not)"
        elif isinstance(found, str) and not is_text(found):
            yield here, "is not Unicode text (half a surrogate pair)"


def below(path: str, key: str) -> str:
    """Return the path of a member."""
    return f"{path}.{quoted(key)}" if path else quoted(key)


def is_text(text: str) -> bool:
    """Whether a string can be written as UTF-8: lone surrogates can't."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def kind(value: object) -> str:
    """Name a value's JSON type, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "a list", str: "a string"}
    return next((name for known, name in names.items() if isinstance(value, known)), "a number")


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep Python's cyclic garbage collector off while many small objects are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _member(data: bytes, at: int) -> tuple[str, object, int, bool]:
    """Read `"key": value` and what follows it: key, value, where to go on, whether to.

    The text is taken in windows, each larger than the one before, until a member fits.
    """
    key, failed_at = "", -1
    for window in WINDOWS:
        text = data[at : at + window].decode("utf-8", "ignore")
        try:
            key, value_at = _key(text)
            value, end = _DECODER.raw_decode(text, value_at)
            after, more = _follow(text, end)
        except JSONDecodeError as error:
            # A cut text fails at its end, so at another place in the next window.
            cut = error.pos != failed_at or error.msg.startswith("Unterminated")
            if not cut or at + window >= len(data):
                place = at + _bytes(text, error.pos)
                raise NotJsonError(_complaint(error.msg, data, place), key) from None
            failed_at = error.pos
        except RecursionError:
            raise NotJsonError(DEEP, key) from None
        else:
            return key, value, at + _bytes(text, after), more
    raise NotJsonError(f"takes more than {LARGEST_MEMBER:,} bytes; shorten it", key)


def _follow(text: str, end: int) -> tuple[int, bool]:
    """Return where to go on behind a value, and whether another member comes."""
    end = _skip(text, end)
    if text.startswith(",", end):
        return _skip(text, end + 1), True
    if text.startswith("}", end):
        return end, False
    raise JSONDecodeError("Expecting ',' or '}'", text, end)


def _key(text: str) -> tuple[str, int]:
    """Return a member's key, and where its value begins."""
    if not text.startswith('"'):
        raise JSONDecodeError("Expecting a key in double quotes", text, 0)
    key, end = _DECODER.raw_decode(text, 0)
    end = _skip(text, end)
    if text[end : end + 1] != ":":
        raise JSONDecodeError("Expecting ':'", text, end)
    return key, _skip(text, end + 1)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeating = Repeating(found)
    counts = Counter(key for key, _ in pairs)
    repeating.repeated = tuple(key for key, count in counts.items() if count > 1)
    return repeating


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITE:
        at += 1
    return at


def _skip_bytes(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in SPACE:
        at += 1
    return at


def _bytes(text: str, characters: int) -> int:
    """How many bytes the first characters take in UTF-8."""
    return characters if text.isascii() else len(text[:characters].encode("utf-8"))


def _complaint(message: str, data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    return f"not JSON: {message} (line {line:,}, column {column:,}, byte {at:,})"


def _kind_at(data: bytes, at: int) -> str:
    first = data[at : at + 1]
    return {b"[": "a list", b'"': "a string"}.get(first, "a single value or other text")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)
